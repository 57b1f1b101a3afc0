/**
 * State of the live line to the hub, as a small observable value. Knows nothing of WebSocket or GraphQL:
 * whoever holds the line reports to it.
 */

/** `connecting`: never up yet; `live`: pushes arrive; `reconnecting`: was up, is being restored. */
export type ConnectionState = "connecting" | "live" | "reconnecting";

export interface Connection {
  state: () => ConnectionState;
  /** Calls `changed` at each change of state; returns the way to stop. */
  observe: (changed: () => void) => () => void;
  /** Calls `restored` each time the line comes up after a gap: what was pushed meanwhile is lost. */
  onRestored: (restored: () => void) => () => void;
  reportUp: () => void;
  reportDown: () => void;
}

export function createConnection(): Connection {
  let state: ConnectionState = "connecting";
  const observers = new Set<() => void>();
  const restoredObservers = new Set<() => void>();
  const become = (next: ConnectionState) => {
    if (next === state) return;
    state = next;
    for (const observer of [...observers]) observer();
  };
  const register = (set: Set<() => void>, observer: () => void) => {
    set.add(observer);
    return () => void set.delete(observer);
  };
  return {
    state: () => state,
    observe: (changed) => register(observers, changed),
    onRestored: (restored) => register(restoredObservers, restored),
    reportUp: () => {
      const wasDown = state !== "live";
      become("live");
      if (wasDown) for (const observer of [...restoredObservers]) observer();
    },
    reportDown: () => {
      if (state === "live") become("reconnecting");
    },
  };
}
