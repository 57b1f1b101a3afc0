/** The few file calls of the code generator, with stable order and line ends. Knows nothing of GraphQL. */
import * as fs from "node:fs";
import * as path from "node:path";

/** Text of a file; an absent file reads as empty, so that a check reports it as out of date. */
export function readFileSync(file) {
  return fs.existsSync(file) ? fs.readFileSync(file, "utf8") : "";
}

export function writeFileSync(file, text) {
  fs.writeFileSync(file, text);
}

export function mkdirSync(folder) {
  fs.mkdirSync(folder, { recursive: true });
}

/** All files below `folder` whose name ends in `ending`, sorted. */
export function globSync(folder, ending) {
  return fs
    .readdirSync(folder, { recursive: true })
    .map((name) => path.posix.join(folder, String(name).replaceAll("\\", "/")))
    .filter((name) => name.endsWith(ending))
    .sort();
}
