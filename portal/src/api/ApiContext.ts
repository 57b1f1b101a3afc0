/** Gives components the live line's state; queries go through urql's own hooks. */
import { createContext, useContext, useSyncExternalStore } from "react";
import type { Connection, ConnectionState } from "./connection.ts";

export const ConnectionContext = createContext<Connection | null>(null);

export function useConnection(): Connection {
  const connection = useContext(ConnectionContext);
  if (!connection) throw new Error("`useConnection` is used outside of a session");
  return connection;
}

export function useConnectionState(): ConnectionState {
  const connection = useConnection();
  return useSyncExternalStore(connection.observe, connection.state);
}
