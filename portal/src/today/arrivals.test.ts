import { describe, expect, it } from "vitest";
import { type Arrival, groupByDay, LIVE_LIMIT, liveArrivals, mergeArrivals } from "./arrivals.ts";

function punch(id: string, occurredAt: string, change: Partial<Arrival> = {}): Arrival {
  return {
    id,
    occurredAt,
    timeZone: "Europe/Berlin",
    source: "FACE",
    direction: "IN",
    directionReason: null,
    isCounted: true,
    similarity: 0.8,
    employee: { id: "e1", displayName: "Ada Example", code: "E-1" },
    site: { id: "berlin", name: "Berlin" },
    camera: null,
    ...change,
  };
}

const ids = (list: readonly Arrival[]) => list.map((item) => item.id).join(" ");

describe("merging the page with what was pushed", () => {
  it("late_punch_takes_its_place_in_time", () => {
    const page = [punch("c", "2026-11-22T10:03:00Z"), punch("a", "2026-11-22T10:01:00Z")];
    const live = [punch("b", "2026-11-22T10:02:00Z"), punch("d", "2026-11-22T10:04:00Z")];
    expect(ids(mergeArrivals(page, live, null, 50))).toBe("d c b a");
  });

  it("order_of_messages_does_not_matter", () => {
    const punches = ["a", "b", "c"].map((id, minute) => punch(id, `2026-11-22T10:0${minute}:00Z`));
    const forward = punches.reduce((live, item) => liveArrivals(live, { type: "recorded", punch: item }), [] as readonly Arrival[]);
    const backward = punches.reduceRight((live, item) => liveArrivals(live, { type: "recorded", punch: item }), [] as readonly Arrival[]);
    expect(mergeArrivals([], forward, null, 50)).toEqual(mergeArrivals([], backward, null, 50));
  });

  it("same_punch_appears_once_and_the_pushed_one_wins", () => {
    const page = [punch("a", "2026-11-22T10:01:00Z", { isCounted: null })];
    const live = [punch("a", "2026-11-22T10:01:00Z", { isCounted: false })];
    const merged = mergeArrivals(page, live, null, 50);
    expect(merged).toHaveLength(1);
    expect(merged[0]?.isCounted).toBe(false);
  });

  it("instants_are_compared_not_texts", () => {
    const page = [punch("a", "2026-11-22T10:00:00+02:00"), punch("b", "2026-11-22T09:00:00Z")];
    expect(ids(mergeArrivals(page, [], null, 50))).toBe("b a");
  });

  it("equal_instants_keep_one_order", () => {
    const a = punch("a", "2026-11-22T10:00:00Z");
    const b = punch("b", "2026-11-22T10:00:00Z");
    expect(ids(mergeArrivals([a], [b], null, 50))).toBe(ids(mergeArrivals([b], [a], null, 50)));
  });

  it("filter_and_limit_apply_to_pushed_punches_too", () => {
    const live = [
      punch("a", "2026-11-22T10:01:00Z", { site: { id: "new-york", name: "New York" } }),
      punch("b", "2026-11-22T10:02:00Z"),
      punch("c", "2026-11-22T10:03:00Z"),
    ];
    expect(ids(mergeArrivals([], live, "berlin", 1))).toBe("c");
    expect(ids(mergeArrivals([], live, "new-york", 5))).toBe("a");
  });
});

describe("pushed punches", () => {
  it("derived_again_replaces_the_first_message", () => {
    const first = liveArrivals([], { type: "recorded", punch: punch("a", "2026-11-22T10:01:00Z") });
    const again = liveArrivals(first, { type: "recorded", punch: punch("a", "2026-11-22T10:01:00Z", { direction: "OUT" }) });
    expect(again.map((item) => item.direction)).toEqual(["OUT"]);
  });

  it("resync_forgets_what_was_pushed_before_the_gap", () => {
    const live = liveArrivals([], { type: "recorded", punch: punch("a", "2026-11-22T10:01:00Z") });
    expect(liveArrivals(live, { type: "resynced" })).toEqual([]);
  });

  it("memory_is_bounded", () => {
    let live: readonly Arrival[] = [];
    for (let index = 0; index < LIVE_LIMIT + 5; index += 1) {
      live = liveArrivals(live, { type: "recorded", punch: punch(`p${index}`, "2026-11-22T10:01:00Z") });
    }
    expect(live).toHaveLength(LIVE_LIMIT);
    expect(live[0]?.id).toBe(`p${LIVE_LIMIT + 4}`);
  });
});

it("days_are_cut_where_the_site_has_midnight", () => {
  const days = groupByDay([punch("b", "2026-11-22T23:10:00Z"), punch("a", "2026-11-22T22:50:00Z")]);
  expect(days.map((group) => [group.day, ids(group.arrivals)])).toEqual([
    ["2026-11-23", "b"],
    ["2026-11-22", "a"],
  ]);
});
