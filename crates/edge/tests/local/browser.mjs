// The kiosk and the status page in a real browser. Started by `browser.rs`, which makes happen at the hub and the cameras
// what is written on standard output, and answers nothing: this file waits for what the page shows.
//
// Arguments: address of the pages, their token, address of a kiosk that asks for the direction, address and token of an
// agent that has not met its hub. ROLLCALL_SHOTS: a folder for pictures of every screen.
import assert from "node:assert/strict";
import { createRequire } from "node:module";

const require = createRequire(new URL("../../../../portal/package.json", import.meta.url));
const { chromium } = require("playwright-core");
const { AxeBuilder } = require("@axe-core/playwright");

const [url, token, urlOfTwoWays, urlBefore, tokenBefore] = process.argv.slice(2);
const shots = process.env["ROLLCALL_SHOTS"];
const executablePath = process.env["ROLLCALL_CHROMIUM"] ?? "/usr/bin/chromium";
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu", "--no-first-run"] });
const context = await browser.newContext({ viewport: { width: 1920, height: 1080 }, colorScheme: "dark", reducedMotion: "reduce" });
const page = await context.newPage();
page.setDefaultTimeout(20_000);
const errors = [];
page.on("pageerror", (error) => errors.push(error.message));
page.on("console", (message) => {
  if (message.type() === "error" && /Content Security Policy|Uncaught/i.test(message.text())) errors.push(message.text());
});

const say = (what) => console.log(what);
const shown = (id) => page.locator(`#${id}:not([hidden])`);
const see = async (id, ...texts) => {
  await shown(id).waitFor();
  for (const text of texts) await shown(id).getByText(text, { exact: false }).first().waitFor();
};
const idle = () => shown("idle").waitFor();

const SIZES = [
  { width: 1920, height: 1080 },
  { width: 1280, height: 800 },
  { width: 800, height: 480 },
  { width: 600, height: 1024 },
];

/** No violation that axe calls serious or critical. */
async function isAccessible(name) {
  const { violations } = await new AxeBuilder({ page }).analyze();
  const serious = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
  const found = serious.map(({ id, nodes }) => `${id}: ${nodes.map((node) => `${node.html} ${node.failureSummary}`).join("\n")}`);
  assert.deepEqual(found, [], name);
}

/** Everything is on the screen, can be touched, and read in both colour schemes. */
async function fits(name, again = async () => undefined) {
  for (const size of SIZES) {
    await page.setViewportSize(size);
    for (const colorScheme of size.width === 800 || shots === "all" ? ["light", "dark"] : ["dark"]) {
      await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      await again();
      if (shots) await page.screenshot({ path: `${shots}/${name}-${size.width}-${colorScheme}.png` });
      if (size.width === 800) await isAccessible(`${name} ${colorScheme}`);
    }
    const outside = await page.evaluate(() => {
      const wrong = [];
      for (const element of document.querySelectorAll("button, h1, p, li, #typed")) {
        const box = element.getBoundingClientRect();
        if (box.width === 0 || box.height === 0 || element.closest("[hidden]")) continue;
        const what = `${element.tagName} ${element.id} ${element.textContent.trim().slice(0, 30)}`;
        if (box.left < -1 || box.top < -1 || box.right > innerWidth + 1 || box.bottom > innerHeight + 1) wrong.push(`${what} outside`);
        if (element.tagName === "BUTTON" && (box.width < 44 || box.height < 40)) wrong.push(`${what} ${box.width} x ${box.height}`);
        if (element.scrollWidth > element.clientWidth + 1 && element.tagName === "BUTTON") wrong.push(`${what} cut off`);
      }
      return wrong;
    });
    assert.deepEqual(outside, [], `${name} at ${size.width} x ${size.height}`);
  }
  await page.setViewportSize(SIZES[1]);
}

async function type(text) {
  // As a person types: far slower than a badge reader.
  await page.keyboard.type(text, { delay: 90 });
  await page.keyboard.press("Enter");
}

// The idle screen, in the zone of the site whatever the machine's is.
await page.goto(`${url}/kiosk`);
await see("idle", "Look at the camera");
const berlin = await page.evaluate(() => new Intl.DateTimeFormat("en", { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: "Europe/Berlin" }).format(new Date()));
assert.equal((await page.locator("#clock").textContent()).slice(0, 3), berlin.slice(0, 3), "its hour");
await fits("idle");

// A greeting comes and goes by itself.
say("greet");
await see("greeting", "Ada Lovelace", "IN", "Welcome");
if (shots) await page.screenshot({ path: `${shots}/greeting-one.png` });
await idle();
await fits("greeting", async () => {
  say("greet two");
  await see("greeting", "Ada Lovelace", "Grace Brewster Murray Hopper");
});
await idle();

// Not recognised: the keys lead to a code, a wrong PIN is refused, and nothing of it stays on the page.
say("unknown");
await see("message", "You were not recognised");
await fits("unknown");
await shown("message").getByRole("button", { name: "Type a code" }).click();
await see("code", "Your employee code");
await fits("code");
const key = (name) => page.locator(`#keys [data-key="${name}"]`);
await key("letters").click();
await fits("letters");
await key("A").click();
await key("-").click();
await key("digits").click();
for (const digit of "18") await key(digit).click();
await key("erase").click();
await key("7").click();
assert.equal(await page.locator("#typed").textContent(), "A-17");
await key("done").click();
await see("code", "Your PIN");
await type("111222");
await see("message", "That did not work");
assert.ok(!(await page.content()).includes("111222"));
await fits("refused");

