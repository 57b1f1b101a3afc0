// The screen at the door. One state at a time; what is typed lives in memory only and is gone with the screen.
"use strict";

/** Without a touch, a half-typed code goes away after this. */
const IDLE_AFTER_MS = 30000;
/** A face that the hub has not answered by then was saved for later. */
const ANSWER_WITHIN_MS = 3000;
/** Keys that come faster are a badge reader's: it types like a keyboard, and ends with Enter. */
const READER_GAP_MS = 60;
const READER_LEAST = 4;
const MAX_TYPED = 64;

const $ = (id) => document.getElementById(id);
const SCREENS = [...document.querySelectorAll(".screen")];

let settings = { language: "en", time_zone: "UTC", greeting_s: 5, asks_direction: false, site: "" };
let language = "en";
/** Added to this machine's clock, which may be wrong. */
let offsetMs = 0;
let isConnected = true;
/** Somebody who is not here looks through the camera. */
let isSeenFromAfar = false;
/** The hub does not want this terminal any more: nobody can say whether anything here will count. */
let isRefused = false;
let screen = "idle";
/** What is being typed: the step, the text, what was typed before, a badge. */
let entry = null;
let greetings = [];
let pending = null;
let timer = 0;
let burst = { text: "", at: 0 };
/** Typed while no field was open: by a person or a reader, which shows with the next key. */
let early = { text: "", timer: 0 };

const text = (key, values = {}) =>
  Object.entries(values).reduce((t, [name, value]) => t.replace(`{${name}}`, value), LANGUAGES[language][key] ?? key);
const now = () => new Date(Date.now() + offsetMs);
// Clocks at doors show 24 hours, in all languages.
const clock = (at) => new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: settings.time_zone }).format(at);
const date = (at) => new Intl.DateTimeFormat(language === "en" ? "en-GB" : language, { weekday: "long", day: "numeric", month: "long", timeZone: settings.time_zone }).format(at);

function go(name, afterMs = 0) {
  screen = name;
  for (const other of SCREENS) other.hidden = other.id !== name;
  $("small-clock").hidden = name === "idle";
  $("languages").hidden = true;
  $("language").setAttribute("aria-expanded", "false");
  clearTimeout(timer);
  if (afterMs > 0) timer = setTimeout(home, afterMs);
  // Enter belongs to the new screen, not to a button of the old one.
  document.activeElement?.blur();
}

function home() {
  entry = null;
  go("idle");
}

const isTyping = () => screen === "code" || screen === "direction" || (screen === "busy" && entry !== null);

function speak() {
  document.documentElement.lang = language;
  for (const element of document.querySelectorAll("[data-text]")) element.textContent = text(element.dataset.text);
  $("language").textContent = text("name");
  $("language").setAttribute("aria-label", `${text("language")}: ${text("name")}`);
  $("languages").setAttribute("aria-label", text("language"));
  tick();
  line();
  fromAfar();
  if (screen === "code") ask();
  if (screen === "greeting") greet();
}

function tick() {
  const at = now();
  $("clock").textContent = $("small-clock").textContent = clock(at);
  $("date").textContent = date(at);
}

function line(isGone = false) {
  $("line").hidden = isConnected && !isGone;
  $("line").textContent = text(isRefused ? "off" : isGone ? "gone" : "offline");
}

function fromAfar() {
  $("from-afar").hidden = !isSeenFromAfar;
  $("from-afar").textContent = text("fromAfar");
}

// ---- Greetings and messages

function greet() {
  const at = Date.now();
  greetings = greetings.filter((greeting) => greeting.until > at).slice(-3);
  if (greetings.length === 0) return;
  const list = $("greeted");
  list.className = greetings.length > 1 ? "several" : "";
  list.replaceChildren(
    ...greetings.map(({ name, direction, outcome, is_offline: isOffline, at: seenAt }) => {
      const item = document.createElement("li");
      const hello = direction === "in" ? "welcome" : direction === "out" ? "goodbye" : null;
      const parts = [
        ["what", hello ? text(hello) : ""],
        ["name", name ?? ""],
        ["what", ""],
      ];
      item.append(
        ...parts.map(([kind, words]) => {
          const part = document.createElement("span");
          part.className = kind;
          part.textContent = words;
          return part;
        }),
      );
      const last = item.lastElementChild;
      if (direction) {
        const way = document.createElement("span");
        way.className = "way";
        way.textContent = text(direction);
        last.append(way, " ");
      }
      const what = isOffline ? "unconfirmed" : outcome === "repeat" ? "repeat" : "recorded";
      last.append(text(what, { time: clock(new Date(seenAt)) }));
      return item;
    }),
  );
  $("strip").textContent = greetings.map(({ name, direction }) => [name, direction && text(direction)].filter(Boolean).join(" · ")).join("   ");
  $("strip").hidden = !isTyping();
  if (!isTyping()) go("greeting");
  clearTimeout(greet.timer);
  greet.timer = setTimeout(afterGreeting, Math.max(50, greetings[0].until - at));
}

