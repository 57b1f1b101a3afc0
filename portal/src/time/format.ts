/**
 * Instants and civil days as people at a site read them. The zone always comes from the server's data;
 * the zone of the browser is never used. Knows nothing of React or of GraphQL.
 */

const formats = new Map<string, Intl.DateTimeFormat>();

/** A cached formatter; a zone that this browser does not know falls back to UTC, and the offset shown says so. */
function formatter(locale: string, zone: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${locale}|${zone}|${JSON.stringify(options)}`;
  const known = formats.get(key);
  if (known) return known;
  let format: Intl.DateTimeFormat;
  try {
    format = new Intl.DateTimeFormat(locale, { ...options, timeZone: zone });
  } catch {
    format = new Intl.DateTimeFormat(locale, { ...options, timeZone: "UTC" });
  }
  formats.set(key, format);
  return format;
}

/** Time of day on the site's wall clock, 24 hours: `18:04`, with seconds `18:04:09`. */
export function timeOfDay(instant: Date, zone: string, locale: string, seconds = false): string {
  return formatter(locale, zone, {
    hour: "2-digit",
    minute: "2-digit",
    ...(seconds ? { second: "2-digit" } : {}),
    hourCycle: "h23",
  }).format(instant);
}

/** Offset of the zone at that instant: `UTC+1`, `UTC−4` (a true minus), `UTC+5:30`, `UTC`. */
export function utcOffset(instant: Date, zone: string): string {
  const part = formatter("en", zone, { timeZoneName: "shortOffset" })
    .formatToParts(instant)
    .find((candidate) => candidate.type === "timeZoneName");
  // ICU versions differ in how they write the offset zero and the minus sign.
  return (part?.value ?? "GMT").replace("GMT", "UTC").replace("-", "−").replace(/[+−]0$/, "");
}

/** The civil day at that place, `2026-11-22`; sorts and compares as text. */
export function civilDay(instant: Date, zone: string): string {
  const parts = formatter("en", zone, { year: "numeric", month: "2-digit", day: "2-digit" }).formatToParts(instant);
  const value = (type: Intl.DateTimeFormatPartTypes) => parts.find((part) => part.type === type)?.value ?? "";
  return `${value("year").padStart(4, "0")}-${value("month")}-${value("day")}`;
}

/** The civil day before `day`, both `2026-11-22`. Days are counted in UTC, where each has 24 hours. */
export function dayBefore(day: string): string {
  const noon = new Date(`${day}T12:00:00Z`);
  noon.setUTCDate(noon.getUTCDate() - 1);
  return noon.toISOString().slice(0, 10);
}

/** A civil day in words, without a zone: `Sun 22 Nov`. */
export function dayInWords(day: string, locale: string): string {
  return formatter(locale, "UTC", { weekday: "short", day: "numeric", month: "short" }).format(
    new Date(`${day}T12:00:00Z`),
  );
}

/** Day and year of an instant in UTC, for records that belong to no site: `22 Nov 2026`. */
export function recordDay(instant: Date, locale: string): string {
  return formatter(locale, "UTC", { day: "numeric", month: "short", year: "numeric" }).format(instant);
}

/** `Europe/Berlin` → `Berlin`, `America/New_York` → `New York`. */
export function zoneCity(zone: string): string {
  return (zone.split("/").at(-1) ?? zone).replaceAll("_", " ");
}

/** Where `day` lies seen from `now` at that place: `today`, `yesterday`, or the day itself. */
export function relativeDay(day: string, now: Date, zone: string): "today" | "yesterday" | "other" {
  const today = civilDay(now, zone);
  if (day === today) return "today";
  return day === dayBefore(today) ? "yesterday" : "other";
}
