/** What every browser test needs: where the hub is, who logs in, and the check for accessibility. */
import { AxeBuilder } from "@axe-core/playwright";
import { expect, type Page } from "@playwright/test";

/** A setting of the test run; a test without it cannot mean anything, so its absence is a failure. */
function setting(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`\`${name}\` is not set\nhint: start a hub, then set ROLLCALL_E2E_URL, _EMAIL and _PASSWORD`);
  return value;
}

export async function openLogIn(page: Page): Promise<void> {
  await page.goto(setting("ROLLCALL_E2E_URL"));
  await expect(page.getByLabel("E-mail")).toBeFocused();
}

/** Fills the form and submits it with the keyboard alone. */
export async function submitLogIn(page: Page, password = setting("ROLLCALL_E2E_PASSWORD")): Promise<void> {
  await page.getByLabel("E-mail").fill(setting("ROLLCALL_E2E_EMAIL"));
  await page.keyboard.press("Tab");
  await expect(page.getByLabel("Password", { exact: true })).toBeFocused();
  await page.keyboard.type(password);
  await page.keyboard.press("Enter");
}

export async function logIn(page: Page): Promise<void> {
  await openLogIn(page);
  await submitLogIn(page);
  await expect(page.getByRole("heading", { level: 1, name: "Today" })).toBeVisible();
  await expect(page.getByTestId("site-card").first()).toBeVisible();
}

/** No violation that axe calls serious or critical, in light and in dark. */
export async function expectAccessible(page: Page): Promise<void> {
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    await expect(page.locator(`html[data-mantine-color-scheme="${colorScheme}"]`)).toBeAttached();
    const { violations } = await new AxeBuilder({ page }).analyze();
    const serious = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
    expect(
      serious.map(({ id, nodes }) => `${colorScheme} ${id}: ${nodes.map((node) => node.html).join("\n")}`),
    ).toEqual([]);
  }
}

/** Fails the test when the page breaks its own content policy or throws. */
export function watchForErrors(page: Page): string[] {
  const errors: string[] = [];
  page.on("pageerror", (error) => errors.push(error.message));
  page.on("console", (message) => {
    if (message.type() === "error" && /Content Security Policy|Uncaught/i.test(message.text())) errors.push(message.text());
  });
  return errors;
}
