/** Where to go after logging in. Pure; the only guard against a link that leads off this origin. */

export const HOME = "/today";

/** `next` if it is a path of this portal other than the log-in page, else the home page. */
export function safeNext(next: string | null): string {
  if (!next || !next.startsWith("/") || /[\\\s]/.test(next)) return HOME;
  const url = new URL(next, "http://portal.invalid");
  if (url.host !== "portal.invalid" || url.pathname.startsWith("//") || url.pathname.startsWith("/login")) return HOME;
  return url.pathname + url.search + url.hash;
}
