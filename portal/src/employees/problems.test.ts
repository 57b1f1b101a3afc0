import { expect, it } from "vitest";
import { placeProblems, type Problem } from "./problems.ts";

const problem = (field: string | null, code: Problem["code"] = "BLANK"): Problem => ({ field, code, message: `${field} ${code}` });

it("first_problem_of_a_field_is_shown_at_it", () => {
  const placed = placeProblems([problem("code", "TAKEN"), problem("code", "TOO_LONG"), problem("siteIds[1]", "UNKNOWN_SITE")]);
  expect(placed.fields.code?.code).toBe("TAKEN");
  expect(placed.fields.siteIds?.code).toBe("UNKNOWN_SITE");
  expect(placed.rest).toEqual([]);
});

it("problem_without_a_place_is_not_lost", () => {
  const problems = [problem(null), problem("shoeSize")];
  expect(placeProblems(problems)).toEqual({ fields: {}, rest: problems });
});