function afterGreeting() {
  const at = Date.now();
  greetings = greetings.filter((greeting) => greeting.until > at);
  if (greetings.length > 0) return greet();
  $("strip").hidden = true;
  if (screen === "greeting") home();
}

function message(tone, sign, title, lead, { afterMs = 8000, isRetry = false } = {}) {
  const section = $("message");
  section.className = `screen ${tone}`;
  section.querySelector(".sign").textContent = sign;
  section.querySelector("h1").textContent = title;
  section.querySelector(".lead").textContent = lead;
  section.querySelector('[data-go="code"]').hidden = !isRetry;
  go("message", afterMs);
}

const events = {
  line({ is_connected, is_refused, now: instant }) {
    isConnected = is_connected;
    isRefused = is_refused;
    offsetMs = Date.parse(instant) - Date.now();
    line();
    tick();
  },
  from_afar({ is_on }) {
    isSeenFromAfar = is_on;
    fromAfar();
  },
  seen({ id, at }) {
    if (isTyping() || screen === "greeting") return;
    clearTimeout(pending?.timer);
    if (isRefused) return off(clock(new Date(at)));
    const later = () => {
      pending = null;
      if (!isTyping() && screen !== "greeting") message("warn", "✓", text("saved", { time: clock(new Date(at)) }), text("seenHint"));
    };
    pending = { id, timer: setTimeout(later, isConnected ? ANSWER_WITHIN_MS : 0) };
    if (isConnected) go("busy", ANSWER_WITHIN_MS + 1000);
  },
  answer(answer) {
    const isPending = pending?.id === answer.id;
    if (isPending) {
      clearTimeout(pending.timer);
      pending = null;
    }
    if (answer.outcome === "punched" || answer.outcome === "repeat") return welcome(answer);
    if (isTyping() || screen === "greeting") return;
    message("warn", "?", text("unknown"), text("unknownHint"), { afterMs: 12000, isRetry: true });
  },
};

function off(time) {
  message("bad", "!", text("off"), text("offHint", { time }), { afterMs: 15000 });
}

function welcome(greeting) {
  // The same person twice is one line.
  greetings = greetings.filter(({ name }) => name !== greeting.name);
  greetings.push({ ...greeting, until: Date.now() + settings.greeting_s * 1000 });
  greet();
}

// ---- Typing a code

function begin(typed = "") {
  entry = { step: "employeeCode", typed, isLetters: false };
  ask();
}

function ask() {
  $("ask").textContent = text(entry.step);
  $("typed-hint").textContent = entry.step === "employeeCode" ? text("badgeHint") : "";
  write();
  const plain = ["1", "2", "3", "4", "5", "6", "7", "8", "9"];
  const isPin = entry.step === "pin";
  const letters = [..."ABCDEFGHIJKLMNOPQRSTUVWXYZ", "-", "."];
  const keys = entry.isLetters ? [...letters, "erase", "digits", "done"] : [...plain, "erase", "0", "done"];
  if (!entry.isLetters && !isPin) keys.push("letters");
  $("keys").className = entry.isLetters ? "letters" : "";
  $("keys").replaceChildren(
    ...keys.map((key) => {
      const button = document.createElement("button");
      button.type = "button";
      const words = { erase: text("erase"), digits: text("digits"), letters: text("letters"), done: text(isPin ? "ok" : "next") }[key];
      // The word is too long for one of six columns.
      button.textContent = key === "erase" && entry.isLetters ? "←" : (words ?? key);
      if (words) button.setAttribute("aria-label", words);
      if (words) button.className = key === "done" ? "word ok" : "word";
      button.dataset.key = key;
      if (key === "letters") button.style.gridColumn = "1 / -1";
      return button;
    }),
  );
  go("code", IDLE_AFTER_MS);
}

function write() {
  const { step, typed } = entry;
  $("typed").textContent = step === "pin" ? "•".repeat(typed.length) : typed;
}

function press(key) {
  clearTimeout(timer);
  timer = setTimeout(home, IDLE_AFTER_MS);
  if (key === "done") return next();
  if (key === "letters" || key === "digits") {
    entry.isLetters = key === "letters";
    return ask();
  }
  if (key === "erase") entry.typed = entry.typed.slice(0, -1);
  else if (entry.typed.length < MAX_TYPED && (entry.step !== "pin" || /^\d$/.test(key))) entry.typed += key;
  write();
}

function next() {
  if (entry.typed === "") return;
  if (entry.step === "employeeCode") {
    entry = { step: "pin", typed: "", employee_code: entry.typed, isLetters: false };
    return ask();
  }
  entry = { employee_code: entry.employee_code, pin: entry.typed };
  decide();
}

function badge(code) {
  entry = { badge: code };
  decide();
}

function decide() {
  if (settings.asks_direction) go("direction", IDLE_AFTER_MS);
  else send(null);
}

