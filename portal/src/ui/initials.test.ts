import { expect, it } from "vitest";
import { initials } from "./initials.ts";

it.each([
  ["Ada Example", "AE"],
  ["ada maria example", "AE"],
  ["Ada", "A"],
  ["  ", ""],
  ["𝒜da Östen", "𝒜Ö"],
])("%s → %s", (name, letters) => {
  expect(initials(name)).toBe(letters);
});
