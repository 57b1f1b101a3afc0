import { expect, it } from "vitest";
import { afterCursor, FIRST_PAGE, pageNumber, pages, type PagesAction } from "./pages.ts";

it.each<[string, PagesAction[], string | null, number]>([
  ["starts_at_the_first_page", [], null, 1],
  ["next_goes_on_after_the_end_cursor", [{ type: "next", endCursor: "a" }], "a", 2],
  ["previous_returns_to_the_cursor_before", [{ type: "next", endCursor: "a" }, { type: "next", endCursor: "b" }, { type: "previous" }], "a", 2],
  ["previous_stops_at_the_first_page", [{ type: "previous" }], null, 1],
  ["next_without_cursor_stays", [{ type: "next", endCursor: null }], null, 1],
  ["pressing_next_twice_on_one_page_moves_once", [{ type: "next", endCursor: "a" }, { type: "next", endCursor: "a" }], "a", 2],
  ["a_new_search_starts_over", [{ type: "next", endCursor: "a" }, { type: "first" }], null, 1],
])("%s", (_name, actions, cursor, number) => {
  const state = actions.reduce(pages, FIRST_PAGE);
  expect(afterCursor(state)).toBe(cursor);
  expect(pageNumber(state)).toBe(number);
});

it("unchanged_state_is_the_same_object", () => {
  expect(pages(FIRST_PAGE, { type: "first" })).toBe(FIRST_PAGE);
  expect(pages(FIRST_PAGE, { type: "previous" })).toBe(FIRST_PAGE);
});
