import { expect, it } from "vitest";
import en from "../i18n/en.json";
import { knownReason, signTone, verdictTone, wallClock } from "./evidence.ts";

it("signs_of_an_attack_warn_and_signs_of_life_do_not", () => {
  expect((["FLAT_TURN", "MOVING_SURROUND", "SCREEN_PATTERN"] as const).map(signTone)).toEqual(["stop", "stop", "stop"]);
  expect((["RELIEF", "BLINK"] as const).map(signTone)).toEqual(["in", "in"]);
  expect((["NO_RELIEF", "NO_BLINK"] as const).map(signTone)).toEqual(["outline", "outline"]);
  expect((["ATTACK", "LIVE", "NOT_CHECKED"] as const).map(verdictTone)).toEqual(["stop", "in", "none"]);
});

it("every_reason_with_words_is_known", () => {
  for (const reason of Object.keys(en.review.reasons)) expect(knownReason(reason)).toBe(reason);
});

it("a_reason_without_words_is_not_taken_for_another", () => {
  expect(knownReason("pad_attack")).toBe("pad_attack");
  expect(knownReason("something_new")).toBeNull();
  expect(knownReason(null)).toBeNull();
});

it.each([
  ["2026-11-22T08:58:03+01:00", { day: "2026-11-22", time: "08:58:03", offset: "UTC+1" }],
  ["2026-11-22T08:58:03.25-04:30", { day: "2026-11-22", time: "08:58:03", offset: "UTC−4:30" }],
  ["2026-11-22T08:58:03+00:00", { day: "2026-11-22", time: "08:58:03", offset: "UTC" }],
  ["2026-11-22T08:58:03Z", { day: "2026-11-22", time: "08:58:03", offset: "UTC" }],
])("the_wall_clock_is_shown_as_the_site_has_it %s", (text, expected) => {
  expect(wallClock(text)).toEqual(expected);
});
