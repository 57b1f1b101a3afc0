// PostGraphile on the database in RIVAL_URL, as role rollcall_api for one organisation and user, so that the same
// row-level security holds as for the API. Prints its port when it listens; ends with its standard input.
import { createServer } from "node:http";
import { postgraphile } from "postgraphile";
import { makePgService } from "postgraphile/adaptors/pg";
import { grafserv } from "postgraphile/grafserv/node";
import { PostGraphileAmberPreset } from "postgraphile/presets/amber";
import { pgSmartTags } from "./tags.mjs";

// PostGraphile needs this of Node 22; Node 20 has the rest.
Promise.withResolvers ??= function () {
  const parts = {};
  parts.promise = new this((resolve, reject) => Object.assign(parts, { resolve, reject }));
  return parts;
};

const { RIVAL_URL, RIVAL_ORGANIZATION, RIVAL_USER, RIVAL_CONNECTIONS } = process.env;
const preset = {
  extends: [PostGraphileAmberPreset],
  plugins: [pgSmartTags],
  pgServices: [
    makePgService({
      connectionString: RIVAL_URL,
      schemas: ["app", "attendance"],
      pubsub: false,
      poolConfig: { max: Number(RIVAL_CONNECTIONS) },
    }),
  ],
  grafast: {
    explain: false,
    context: {
      pgSettings: {
        "rollcall.organization_id": RIVAL_ORGANIZATION,
        "rollcall.user_id": RIVAL_USER,
        "rollcall.sites": "all",
      },
    },
  },
  grafserv: { watch: false, graphiql: false, graphqlPath: "/graphql" },
};

const instance = postgraphile(preset);
const server = createServer();
server.on("error", (error) => {
  console.error(error);
  process.exit(1);
});
await instance.createServ(grafserv).addTo(server);
// Standard output says the port and nothing else, its reader then leaves; what follows is for people.
server.listen(0, "127.0.0.1", () => {
  console.log(server.address().port);
  globalThis.console = new console.Console(process.stderr);
});
process.stdin.on("end", () => process.exit(0));
process.stdin.resume();
