import { afterEach, describe, expect, it, vi } from "vitest";
import { DEFAULT_WAIT_SECONDS, logIn, logOut, retryAfterSeconds } from "./logIn.ts";

const now = new Date("2026-11-22T10:00:00Z");

it.each([
  ["17", 17],
  ["0", 1],
  ["1.2", 2],
  [null, DEFAULT_WAIT_SECONDS],
  ["soon", DEFAULT_WAIT_SECONDS],
  ["Sun, 22 Nov 2026 10:00:45 GMT", 45],
  ["Sun, 22 Nov 2026 09:00:00 GMT", 1],
])("retry-after %s waits %i seconds", (header, seconds) => {
  expect(retryAfterSeconds(header, now)).toBe(seconds);
});

describe("logging in", () => {
  afterEach(() => vi.unstubAllGlobals());

  it.each<[number, Record<string, string>, object]>([
    [204, {}, { kind: "opened" }],
    [401, {}, { kind: "refused" }],
    [400, {}, { kind: "refused" }],
    [429, { "retry-after": "12" }, { kind: "limited", waitSeconds: 12 }],
    [503, {}, { kind: "unreachable" }],
  ])("status %i", async (status, headers, outcome) => {
    const fetched = vi.fn().mockResolvedValue(new Response(null, { status, headers }));
    vi.stubGlobal("fetch", fetched);
    expect(await logIn("ada@example.org", "secret")).toEqual(outcome);
    expect(JSON.parse(fetched.mock.calls[0]?.[1].body)).toEqual({ email: "ada@example.org", password: "secret" });
  });

  it("a_second_factor_is_asked_for_and_sent", async () => {
    const answer = new Response(JSON.stringify({ code: "RC410" }), { status: 401 });
    const fetched = vi.fn().mockResolvedValueOnce(answer).mockResolvedValueOnce(new Response(null, { status: 204 }));
    vi.stubGlobal("fetch", fetched);
    expect(await logIn("ada@example.org", "secret")).toEqual({ kind: "codeNeeded" });
    expect(await logIn("ada@example.org", "secret", "123456")).toEqual({ kind: "opened" });
    expect(JSON.parse(fetched.mock.calls[1]?.[1].body)).toMatchObject({ code: "123456" });
  });

  it("hub_that_is_down_is_not_a_wrong_password", async () => {
    vi.stubGlobal("fetch", vi.fn().mockRejectedValue(new TypeError("failed to fetch")));
    expect(await logIn("ada@example.org", "secret")).toEqual({ kind: "unreachable" });
    expect(await logOut()).toBe(false);
  });
});
