/**
 * Browser tests against a hub that already runs; this file starts no server and downloads no browser.
 *
 * `ROLLCALL_E2E_URL`, `ROLLCALL_E2E_EMAIL` and `ROLLCALL_E2E_PASSWORD` say where the hub is and who logs in,
 * `ROLLCALL_CHROMIUM` where Chromium is (default: Debian's).
 */
import { defineConfig } from "@playwright/test";

export default defineConfig({
  testDir: "e2e",
  timeout: 60_000,
  expect: { timeout: 15_000 },
  workers: 1,
  retries: 0,
  forbidOnly: true,
  reporter: [["list"]],
  use: {
    ...(process.env["ROLLCALL_E2E_URL"] ? { baseURL: process.env["ROLLCALL_E2E_URL"] } : {}),
    locale: "en-GB",
    screenshot: "only-on-failure",
    trace: "retain-on-failure",
    launchOptions: {
      executablePath: process.env["ROLLCALL_CHROMIUM"] ?? "/usr/bin/chromium",
      args: [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
      ],
    },
  },
});
