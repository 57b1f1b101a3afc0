/** Looks through a camera as long as the caller is shown, the page is seen, and the hub lets it. */
import { useCallback, useEffect, useReducer } from "react";
import { useClient } from "urql";
import { useConnectionState } from "../api/ApiContext.ts";
import { CameraLiveViewDocument } from "../gql/graphql.ts";
import { BEGINNING, liveView } from "./liveView.ts";

export function useLiveView(cameraId: string) {
  const client = useClient();
  const connection = useConnectionState();
  const [view, change] = useReducer(liveView, BEGINNING);
  const isLooking = view.phase === "looking";

  useEffect(() => {
    if (!isLooking) return;
    const subscription = client.subscription(CameraLiveViewDocument, { cameraId }).subscribe(({ data }) => {
      if (data) change({ type: "said", event: data.cameraLiveView });
    });
    return () => subscription.unsubscribe();
  }, [client, cameraId, isLooking]);

  useEffect(() => {
    const turn = () => change({ type: document.visibilityState === "visible" ? "seen" : "hidden" });
    turn();
    document.addEventListener("visibilitychange", turn);
    return () => document.removeEventListener("visibilitychange", turn);
  }, []);

  useEffect(() => {
    if (connection === "reconnecting") change({ type: "lost" });
  }, [connection]);

  const again = useCallback(() => change({ type: "again" }), []);
  return { view, again };
}
