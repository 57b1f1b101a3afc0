/**
 * The one GraphQL client of a session: HTTP for queries and mutations, one WebSocket for subscriptions.
 * Knows no screen; tells the session when the hub says that nobody is logged in.
 */
import { cacheExchange, Client, type CombinedError, fetchExchange, mapExchange, subscriptionExchange } from "@urql/core";
import { CloseCode, createClient as createSocket, type Client as Socket } from "graphql-ws";
import { type Connection, createConnection } from "./connection.ts";

/** Error code of a request without a valid session. */
const UNAUTHENTICATED = "RC401";
/** A silent line is tested this often and given up when the answer takes as long again. */
const PING_INTERVAL_MS = 10_000;
const RETRY_FIRST_MS = 500;
const RETRY_LONGEST_MS = 10_000;

export interface Api {
  client: Client;
  connection: Connection;
  /** Calls `observer` when the hub says that nobody is logged in; returns the way to stop. */
  onUnauthenticated: (observer: () => void) => () => void;
  dispose: () => void;
}

/** Whether the error says that the session is missing, closed or expired. */
export function isUnauthenticated(error: CombinedError | undefined): boolean {
  return error?.graphQLErrors.some((each) => each.extensions["code"] === UNAUTHENTICATED) ?? false;
}

export function createApi(): Api {
  const observers = new Set<() => void>();
  const onUnauthenticated = () => {
    for (const observer of [...observers]) observer();
  };
  const connection = createConnection();
  const socket = openSocket(connection, onUnauthenticated);
  const client = new Client({
    url: "/graphql",
    preferGetMethod: false,
    fetchOptions: { credentials: "same-origin" },
    exchanges: [
      mapExchange({
        onError: (error) => {
          if (isUnauthenticated(error)) onUnauthenticated();
        },
      }),
      cacheExchange,
      fetchExchange,
      subscriptionExchange({
        forwardSubscription: (request) => ({
          subscribe: (sink) => ({
            unsubscribe: subscribeForever(socket, { query: request.query ?? "", variables: request.variables }, sink.next),
          }),
        }),
      }),
    ],
  });
  return {
    client,
    connection,
    onUnauthenticated: (observer) => {
      observers.add(observer);
      return () => void observers.delete(observer);
    },
    dispose: () => void socket.dispose(),
  };
}

function openSocket(connection: Connection, onUnauthenticated: () => void): Socket {
  let pongDeadline: number | undefined;
  const socket = createSocket({
    url: `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/graphql/ws`,
    keepAlive: PING_INTERVAL_MS,
    retryAttempts: Number.POSITIVE_INFINITY,
    shouldRetry: () => true,
    retryWait: (attempt) => {
      const longest = Math.min(RETRY_FIRST_MS * 2 ** attempt, RETRY_LONGEST_MS);
      return new Promise((done) => setTimeout(done, longest * (0.5 + Math.random() / 2)));
    },
    on: {
      connected: () => connection.reportUp(),
      closed: (event) => {
        clearTimeout(pongDeadline);
        connection.reportDown();
        const code = event instanceof CloseEvent ? event.code : undefined;
        if (code === CloseCode.Unauthorized || code === CloseCode.Forbidden) onUnauthenticated();
      },
      ping: (received) => {
        if (received) return;
        clearTimeout(pongDeadline);
        pongDeadline = window.setTimeout(() => socket.terminate(), PING_INTERVAL_MS);
      },
      pong: (received) => {
        if (received) clearTimeout(pongDeadline);
      },
    },
  });
  return socket;
}

/** A subscription that the hub ends, or that fails, is opened again until the caller stops it. */
function subscribeForever<Result>(
  socket: Socket,
  payload: { query: string; variables: Record<string, unknown> | undefined },
  next: (result: Result) => void,
): () => void {
  let stopped = false;
  let timer: number | undefined;
  let close: () => void = () => undefined;
  const again = () => {
    if (!stopped) timer = window.setTimeout(open, RETRY_FIRST_MS);
  };
  const open = () => {
    close = socket.subscribe(
      { query: payload.query, variables: payload.variables ?? {} },
      { next: (result) => next(result as Result), error: again, complete: again },
    );
  };
  open();
  return () => {
    stopped = true;
    clearTimeout(timer);
    close();
  };
}
