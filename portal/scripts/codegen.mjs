/**
 * Types of the portal's GraphQL documents: `graphql/schema.graphql` + `src/**\/*.graphql` → `src/gql/graphql.ts`.
 *
 * Runs the client preset of GraphQL Code Generator through its library, because its command line brings loaders
 * for remote schemas that need a newer Node. `--check` writes nothing and fails when the file is out of date.
 * `ROLLCALL_SDL` names another schema file.
 */
import { codegen } from "@graphql-codegen/core";
import { preset } from "@graphql-codegen/client-preset";
import { buildSchema, parse, validate } from "graphql";
import { globSync, mkdirSync, readFileSync, writeFileSync } from "./files.mjs";

const schemaPath = process.env.ROLLCALL_SDL ?? "../graphql/schema.graphql";
const outputFolder = "src/gql/";
const outputName = "graphql.ts";

const sdl = readFileSync(schemaPath);
const schemaAst = buildSchema(sdl);
const documents = globSync("src", ".graphql").map((location) => {
  const text = readFileSync(location);
  return { location, rawSDL: text, document: parse(text) };
});

const errors = validate(schemaAst, {
  kind: "Document",
  definitions: documents.flatMap((file) => file.document.definitions),
});
if (errors.length > 0) {
  for (const error of errors) console.error(`${schemaPath}: ${error.message}`);
  console.error("hint: a document in src/ asks for something that the schema does not have");
  process.exit(1);
}

const sections = await preset.buildGeneratesSection({
  baseOutputDir: outputFolder,
  presetConfig: { fragmentMasking: false },
  plugins: [],
  pluginMap: {},
  schema: parse(sdl),
  schemaAst,
  documents,
  config: {
    enumsAsTypes: true,
    useTypeImports: true,
    strictScalars: true,
    scalars: { DateTime: "string", Date: "string", Upload: "File", JSON: "unknown" },
  },
  documentTransforms: [],
});
const section = sections.find((candidate) => candidate.filename === outputFolder + outputName);
if (!section) throw new Error("the client preset no longer writes `graphql.ts`");
const generated = await codegen(section);

const outputPath = outputFolder + outputName;
if (process.argv.includes("--check")) {
  if (readFileSync(outputPath) !== generated) {
    console.error(`${outputPath} does not match ${schemaPath} and the documents in src/`);
    console.error("hint: run `npm run codegen` and commit the result");
    process.exit(1);
  }
} else {
  mkdirSync(outputFolder);
  writeFileSync(outputPath, generated);
  console.error(`${outputPath}: ${documents.length} documents`);
}
