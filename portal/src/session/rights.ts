/** What is offered to whom, so that nobody is led to a page that refuses them. The hub decides (docs/access.md). */
import { useQuery } from "urql";
import { MeDocument, type UserRole } from "../gql/graphql.ts";

/** Reviews faces and puts punches right. */
export const mayReview = (role: UserRole) => role === "OWNER" || role === "HR_ADMIN" || role === "SITE_MANAGER";

/** Reads devices and their cameras. */
export const maySeeDevices = (role: UserRole) => mayReview(role) || role === "AUDITOR";

/** Looks through cameras from afar: who manages devices. */
export const mayLook = mayReview;

/** Changes employees, their PINs and their badges. */
export const mayChangePeople = (role: UserRole) => role === "OWNER" || role === "HR_ADMIN";

/** Whether who is logged in may; the session has asked who that is already. */
export function useMay(may: (role: UserRole) => boolean): boolean {
  const [{ data }] = useQuery({ query: MeDocument, requestPolicy: "cache-first" });
  return data ? may(data.me.role) : false;
}