async function send(direction) {
  const { employee_code, pin, badge: code } = entry;
  const body = code === undefined ? { employee_code, pin, direction } : { badge: code, direction };
  go("busy", 20000);
  const at = now();
  let answer = { result: "failed" };
  try {
    const sent = await fetch("/kiosk/entries", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(15000),
    });
    if (sent.ok) answer = await sent.json();
  } catch {
    // The agent is gone: said below.
  }
  entry = null;
  const time = clock(answer.at ? new Date(answer.at) : at);
  if (answer.result === "punched" || answer.result === "repeat") return welcome({ ...answer, outcome: answer.result });
  if (answer.result === "off") return off(time);
  if (answer.result === "saved") return message("warn", "✓", text("saved", { time }), text("savedHint"));
  if (answer.result === "wait") return message("bad", "!", text("wait"), text("waitHint", { n: answer.wait_s }), { afterMs: 12000 });
  if (answer.result === "refused") {
    return message("bad", "✕", text("refused"), text(code === undefined ? "refusedHint" : "refusedBadge"), { afterMs: 12000, isRetry: true });
  }
  message("bad", "!", text("failed"), text("failedHint", { time }), { afterMs: 15000 });
}

// ---- Touch and keys

// A touched key must not keep the focus: Enter of a keyboard or a badge reader would press it again.
document.addEventListener("mousedown", (event) => event.target.closest("button") && event.preventDefault());

document.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  const { go: where, key, direction, language: chosen } = button.dataset;
  if (button.id === "language") {
    const isOpen = $("languages").hidden;
    $("languages").hidden = !isOpen;
    button.setAttribute("aria-expanded", String(isOpen));
    return;
  }
  if (chosen) {
    language = chosen;
    $("languages").hidden = true;
    $("language").setAttribute("aria-expanded", "false");
    return speak();
  }
  if (where === "code") begin();
  else if (where === "idle") home();
  else if (key && entry) press(key);
  else if (direction && entry) send(direction);
});

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
  if (screen === "busy" && entry !== null) return;
  const gap = event.timeStamp - burst.at;
  if (event.key === "Enter") {
    const isReader = burst.text.length >= READER_LEAST && gap < READER_GAP_MS;
    const code = burst.text;
    burst = { text: "", at: 0 };
    const typed = dropEarly();
    if (isReader) {
      event.preventDefault();
      return badge(code);
    }
    if (typed) return begin(typed);
    // A button that has the focus is pressed by the browser.
    if (document.activeElement?.closest("button")) return;
    if (screen === "code") next();
    return;
  }
  if (event.key === "Escape") return home();
  if (event.key === "Backspace" && screen === "code") return press("erase");
  if (event.key.length !== 1) return;
  // Space presses a button that has the focus.
  if (event.key === " " && document.activeElement?.closest("button")) return;
  document.activeElement?.blur();
  burst = { text: (gap < READER_GAP_MS ? burst.text : "") + event.key, at: event.timeStamp };
  if (screen === "code") press(event.key);
  else if (screen !== "direction") typeEarly(event.key, gap);
});

/** A reader's keys are over in a moment; a person's go on in the field. */
function typeEarly(key, gap) {
  const typed = dropEarly() + key;
  if (typed.length > 1 && gap >= READER_GAP_MS) return begin(typed);
  early = { text: typed, timer: setTimeout(() => isTyping() || begin(dropEarly()), 3 * READER_GAP_MS) };
}

function dropEarly() {
  const { text: typed } = early;
  clearTimeout(early.timer);
  early = { text: "", timer: 0 };
  return typed;
}

// ---- Beginning

function listen() {
  const source = new EventSource("/kiosk/events");
  source.onmessage = ({ data }) => {
    const event = JSON.parse(data);
    events[event.kind]?.(event);
  };
  source.onerror = () => {
    line(true);
    events.from_afar({ is_on: false });
    // The browser tries again by itself, except after a refusal.
    if (source.readyState === EventSource.CLOSED) setTimeout(listen, 5000);
  };
}

async function start() {
  try {
    const answer = await fetch("/kiosk/settings.json", { signal: AbortSignal.timeout(5000) });
    if (answer.status === 401) return location.assign("/login?for=kiosk");
    const told = await answer.json();
    if (!answer.ok) {
      // The agent has not met its hub: it does not know yet where it is.
      isRefused = told.is_refused;
      throw new Error(`status ${answer.status}`);
    }
    settings = told;
    language = settings.language;
    offsetMs = Date.parse(settings.now) - Date.now();
  } catch {
    setTimeout(start, 2000);
    speak();
    return line(true);
  }
  $("site").textContent = settings.site;
  $("languages").replaceChildren(
    ...Object.entries(LANGUAGES).map(([code, { name }]) => {
      const button = document.createElement("button");
      button.type = "button";
      button.lang = code;
      button.dataset.language = code;
      button.textContent = name;
      return button;
    }),
  );
  speak();
  listen();
}

go("idle");
setInterval(tick, 1000);
start();
