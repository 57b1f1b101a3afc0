import { expect, it } from "vitest";
// @ts-expect-error: a script without types.
import { check } from "../../scripts/breaking.mjs";

const before = "type Query { day(id: ID!): String! shift: String }";

it("additions_break_nobody", () => {
  const after = "type Query { day(id: ID!, zone: String): String! shift: String period: String }";
  expect(check(before, after, [])).toEqual({ breaking: [], stale: [], vague: [] });
});

it("removed_fields_and_new_duties_break_clients", () => {
  const after = "type Query { day(id: ID!, zone: String!): String }";
  expect(check(before, after, []).breaking.sort()).toEqual([
    "A required arg zone on Query.day was added.",
    "Query.day changed type from String! to String.",
    "Query.shift was removed.",
  ]);
});

it("waivers_need_a_reason_a_date_and_a_change", () => {
  const after = "type Query { day(id: ID!): String! }";
  const waiver = { change: "Query.shift was removed.", reason: "never worked", date: "2026-11-26" };
  expect(check(before, after, [waiver])).toEqual({ breaking: [], stale: [], vague: [] });
  expect(check(before, before, [waiver]).stale).toEqual([waiver.change]);
  expect(check(before, after, [{ change: waiver.change }]).vague).toEqual([waiver.change]);
});
