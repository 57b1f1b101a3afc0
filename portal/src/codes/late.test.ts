import { expect, it } from "vitest";
import { isLate } from "./late.ts";

it.each([
  ["2026-11-22T08:00:00Z", "2026-11-22T08:00:01Z", false],
  ["2026-11-22T08:00:00Z", "2026-11-22T08:00:20Z", false],
  ["2026-11-22T08:00:00Z", "2026-11-22T10:30:00Z", true],
  // A device's clock may run ahead.
  ["2026-11-22T08:05:00Z", "2026-11-22T08:00:00Z", false],
])("who_had_left_was_not_told %s %s", (capturedAt, receivedAt, expected) => {
  expect(isLate(capturedAt, receivedAt)).toBe(expected);
});
