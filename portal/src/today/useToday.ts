/**
 * What Today shows, kept fresh: pushed punches at once, counts read again after them, everything read again
 * after the line was down or events were left out, and slowly in between.
 */
import { useCallback, useEffect, useMemo, useReducer, useRef, useState } from "react";
import { useClient, useQuery } from "urql";
import { useConnection } from "../api/ApiContext.ts";
import { ArrivalsDocument, PunchRecordedDocument, SitesTodayDocument } from "../gql/graphql.ts";
import { type Arrival, liveArrivals, mergeArrivals } from "./arrivals.ts";

const HOUR_MS = 3_600_000;
const WINDOW_HOURS = 24;
/** Counts are read at most this often while punches stream in. */
const COUNTS_DELAY_MS = 250;
/** Without any push, the page is read this often: at midnight the counts change by themselves. */
const POLL_MS = 30_000;
/** Most sites one page can hold. */
const SITES_FIRST = 200;

export function useSitesToday() {
  const [result, read] = useQuery({
    query: SitesTodayDocument,
    variables: { first: SITES_FIRST },
    requestPolicy: "cache-and-network",
  });
  const refresh = useCallback(() => read({ requestPolicy: "network-only" }), [read]);
  return { sites: result.data?.sites.nodes, error: result.error, refresh };
}

/** Start of the window shown, on a full hour, so that the variables of the query rarely change. */
function windowStart(): string {
  return new Date(Math.floor(Date.now() / HOUR_MS) * HOUR_MS - WINDOW_HOURS * HOUR_MS).toISOString();
}

/** Arrivals of one site or of all (`siteId` null), at most `first`; `refreshCounts` is called after each push. */
export function useArrivals(siteId: string | null, first: number, refreshCounts: () => void) {
  const client = useClient();
  const connection = useConnection();
  const [live, change] = useReducer(liveArrivals, []);
  const [latest, setLatest] = useState<Arrival | null>(null);
  const [latestCounted, setLatestCounted] = useState<Arrival | null>(null);
  const [from] = useState(windowStart);
  const [result, read] = useQuery({
    query: ArrivalsDocument,
    variables: { first, siteId, from },
    requestPolicy: "cache-and-network",
  });
  const refresh = useCallback(() => read({ requestPolicy: "network-only" }), [read]);

  /** After a gap: what was pushed may be out of date, the page that is being read is not. */
  const readAgain = useCallback(() => {
    change({ type: "resynced" });
    refresh();
    refreshCounts();
  }, [refresh, refreshCounts]);
  /** So that another filter does not subscribe anew. */
  const readAgainNow = useRef(readAgain);
  useEffect(() => {
    readAgainNow.current = readAgain;
  }, [readAgain]);

  const later = useRef<number | undefined>(undefined);
  const countsSoon = useCallback(() => {
    if (later.current !== undefined) return;
    later.current = window.setTimeout(() => {
      later.current = undefined;
      refreshCounts();
    }, COUNTS_DELAY_MS);
  }, [refreshCounts]);
  useEffect(
    () => () => {
      window.clearTimeout(later.current);
      later.current = undefined;
    },
    [],
  );

  useEffect(() => {
    const subscription = client.subscription(PunchRecordedDocument, {}).subscribe(({ data }) => {
      if (!data) return;
      const { punch, resync } = data.punchRecorded;
      if (resync) {
        readAgainNow.current();
        return;
      }
      if (!punch) return;
      change({ type: "recorded", punch });
      setLatest(punch);
      if (punch.isCounted !== false) setLatestCounted(punch);
      countsSoon();
    });
    return () => subscription.unsubscribe();
  }, [client, countsSoon]);

  useEffect(() => connection.onRestored(readAgain), [connection, readAgain]);

  useEffect(() => {
    const timer = window.setInterval(() => {
      if (document.visibilityState !== "visible") return;
      refresh();
      refreshCounts();
    }, POLL_MS);
    return () => window.clearInterval(timer);
  }, [refresh, refreshCounts]);

  const page = result.data?.punches;
  const arrivals = useMemo(() => mergeArrivals(page?.nodes ?? [], live, siteId, first), [page, live, siteId, first]);
  return {
    arrivals,
    latest,
    latestCounted,
    isLoaded: page !== undefined,
    hasMore: page?.pageInfo.hasNextPage ?? false,
    error: result.error,
    refresh,
  };
}
