import { describe, expect, it } from "vitest";
import { civilDay, dayBefore, dayInWords, relativeDay, timeOfDay, utcOffset, zoneCity } from "./format.ts";

const at = (text: string) => new Date(text);

describe("wall clock of a site", () => {
  it.each([
    ["2026-11-22T17:04:09Z", "Europe/Berlin", "18:04:09", "UTC+1"],
    ["2026-07-01T17:04:09Z", "Europe/Berlin", "19:04:09", "UTC+2"],
    ["2026-11-22T17:04:09Z", "America/New_York", "12:04:09", "UTC−5"],
    ["2026-11-22T17:04:09Z", "Asia/Kolkata", "22:34:09", "UTC+5:30"],
    ["2026-11-22T00:00:00Z", "UTC", "00:00:00", "UTC"],
    // The hour that exists twice: both instants read 02:30, the offset tells them apart.
    ["2026-10-25T00:30:00Z", "Europe/Berlin", "02:30:00", "UTC+2"],
    ["2026-10-25T01:30:00Z", "Europe/Berlin", "02:30:00", "UTC+1"],
    // A zone this browser does not know is shown in UTC, and says so.
    ["2026-11-22T17:04:09Z", "Mars/Olympus", "17:04:09", "UTC"],
  ])("%s in %s reads %s %s", (instant, zone, time, offset) => {
    expect(timeOfDay(at(instant), zone, "en-GB", true)).toBe(time);
    expect(utcOffset(at(instant), zone)).toBe(offset);
  });

  it("midnight_is_zero_in_every_language", () => {
    for (const locale of ["en-GB", "en-US", "de"]) {
      expect(timeOfDay(at("2026-11-22T23:00:00Z"), "Europe/Berlin", locale)).toBe("00:00");
    }
  });
});

describe("civil days", () => {
  it.each([
    ["2026-11-22T23:30:00Z", "Europe/Berlin", "2026-11-23"],
    ["2026-11-22T23:30:00Z", "America/New_York", "2026-11-22"],
    ["2026-01-01T03:00:00Z", "America/New_York", "2025-12-31"],
  ])("%s in %s falls on %s", (instant, zone, day) => {
    expect(civilDay(at(instant), zone)).toBe(day);
  });

  it("day_before_crosses_months_and_leap_days", () => {
    expect(dayBefore("2026-03-01")).toBe("2026-02-28");
    expect(dayBefore("2028-03-01")).toBe("2028-02-29");
    expect(dayBefore("2026-01-01")).toBe("2025-12-31");
  });

  it("today_is_the_day_of_the_site_not_of_the_browser", () => {
    const now = at("2026-11-22T23:30:00Z");
    expect(relativeDay("2026-11-22", now, "Europe/Berlin")).toBe("yesterday");
    expect(relativeDay("2026-11-22", now, "America/New_York")).toBe("today");
    expect(relativeDay("2026-11-19", now, "America/New_York")).toBe("other");
  });

  it("days_are_written_in_the_language_of_the_reader", () => {
    expect(dayInWords("2026-11-22", "en-GB")).toMatch(/^Sun,? 22 Nov$/);
    expect(dayInWords("2026-11-22", "de")).toContain("Nov");
  });

  it("zone_names_shrink_to_their_city", () => {
    expect(zoneCity("America/New_York")).toBe("New York");
    expect(zoneCity("UTC")).toBe("UTC");
  });
});
