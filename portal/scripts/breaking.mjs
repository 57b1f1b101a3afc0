/**
 * Changes of the schema that break clients: `graphql/schema.graphql` against `graphql/baseline.graphql`, the schema
 * that integrators were promised. A change that is meant stands in `graphql/breaking.json` with a reason and a date;
 * a line there that no change needs any more is refused too. `--accept` makes the present schema the promised one.
 */
import { buildSchema, findBreakingChanges } from "graphql";
import { readFileSync, writeFileSync } from "./files.mjs";

/** What breaks clients, as texts; then lines of `waivers` that nothing needs, and lines that say too little. */
export function check(baselineSdl, schemaSdl, waivers) {
  const changes = findBreakingChanges(buildSchema(baselineSdl), buildSchema(schemaSdl)).map((change) => change.description);
  const waived = new Set(waivers.map((waiver) => waiver.change));
  return {
    breaking: changes.filter((change) => !waived.has(change)),
    stale: waivers.filter((waiver) => !changes.includes(waiver.change)).map((waiver) => waiver.change),
    vague: waivers.filter((waiver) => !waiver.reason || !/^\d{4}-\d\d-\d\d$/.test(waiver.date ?? "")).map((waiver) => waiver.change),
  };
}

function main() {
  const schema = readFileSync("../graphql/schema.graphql");
  if (process.argv.includes("--accept")) {
    writeFileSync("../graphql/baseline.graphql", schema);
    writeFileSync("../graphql/breaking.json", "[]\n");
    console.error("graphql/baseline.graphql: the present schema is the promised one");
    return;
  }
  const { breaking, stale, vague } = check(readFileSync("../graphql/baseline.graphql"), schema, JSON.parse(readFileSync("../graphql/breaking.json")));
  for (const change of breaking) console.error(`breaks clients: ${change}`);
  for (const change of stale) console.error(`graphql/breaking.json: nothing needs \`${change}\` any more`);
  for (const change of vague) console.error(`graphql/breaking.json: \`${change}\` needs a \`reason\` and a \`date\` (YYYY-MM-DD)`);
  if (breaking.length > 0) {
    console.error("hint: keep the old form beside the new one and deprecate it; or, when it must be, add the change with a reason and a date to graphql/breaking.json");
  }
  if (breaking.length + stale.length + vague.length > 0) process.exit(1);
}

if (process.argv[1]?.endsWith("breaking.mjs")) main();
