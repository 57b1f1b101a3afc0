/** Where the hub's problems with a new employee belong on the form. Pure; knows no component. */
import type { EmployeeCreateMutation } from "../gql/graphql.ts";

export type Problem = EmployeeCreateMutation["employeeCreate"]["problems"][number];

const FIELDS = ["displayName", "code", "siteIds"] as const;
export type Field = (typeof FIELDS)[number];

export interface PlacedProblems {
  /** First problem of each field. */
  fields: Partial<Record<Field, Problem>>;
  /** Problems of no field, or of one that this form does not have. */
  rest: Problem[];
}

export function placeProblems(problems: readonly Problem[]): PlacedProblems {
  const placed: PlacedProblems = { fields: {}, rest: [] };
  for (const problem of problems) {
    // A list item may be named with its position: `siteIds.0`.
    const name = problem.field?.split(/[.[]/)[0];
    const field = FIELDS.find((candidate) => candidate === name);
    if (!field) placed.rest.push(problem);
    else placed.fields[field] ??= problem;
  }
  return placed;
}
