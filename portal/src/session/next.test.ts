import { expect, it } from "vitest";
import { HOME, safeNext } from "./next.ts";

it.each([
  ["/employees?q=ada#x", "/employees?q=ada#x"],
  [null, HOME],
  ["", HOME],
  ["/login?next=/today", HOME],
  ["https://example.org/", HOME],
  ["//example.org/today", HOME],
  ["/\\example.org", HOME],
  ["/\t/example.org", HOME],
  ["/.//example.org", HOME],
  ["javascript:alert(1)", HOME],
])("%s leads to %s", (next, expected) => {
  expect(safeNext(next)).toBe(expected);
});
