/**
 * The portal against a hub that runs: `rollcall demo` with its edge pipeline and a database.
 *
 * The live test is the first, because the first arrivals after the start all count. It also passes later, but then
 * waits for the end of a cool-down; somebody who goes both in and out must be among the people of the demo.
 */
import { expect, type Page, test } from "@playwright/test";
import { expectAccessible, logIn, openLogIn, submitLogIn, watchForErrors } from "./hub.ts";

/** How long the demo may take until an arrival counts: longer than the cool-down, in which all are repeats. */
const ARRIVAL_DEADLINE_MS = Number(process.env["ROLLCALL_E2E_ARRIVAL_SECONDS"] ?? "240") * 1000;

const countedIds = (page: Page) =>
  page.locator('[data-punch-id][data-counted="yes"]').evaluateAll((rows) => rows.map((row) => row.getAttribute("data-punch-id") ?? ""));

/** Present, left and absent of every site card, as read on the page. */
const counts = (page: Page) =>
  page.getByTestId("site-card").evaluateAll((cards) =>
    cards.map((card) => [...card.querySelectorAll('[data-testid^="count-"]')].map((count) => Number(count.textContent))),
  );

test("arrival_appears_live_without_reload_and_counts_change", async ({ page }) => {
  test.setTimeout(2 * ARRIVAL_DEADLINE_MS + 60_000);
  const errors = watchForErrors(page);
  await logIn(page);
  await page.evaluate(() => Object.assign(window, { sameDocument: true }));
  // What is new from here on is pushed: the line is open, and the arrivals of before are on the page.
  await expect(page.locator('[role="status"][data-state]')).toHaveText("Live");
  await expect(page.locator(".mantine-Skeleton-root")).toHaveCount(0);
  const before = { ids: new Set(await countedIds(page)), counts: JSON.stringify(await counts(page)) };

  const card = page.getByTestId("site-card").first();
  await expect(card.locator("time")).toHaveText(/^\d\d:\d\d$/);
  await expect(card).toContainText(/UTC/);

  const newIds = async () => (await countedIds(page)).filter((id) => !before.ids.has(id));
  await expect.poll(async () => (await newIds()).length, { timeout: ARRIVAL_DEADLINE_MS }).toBeGreaterThan(0);
  const row = page.locator(`[data-punch-id="${(await newIds())[0]}"]`);
  await expect(row).toContainText(/\d\d:\d\d:\d\d UTC/);
  await expect(row).toContainText(/IN|OUT/);
  await expect(row).toContainText(/\d+%/);
  await expect(page.getByRole("log")).toContainText(/came in at|went out at/);

  await expect
    .poll(async () => JSON.stringify(await counts(page)), { timeout: ARRIVAL_DEADLINE_MS })
    .not.toBe(before.counts);
  expect(await page.evaluate(() => "sameDocument" in window)).toBe(true);
  await expectAccessible(page);
  expect(errors).toEqual([]);
});

test("wrong_password_is_refused_with_a_clear_word", async ({ page }) => {
  await openLogIn(page);
  await expectAccessible(page);
  await submitLogIn(page, "certainly not the password");
  await expect(page.getByRole("alert")).toContainText("E-mail or password is wrong");
  await expect(page).toHaveURL(/\/login/);
  await expect(page.getByLabel("Password", { exact: true })).toBeFocused();
  await expectAccessible(page);
});

test("broken_line_comes_back_and_what_was_missed_is_read", async ({ page }) => {
  let isHubReachable = true;
  let breakLine: () => Promise<void> = async () => undefined;
  await page.routeWebSocket(/\/graphql\/ws$/, async (socket) => {
    if (!isHubReachable) {
      await socket.close();
      return;
    }
    socket.connectToServer();
    breakLine = () => socket.close();
  });
  await logIn(page);
  const line = page.locator('[role="status"][data-state]');
  await expect(line).toHaveText("Live");

  isHubReachable = false;
  await breakLine();
  await expect(line).toHaveText("Reconnecting…");

  const readAgain = Promise.all(
    ["query Arrivals", "query SitesToday"].map((operation) =>
      page.waitForRequest((request) => request.postData()?.includes(operation) ?? false, { timeout: 10_000 }),
    ),
  );
  isHubReachable = true;
  await expect(line).toHaveText("Live");
  await readAgain;
});

