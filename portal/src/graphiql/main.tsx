/**
 * GraphiQL with the session of the portal: an entry of its own, so that nobody else downloads it. The hub serves the
 * page at `/graphiql` when its configuration says so.
 */
import "graphiql/style.css";
import "./page.css";
import { GraphiQL } from "graphiql";
import { createGraphiQLFetcher } from "@graphiql/toolkit";
import { createClient } from "graphql-ws";
import { createRoot } from "react-dom/client";

const socketUrl = new URL("/graphql/ws", window.location.href);
socketUrl.protocol = socketUrl.protocol === "https:" ? "wss:" : "ws:";

const fetcher = createGraphiQLFetcher({
  url: "/graphql",
  wsClient: createClient({ url: socketUrl.href, lazy: true }),
});

const firstQuery = `# The queries of the documentation run here as they are. Ctrl-Enter runs the one at the cursor.
# Log in to the portal first: this page uses its session.

query Me {
  me {
    email
    role
    organization {
      name
    }
  }
}
`;

const root = document.getElementById("root");
if (!root) throw new Error("graphiql.html has an element `root`");
createRoot(root).render(<GraphiQL fetcher={fetcher} defaultQuery={firstQuery} />);
