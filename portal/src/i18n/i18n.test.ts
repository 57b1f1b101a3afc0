import { expect, it } from "vitest";
import de from "./de.json";
import en from "./en.json";

type Words = { [key: string]: string | Words };

function flat(words: Words, prefix = ""): [string, string][] {
  return Object.entries(words).flatMap(([key, value]) =>
    typeof value === "string" ? [[prefix + key, value] as [string, string]] : flat(value, `${prefix}${key}.`),
  );
}

const placeholders = (text: string) => (text.match(/\{\{\w+\}\}/g) ?? []).sort();

it("every_language_has_every_key", () => {
  expect(flat(de).map(([key]) => key).sort()).toEqual(flat(en).map(([key]) => key).sort());
});

it("translations_use_the_same_placeholders", () => {
  const english = new Map(flat(en));
  for (const [key, text] of flat(de)) {
    expect([key, ...placeholders(text)]).toEqual([key, ...placeholders(english.get(key) ?? "")]);
  }
});
