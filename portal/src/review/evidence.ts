/** How the evidence of attack detection is shown: which tone a sign has. Pure; knows no component and no language. */
import type { AttackDetection, AttackSign } from "../gql/graphql.ts";
import type { Tone } from "../ui/Tag.tsx";

const SIGN_TONES: Record<AttackSign, Tone> = {
  FLAT_TURN: "stop",
  MOVING_SURROUND: "stop",
  SCREEN_PATTERN: "stop",
  RELIEF: "in",
  BLINK: "in",
  NO_RELIEF: "outline",
  NO_BLINK: "outline",
};

const VERDICT_TONES: Record<AttackDetection, Tone> = { ATTACK: "stop", LIVE: "in", NOT_CHECKED: "none" };

export const signTone = (sign: AttackSign): Tone => SIGN_TONES[sign];
export const verdictTone = (verdict: AttackDetection): Tone => VERDICT_TONES[verdict];

/** Why a sighting waits, as far as this page has words for it. */
const REASONS = [
  "below_threshold",
  "ambiguous",
  "low_quality",
  "low_agreement",
  "pad_attack",
  "pad_not_checked",
  "clock_ahead",
  "clock_skew",
  "greeted_otherwise",
] as const;

export type Reason = (typeof REASONS)[number];

export function knownReason(reason: string | null | undefined): Reason | null {
  return REASONS.find((known) => known === reason) ?? null;
}

/** `2026-11-22T08:58:03+01:00` as day, time and offset of the site's wall clock, as they are written there. */
export function wallClock(localTime: string): { day: string; time: string; offset: string } {
  const [, day = "", time = "", offset = ""] = /^(\S{10})T(\d\d:\d\d:\d\d)\S*?([+-]\d\d:\d\d|Z)$/.exec(localTime) ?? [];
  const sign = offset.startsWith("-") ? "−" : "+";
  const [hours = "0", minutes = "00"] = offset.slice(1).split(":");
  const isUtc = offset === "Z" || (Number(hours) === 0 && minutes === "00");
  return { day, time, offset: isUtc ? "UTC" : `UTC${sign}${Number(hours)}${minutes === "00" ? "" : `:${minutes}`}` };
}
