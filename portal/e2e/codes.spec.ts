/** PINs and badges, refused codes and the review queue, against a hub that runs. */
import { expect, test } from "@playwright/test";
import { expectAccessible, logIn, watchForErrors } from "./hub.ts";

test("pin_is_shown_once_and_badge_is_set_and_taken_away", async ({ page }) => {
  const errors = watchForErrors(page);
  await logIn(page);
  await page.getByRole("link", { name: "Employees" }).click();
  const open = page.getByRole("button", { name: /^PIN and badge of/ }).first();
  await open.click();
  const dialog = page.getByRole("dialog", { name: /^PIN and badge of/ });
  await dialog.getByRole("button", { name: /^Make a (new )?PIN$/ }).click();
  const pin = dialog.getByTestId("new-pin");
  await expect(pin).toHaveText(/^\d{6}$/);
  await expectAccessible(page);
  const shown = (await pin.textContent()) ?? "";

  await page.keyboard.press("Escape");
  await expect(dialog).toBeHidden();
  await open.click();
  await expect(dialog.getByText("Has a PIN since")).toBeVisible();
  await expect(dialog).not.toContainText(shown);

  // A reader types the code and Enter.
  await dialog.getByLabel("Code of the badge").fill(`E2E-${Date.now().toString(36)}`);
  await page.keyboard.press("Enter");
  await expect(dialog.getByRole("status")).toHaveText("The badge is set.");
  await expect(dialog.getByLabel("Code of the badge")).toHaveValue("");
  for (const what of ["badge", "PIN"]) {
    await dialog.getByRole("button", { name: `Remove the ${what}` }).click();
    await expect(dialog.getByRole("button", { name: "Keep" })).toBeFocused();
    await dialog.getByRole("group").getByRole("button", { name: `Remove the ${what}` }).click();
    await expect(dialog.getByRole("status")).toHaveText(`The ${what} is removed.`);
  }
  expect(errors).toEqual([]);
});

test("badge_that_is_too_short_is_refused_in_words", async ({ page }) => {
  await logIn(page);
  await page.getByRole("link", { name: "Employees" }).click();
  await page.getByRole("button", { name: /^PIN and badge of/ }).first().click();
  const dialog = page.getByRole("dialog", { name: /^PIN and badge of/ });
  await dialog.getByLabel("Code of the badge").fill("123");
  await page.keyboard.press("Enter");
  await expect(dialog.getByRole("alert")).toContainText("6 to 128 characters");
});

test("review_and_refused_codes_say_what_is_to_be_done_also_when_there_is_nothing", async ({ page }) => {
  const errors = watchForErrors(page);
  await logIn(page);
  await page.getByRole("link", { name: "Review" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Review" })).toBeVisible();
  await expect(page.getByTestId("evidence").or(page.getByRole("heading", { name: "Nothing to review" })).first()).toBeVisible();
  await expectAccessible(page);
  await page.getByRole("link", { name: "Refused codes" }).click();
  await expect(page.getByTestId("codes").or(page.getByRole("heading", { name: "No code was refused" })).first()).toBeVisible();
  await expectAccessible(page);
  expect(errors).toEqual([]);
});
