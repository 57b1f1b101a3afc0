/** Whether the hub heard of something too late for the person at the kiosk to be told. Pure; knows no component. */

/** Longest that a kiosk waits for the hub while somebody stands there, with room for a slow line. */
const TOLD_WITHIN_MS = 20_000;

export function isLate(capturedAt: string, receivedAt: string): boolean {
  return Date.parse(receivedAt) - Date.parse(capturedAt) > TOLD_WITHIN_MS;
}
