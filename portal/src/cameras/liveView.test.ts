import { expect, it } from "vitest";
import { BEGINNING, type Change, type LiveView, type LiveViewEvent, liveView, notice, pictureAddress } from "./liveView.ts";

function said(state: LiveViewEvent["state"], jpegBase64: string | null = null): Change {
  return { type: "said", event: { state, jpegBase64, takenAt: null, cameraState: null, secondsLeft: 500 } };
}

const after = (...changes: Change[]) => changes.reduce(liveView, BEGINNING);
const shown = (view: LiveView) => [view.phase, notice(view), pictureAddress(view)];

it("a_picture_is_shown_while_the_hub_sends_some", () => {
  expect(shown(after())).toEqual(["looking", "CONNECTING", null]);
  expect(shown(after(said("STARTING")))).toEqual(["looking", "STARTING", null]);
  expect(shown(after(said("LIVE", "AA")))).toEqual(["looking", "LIVE", "data:image/jpeg;base64,AA"]);
  expect(shown(after(said("LIVE", "AA"), said("DEVICE_SILENT")))).toEqual(["looking", "DEVICE_SILENT", null]);
});

it("an_old_picture_never_passes_for_a_live_one", () => {
  expect(shown(after(said("LIVE", "AA"), { type: "lost" }))).toEqual(["looking", "CONNECTING", null]);
  expect(shown(after(said("LIVE", "AA"), { type: "hidden" }))).toEqual(["hidden", "HIDDEN", null]);
});

it("a_page_that_nobody_sees_stops_and_goes_on_when_it_is_seen", () => {
  const hidden = after(said("LIVE", "AA"), { type: "hidden" });
  expect(liveView(hidden, said("LIVE", "BB"))).toBe(hidden);
  expect(shown(liveView(hidden, { type: "seen" }))).toEqual(["looking", "CONNECTING", null]);
});

it("after_the_last_word_only_the_reader_goes_on", () => {
  for (const state of ["TIME_OVER", "NOT_FOUND", "NOT_ALLOWED"] as const) {
    const over = after(said("LIVE", "AA"), said(state));
    expect(shown(over)).toEqual(["ended", state, null]);
    for (const change of [{ type: "hidden" }, { type: "seen" }, { type: "lost" }, said("LIVE", "BB")] as Change[]) {
      expect(liveView(over, change)).toBe(over);
    }
    expect(liveView(over, { type: "again" })).toBe(BEGINNING);
  }
});
