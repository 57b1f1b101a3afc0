/**
 * Looking through one camera, as a state that changes with what the hub says and what the browser does. Knows nothing of
 * React or of the network.
 */
import type { CameraLiveViewSubscription } from "../gql/graphql.ts";

export type LiveViewEvent = CameraLiveViewSubscription["cameraLiveView"];

export interface LiveView {
  /** `looking`: the hub is asked; `hidden`: nobody sees the page, so nobody looks; `ended`: only the reader goes on. */
  phase: "looking" | "hidden" | "ended";
  /** What the hub last said; null before it said anything since looking began. */
  event: LiveViewEvent | null;
}

export type Change = { type: "said"; event: LiveViewEvent } | { type: "hidden" } | { type: "seen" } | { type: "again" } | { type: "lost" };

export const BEGINNING: LiveView = { phase: "looking", event: null };

/** After these the hub says nothing more. */
const LAST: readonly LiveViewEvent["state"][] = ["TIME_OVER", "NOT_FOUND", "NOT_ALLOWED"];

export function liveView(view: LiveView, change: Change): LiveView {
  switch (change.type) {
    case "said":
      // What was under way when looking stopped is of no interest.
      if (view.phase !== "looking") return view;
      return { phase: LAST.includes(change.event.state) ? "ended" : "looking", event: change.event };
    case "hidden":
      return view.phase === "looking" ? { phase: "hidden", event: null } : view;
    case "seen":
      return view.phase === "hidden" ? BEGINNING : view;
    case "again":
      return view.phase === "ended" ? BEGINNING : view;
    case "lost":
      // An old picture must not pass for a live one.
      return view.phase === "looking" ? BEGINNING : view;
  }
}

/** What the reader is told, by name of its words. */
export type Notice = LiveViewEvent["state"] | "HIDDEN" | "CONNECTING";

export function notice(view: LiveView): Notice {
  if (view.phase === "hidden") return "HIDDEN";
  return view.event?.state ?? "CONNECTING";
}

/** Address of the picture for an `img`, or null while there is none. */
export function pictureAddress(view: LiveView): string | null {
  const picture = view.phase === "looking" ? view.event?.jpegBase64 : null;
  return picture ? `data:image/jpeg;base64,${picture}` : null;
}