test("filter_shows_one_site_only", async ({ page }) => {
  await logIn(page);
  const cards = page.getByTestId("site-card");
  expect(await cards.count()).toBeGreaterThan(1);
  const name = (await cards.first().getByRole("heading").textContent()) ?? "";
  await page.getByRole("radiogroup", { name: "Show arrivals of" }).getByText(name, { exact: true }).click();
  await expect
    .poll(() =>
      page
        .locator("[data-punch-id] td:nth-child(4)")
        .evaluateAll((cells, site) => cells.every((cell) => cell.textContent?.startsWith(site)), name),
    )
    .toBe(true);
  await expect(page.getByRole("radio", { name })).toBeChecked();
});

test("employee_is_added_and_found_by_search", async ({ page }) => {
  const errors = watchForErrors(page);
  await logIn(page);
  await page.getByRole("link", { name: "Employees" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Employees" })).toBeVisible();
  await expect(page.getByTestId("employees")).toBeVisible();
  await expectAccessible(page);

  await page.getByRole("button", { name: "Add employee" }).first().click();
  const dialog = page.getByRole("dialog", { name: "Add employee" });
  await expect(dialog.getByLabel("Name")).toBeFocused();
  await dialog.getByRole("button", { name: "Add employee" }).click();
  await expect(dialog.getByText("Fill this in.").first()).toBeVisible();
  await expectAccessible(page);

  const mark = `E2E-${Date.now().toString(36)}`;
  await dialog.getByLabel("Name").fill(`Test Person ${mark}`);
  await dialog.getByLabel("Code").fill(mark);
  await dialog.getByRole("checkbox").first().check();
  await page.keyboard.press("Enter");
  await expect(dialog).toBeHidden();

  await page.getByRole("searchbox", { name: "Search employees" }).fill(mark);
  const rows = page.getByTestId("employees").locator("tbody tr");
  await expect(rows).toHaveCount(1);
  await expect(rows).toContainText(`Test Person ${mark}`);
  await expect(rows).toContainText("Not enrolled");

  await page.getByRole("searchbox", { name: "Search employees" }).fill(`${mark} nobody`);
  await expect(page.getByText("Nobody matches")).toBeVisible();

  // The same code again: the hub refuses, and says so at the field.
  await page.getByRole("button", { name: "Add employee" }).first().click();
  await dialog.getByLabel("Name").fill("Another Person");
  await dialog.getByLabel("Code").fill(mark);
  await page.keyboard.press("Enter");
  await expect(dialog.getByText("Another employee has this already.")).toBeVisible();
  await expect(dialog.getByLabel("Code")).toBeFocused();
  expect(errors).toEqual([]);
});

test("ended_session_leads_to_log_in_and_back", async ({ page, context }) => {
  await logIn(page);
  await page.getByRole("link", { name: "Employees" }).click();
  await expect(page.getByTestId("employees")).toBeVisible();
  await context.clearCookies();
  await page.getByRole("searchbox", { name: "Search employees" }).fill("a");
  await expect(page.getByText("Your session has ended")).toBeVisible();
  await submitLogIn(page);
  await expect(page.getByRole("heading", { level: 1, name: "Employees" })).toBeVisible();
});

test("unknown_address_says_so_and_leads_home", async ({ page }) => {
  await logIn(page);
  await page.goto(new URL("/no-such-page", page.url()).href);
  await expect(page.getByRole("heading", { level: 1, name: "There is nothing here" })).toBeVisible();
  await expectAccessible(page);
  await page.getByRole("link", { name: "Go to Today" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Today" })).toBeVisible();
});

test("log_out_ends_the_session", async ({ page }) => {
  await logIn(page);
  await page.getByRole("button", { name: /^Account of/ }).click();
  await page.getByRole("menuitem", { name: "Log out" }).click();
  await expect(page).toHaveURL(/\/login/);
  await page.goto(new URL("/employees", page.url()).href);
  await expect(page).toHaveURL(/\/login\?next=%2Femployees/);
});
