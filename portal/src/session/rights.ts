/** What is offered to whom, so that nobody is led to a page that refuses them. The hub decides (docs/access.md). */
import { useQuery } from "urql";
import { MeDocument, type UserRole } from "../gql/graphql.ts";

/** Reviews faces and puts punches right. */
export const mayReview = (role: UserRole) => role === "OWNER" || role === "HR_ADMIN" || role === "SITE_MANAGER";

/** Changes employees, their PINs and their badges. */
export const mayChangePeople = (role: UserRole) => role === "OWNER" || role === "HR_ADMIN";

/** Whether who is logged in changes employees; the session has asked already. */
export function useMayChangePeople(): boolean {
  const [{ data }] = useQuery({ query: MeDocument, requestPolicy: "cache-first" });
  return data ? mayChangePeople(data.me.role) : false;
}
