/**
 * The live list of arrivals as a pure value: a page read from the server plus the punches pushed since.
 * Knows neither React nor the network; the order of messages never matters.
 */
import type { ArrivalPunchFragment } from "../gql/graphql.ts";
import { civilDay } from "../time/format.ts";

export type Arrival = ArrivalPunchFragment;

/** Punches pushed since the last resync, newest message first, each punch once. */
export type LiveArrivals = readonly Arrival[];

export type LiveAction =
  /** The worker derived this punch, for the first time or again. */
  | { type: "recorded"; punch: Arrival }
  /** The line was down: what was pushed may be out of date, the page that is being read is not. */
  | { type: "resynced" };

/** More pushed punches than this are never shown, so they are not kept. */
export const LIVE_LIMIT = 200;

export function liveArrivals(live: LiveArrivals, action: LiveAction): LiveArrivals {
  switch (action.type) {
    case "recorded":
      return [action.punch, ...live.filter((punch) => punch.id !== action.punch.id)].slice(0, LIVE_LIMIT);
    case "resynced":
      return live.length === 0 ? live : [];
  }
}

/** Newest first; equal instants are ordered by id, so that no row jumps. */
function newestFirst(a: Arrival, b: Arrival): number {
  const byTime = Date.parse(b.occurredAt) - Date.parse(a.occurredAt);
  if (byTime !== 0) return byTime;
  return a.id < b.id ? 1 : a.id > b.id ? -1 : 0;
}

/**
 * One list, newest first, each punch once, of one site or of all (`siteId` null), `limit` rows at most.
 * A pushed punch wins over the same punch of the page: it was read later.
 */
export function mergeArrivals(
  page: readonly Arrival[],
  live: LiveArrivals,
  siteId: string | null,
  limit: number,
): Arrival[] {
  const byId = new Map<string, Arrival>();
  for (const punch of page) byId.set(punch.id, punch);
  for (const punch of live) byId.set(punch.id, punch);
  return [...byId.values()]
    .filter((punch) => siteId === null || punch.site.id === siteId)
    .sort(newestFirst)
    .slice(0, limit);
}

/** Rows of one civil day, as it is at the site of each punch. */
export interface ArrivalDay {
  /** Civil day, `2026-11-22`. */
  day: string;
  arrivals: Arrival[];
}

/** Cuts the list into runs of equal site-local day, keeping its order. */
export function groupByDay(arrivals: readonly Arrival[]): ArrivalDay[] {
  const days: ArrivalDay[] = [];
  for (const arrival of arrivals) {
    const day = civilDay(new Date(arrival.occurredAt), arrival.timeZone);
    const last = days.at(-1);
    if (last?.day === day) last.arrivals.push(arrival);
    else days.push({ day, arrivals: [arrival] });
  }
  return days;
}
