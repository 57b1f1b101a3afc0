/** Looking through a camera of the demo: real video, a real agent, and a browser that holds to the content policy. */
import { expect, test } from "@playwright/test";
import { expectAccessible, logIn, watchForErrors } from "./hub.ts";

/** The agent asks every three seconds who looks; the machine may be busy. */
const PICTURE_DEADLINE_MS = 45_000;

test("a_camera_is_seen_live_and_stops_when_the_page_is_hidden_or_closed", async ({ page }) => {
  test.setTimeout(180_000);
  const errors = watchForErrors(page);
  await logIn(page);
  await page.getByRole("link", { name: "Cameras" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Cameras" })).toBeVisible();
  const look = page.getByRole("button", { name: /^Live view of/ }).first();
  await expect(look).toBeVisible();
  await expectAccessible(page);

  await look.focus();
  await page.keyboard.press("Enter");
  const dialog = page.getByRole("dialog");
  await expect(dialog).toContainText("This viewing is recorded");
  const picture = dialog.getByTestId("live-picture");
  await expect(picture).toBeVisible({ timeout: PICTURE_DEADLINE_MS });
  await expect(dialog.getByRole("status")).toHaveText("Live");
  await expect(dialog.locator("time")).toHaveText(/^\d\d:\d\d:\d\d UTC/);
  await expect.poll(() => picture.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBeGreaterThan(300);
  const first = await picture.getAttribute("src");
  await expect.poll(() => picture.getAttribute("src"), { timeout: PICTURE_DEADLINE_MS }).not.toBe(first);
  await expectAccessible(page);

  // A page that nobody sees asks for nothing.
  const turn = (state: string) =>
    page.evaluate((value) => {
      Object.defineProperty(document, "visibilityState", { value, configurable: true });
      document.dispatchEvent(new Event("visibilitychange"));
    }, state);
  await turn("hidden");
  await expect(dialog.getByRole("status")).toHaveText("Paused");
  await expect(picture).toHaveCount(0);
  await turn("visible");
  await expect(picture).toBeVisible({ timeout: PICTURE_DEADLINE_MS });

  await page.keyboard.press("Escape");
  await expect(dialog).toHaveCount(0);
  await expect(look).toBeFocused();
  expect(errors).toEqual([]);
});
