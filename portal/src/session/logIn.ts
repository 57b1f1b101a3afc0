/** Opening and closing a session over HTTP. The cookie is HttpOnly: this code never sees it. */

export type LogInOutcome =
  | { kind: "opened" }
  | { kind: "refused" }
  /** The password is right, and a code of the second factor is needed, or was wrong. */
  | { kind: "codeNeeded" }
  /** Too many attempts; `waitSeconds` says for how long to stop, as far as the hub told. */
  | { kind: "limited"; waitSeconds: number }
  | { kind: "unreachable" };

/** Wait when the hub limits attempts without saying for how long. */
export const DEFAULT_WAIT_SECONDS = 30;

/** Seconds of a `Retry-After` header: a number of seconds or an HTTP date, at least 1. */
export function retryAfterSeconds(header: string | null, now: Date): number {
  if (header === null || header.trim() === "") return DEFAULT_WAIT_SECONDS;
  const seconds = Number(header);
  if (Number.isFinite(seconds)) return Math.max(1, Math.ceil(seconds));
  const at = Date.parse(header);
  return Number.isNaN(at) ? DEFAULT_WAIT_SECONDS : Math.max(1, Math.ceil((at - now.getTime()) / 1000));
}

/** Code of the hub for a log-in that needs a second factor. */
const SECOND_FACTOR = "RC410";

export async function logIn(email: string, password: string, code?: string): Promise<LogInOutcome> {
  let response: Response;
  try {
    response = await fetch("/session", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ email, password, code }),
      credentials: "same-origin",
    });
  } catch {
    return { kind: "unreachable" };
  }
  if (response.ok) return { kind: "opened" };
  if (response.status === 429) {
    return { kind: "limited", waitSeconds: retryAfterSeconds(response.headers.get("retry-after"), new Date()) };
  }
  if (response.status >= 500) return { kind: "unreachable" };
  const body: unknown = await response.json().catch(() => null);
  const needsCode = typeof body === "object" && body !== null && "code" in body && body.code === SECOND_FACTOR;
  return { kind: needsCode ? "codeNeeded" : "refused" };
}

/** Ends the session at the hub. True when the hub confirmed it. */
export async function logOut(): Promise<boolean> {
  try {
    return (await fetch("/session", { method: "DELETE", credentials: "same-origin" })).ok;
  } catch {
    return false;
  }
}