// With the keyboard alone: the field opens with the first key.
await shown("message").getByRole("button", { name: "Close" }).click();
await idle();
await type("a-17");
await see("code", "Your PIN");
await page.keyboard.type("482", { delay: 90 });
assert.equal(await page.locator("#typed").textContent(), "•••");
assert.ok(!(await page.content()).includes("482"));
await fits("pin");
await type("915");
await see("greeting", "Person A-17", "IN");
await idle();

// A badge reader types like a keyboard, and fast.
await page.keyboard.type("04A2B9C1");
await page.keyboard.press("Enter");
await see("greeting", "Person A-17", "Already recorded");
await idle();
await page.keyboard.type("99999999");
await page.keyboard.press("Enter");
await see("message", "This badge was not accepted");
await page.keyboard.press("Escape");
await idle();

// Somebody is greeted while somebody else types, who is not disturbed.
await page.keyboard.type("b", { delay: 90 });
await see("code");
say("greet");
await see("strip", "Ada Lovelace");
await see("code");
await page.keyboard.press("Escape");
await idle();

// Other languages, by a button that the keyboard reaches.
for (const [name, language, look] of [
  ["Deutsch", "de", "Bitte in die Kamera schauen"],
  ["Español", "es", "Mire a la cámara"],
  ["Français", "fr", "Regardez la caméra"],
  ["Türkçe", "tr", "Kameraya bakın"],
]) {
  await page.locator("#language").focus();
  await page.keyboard.press("Enter");
  await page.locator("#languages").getByRole("button", { name }).click();
  await see("idle", look);
  assert.equal(await page.locator("html").getAttribute("lang"), language);
  await page.getByRole("button", { name: (await page.evaluate(() => LANGUAGES[document.documentElement.lang].typeCode)) }).first().click();
  await shown("code").waitFor();
  await fits(`code-${language}`);
  await page.keyboard.press("Escape");
  await idle();
}
const missing = await page.evaluate(() => {
  const keys = Object.keys(LANGUAGES.en);
  return Object.entries(LANGUAGES).flatMap(([code, texts]) => keys.filter((key) => !texts[key]).map((key) => `${code} ${key}`));
});
assert.deepEqual(missing, []);
await page.locator("#language").click();
await page.locator("#languages").getByRole("button", { name: "Deutsch" }).click();

// The hub goes away: what is typed is kept, and said so; so is who is seen.
say("away");
await see("line", "Kein Netz");
await type("A-17");
await shown("code").waitFor();
await type("482915");
await see("message", "Gespeichert um", "Kein Netz");
await fits("saved-de");
await page.keyboard.press("Escape");
await idle();
say("seen");
await see("message", "Ihr Bild wird geprüft");
await page.keyboard.press("Escape");
await idle();
say("back");
await page.locator("#line[hidden]").waitFor({ state: "attached" });

// Somebody looks through the camera from afar: people in front of it are told, also on another screen that opens now.
say("look");
await see("from-afar", "Live-Ansicht aktiv");
await fits("from-afar-de");
await page.reload();
await see("from-afar", "Live view on");
say("look away");
await page.locator("#from-afar[hidden]").waitFor({ state: "attached" });

// A kiosk whose camera looks both ways asks.
await page.goto(`${urlOfTwoWays}/kiosk`);
await see("idle", "Look at the camera");
await type("A-17");
await see("code", "Your PIN");
await type("482915");
await see("direction", "Are you coming or going?");
await fits("direction");
await shown("direction").getByRole("button", { name: "Going" }).click();
await see("greeting", "Person A-17", "Goodbye", "OUT");

// The status page: log in, state, picture.
await page.setViewportSize(SIZES[1]);
await page.goto(`${url}/`);
await page.getByLabel("Token").fill("wrong");
await page.keyboard.press("Enter");
await page.getByRole("alert").getByText("not the token").waitFor();
if (shots) await page.screenshot({ path: `${shots}/login.png` });
await page.getByLabel("Token").fill(token);
await page.keyboard.press("Enter");
await page.getByRole("heading", { level: 1, name: "front door" }).waitFor();
await page.locator("#hub").getByText("Connected").waitFor();
await page.getByRole("heading", { level: 2, name: "entry" }).waitFor();
await page.getByRole("button", { name: "Show picture of entry" }).click();
say("watch");
await page.waitForFunction(() => document.querySelector(".picture img").naturalWidth > 0);
for (const colorScheme of ["light", "dark"]) {
  await page.emulateMedia({ colorScheme });
  if (shots) await page.screenshot({ path: `${shots}/status-${colorScheme}.png`, fullPage: true });
  await isAccessible(`status ${colorScheme}`);
}
await page.getByRole("button", { name: "Hide picture of entry" }).click();
say("unwatched");
await page.getByRole("button", { name: "Log out" }).click();
await page.getByLabel("Token").waitFor();

// An agent that has not met its hub says why.
await page.goto(`${urlBefore}/`);
await page.getByLabel("Token").fill(tokenBefore);
await page.keyboard.press("Enter");
await page.locator("#hub").getByText("Not yet connected").waitFor();
await page.locator("#problem").getByText("host and port").waitFor();
await page.locator("#place").getByText("not yet connected to a hub").waitFor();
if (shots) await page.screenshot({ path: `${shots}/status-before.png`, fullPage: true });
await isAccessible("status before the first meeting");

// The hub switches the box off: nobody is told that anything is saved.
await page.goto(`${url}/kiosk`);
await see("idle", "Look at the camera");
say("revoke");
await type("A-17");
await see("code", "Your PIN");
await type("482915");
await see("message", "This terminal is switched off", "Tell your office");
await see("line", "This terminal is switched off");
await fits("off");
await page.keyboard.press("Escape");
await idle();
say("seen");
await see("message", "This terminal is switched off");

assert.deepEqual(errors, []);
await browser.close();
say("done");
