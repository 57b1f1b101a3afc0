// Reads /status.json every two seconds while the page is seen, and writes it down.
"use strict";

const EVERY_MS = 2000;
const STATES = {
  opening: ["being opened", ""],
  well: ["well", "good"],
  unreachable: ["cannot be opened", "bad"],
  stalled: ["gives no picture", "bad"],
  black: ["black", "bad"],
  frozen: ["always the same picture", "bad"],
  ended: ["ended", ""],
};
const LOST = {
  n_dropped_full: "dropped, spool full",
  n_dropped_memory: "dropped, disk and memory full",
  n_unreadable: "unreadable",
  n_refused: "refused by the hub",
  n_thumbnails_shed: "without picture, spool full",
};

const $ = (id) => document.getElementById(id);
const count = new Intl.NumberFormat("en");
const cards = new Map();

function tile(id, value, note = "", tone = "") {
  const [text, quiet] = $(id).querySelectorAll("p");
  text.textContent = value;
  quiet.textContent = note;
  $(id).className = `tile ${tone}`;
}

function span(seconds) {
  const s = Math.max(0, Math.round(seconds));
  if (s < 60) return `${s} s`;
  if (s < 3600) return `${Math.floor(s / 60)} min`;
  if (s < 86400) return `${Math.floor(s / 3600)} h ${Math.floor((s % 3600) / 60)} min`;
  return `${Math.floor(s / 86400)} d ${Math.floor((s % 86400) / 3600)} h`;
}

function since(page, instant) {
  return span((Date.parse(page.now) - Date.parse(instant)) / 1000);
}

function show(page) {
  const { status } = page;
  const isMet = page.device !== null;
  if (isMet) document.title = `${page.device} – Rollcall agent`;
  $("device").textContent = isMet ? page.device : "Rollcall agent";
  $("place").textContent = `${isMet ? page.site : "not yet connected to a hub"} · version ${page.version}`;
  $("kiosk").hidden = !page.kiosk;

  const { hub } = page;
  if (hub.state === "connected") tile("hub", "Connected", isMet ? `for ${since(page, hub.since)}` : "the models are opened, cameras follow");
  else if (hub.state === "away") tile("hub", isMet ? "Away" : "Not yet connected", `for ${since(page, hub.since)}${isMet ? "; sightings wait here" : ""}`, "bad");
  else if (hub.state === "refused") tile("hub", "Refused", `for ${since(page, hub.since)}; this box is switched off at the hub`, "bad");
  else tile("hub", "Not called yet");
  $("problem").hidden = !hub.problem;
  $("problem-text").textContent = hub.problem ?? "";
  $("problem-hint").textContent = hub.hint ?? "";

  const { spool } = status;
  const mib = (bytes) => (bytes / 1048576).toFixed(1);
  const lost = Object.entries(LOST).filter(([key]) => page.lost[key] > 0).map(([key, text]) => `${count.format(page.lost[key])} ${text}`);
  const notes = [`${mib(spool.bytes)} of ${mib(spool.max_bytes)} MiB`];
  if (spool.n_in_memory > 0) notes.push(`${count.format(spool.n_in_memory)} in memory: the disk takes none`);
  if (page.n_codes > 0) notes.push(`and ${count.format(page.n_codes)} typed codes`);
  if (lost.length > 0) notes.push(`lost: ${lost.join(", ")}`);
  tile("spool", count.format(spool.n_waiting), notes.join("; "), spool.n_lost > 0 || spool.n_in_memory > 0 ? "bad" : hub.state === "away" ? "warn" : "");

  const time = new Intl.DateTimeFormat("en-GB", { timeStyle: "medium", timeZone: page.time_zone ?? "UTC" }).format(new Date(page.now));
  const zone = page.time_zone ?? "UTC";
  const { gallery } = status;
  if (!gallery) tile("gallery", "Off", "the site allows none, or there is no copy yet");
  else tile("gallery", `${count.format(gallery.n_templates)} templates`, `confirmed ${span(gallery.age_s)} ago, removed after ${span(gallery.max_age_s)} without the hub`, gallery.age_s > gallery.max_age_s / 2 ? "warn" : "");

  const offset = status.clock_offset_ms;
  if (offset === null) tile("clock", time, `${zone}; not compared with the hub yet`, "warn");
  else tile("clock", time, `${zone}; this box is ${(Math.abs(offset) / 1000).toFixed(1)} s ${offset >= 0 ? "ahead" : "behind"}`, Math.abs(offset) > 120000 ? "warn" : "");

  const degrees = status.temperature_celsius;
  tile("temperature", degrees === null ? "–" : `${degrees.toFixed(0)} °C`, degrees === null ? "cannot be read here" : "", degrees > 85 ? "bad" : "");
  const { recogniser } = status;
  if (recogniser) tile("recogniser", recogniser.precision, `${recogniser.pack} on ${recogniser.provider}`);
  tile("uptime", span(status.uptime_s));

  status.cameras.forEach((camera, index) => card(page, camera, page.cameras[index]));
}

function card(page, camera, faults) {
  let article = cards.get(camera.name);
  if (!article) {
    article = $("camera").content.cloneNode(true).firstElementChild;
    article.querySelector("h2").textContent = camera.name;
    article.querySelector("img").alt = `What camera ${camera.name} sees`;
    const button = article.querySelector("button");
    button.setAttribute("aria-label", `Show picture of ${camera.name}`);
    button.addEventListener("click", () => watch(article, camera.name));
    $("cameras").append(article);
    cards.set(camera.name, article);
  }
  const [text, tone] = STATES[camera.state] ?? [camera.state, ""];
  const state = article.querySelector(".state");
  state.textContent = text;
  state.className = `state ${tone}`;
  const times = (n) => (n === 1 ? "once" : `${count.format(n)} times`);
  const rows = [
    ["Last picture", camera.last_frame_at ? `${since(page, camera.last_frame_at)} ago` : "none"],
    ["Read", `${camera.captured_per_second.toFixed(1)} /s`],
    ["Looked at", `${camera.processed_per_second.toFixed(1)} /s`],
    ["Inference", `${camera.inference_ms.toFixed(1)} ms`],
    ["Left out for newer ones", count.format(camera.n_dropped)],
    ["Could not be read", count.format(camera.n_failed)],
  ];
  rows.push(["Live view from afar", faults.is_seen_from_afar ? "somebody is looking" : camera.remote_view ? "nobody is looking" : "switched off"]);
  if (faults.n_reopened > 0) rows.push(["Opened again", times(faults.n_reopened)]);
  if (faults.n_stalled > 0) rows.push(["No picture in time", times(faults.n_stalled)]);
  if (faults.n_black > 0) rows.push(["Black", times(faults.n_black)]);
  if (faults.n_frozen > 0) rows.push(["Always the same", times(faults.n_frozen)]);
  article.querySelector("dl").replaceChildren(
    ...rows.flatMap(([name, value]) => {
      const term = document.createElement("dt");
      const data = document.createElement("dd");
      term.textContent = name;
      data.textContent = value;
      return [term, data];
    }),
  );
}

// A picture costs the box something, so it comes only when asked for, and stops when the page is not seen.
function watch(article, name) {
  const image = article.querySelector("img");
  const button = article.querySelector("button");
  const isOn = image.hidden;
  image.hidden = !isOn;
  button.textContent = isOn ? "Hide picture" : "Show picture";
  button.setAttribute("aria-label", `${button.textContent} of ${name}`);
  if (isOn) image.src = `/camera/${encodeURIComponent(name)}/preview.mjpeg`;
  else image.removeAttribute("src");
}

document.addEventListener("visibilitychange", () => {
  for (const [name, article] of cards) {
    const image = article.querySelector("img");
    if (image.hidden) continue;
    if (document.hidden) image.removeAttribute("src");
    else image.src = `/camera/${encodeURIComponent(name)}/preview.mjpeg`;
  }
});

async function read() {
  if (!document.hidden) {
    try {
      const answer = await fetch("/status.json", { signal: AbortSignal.timeout(5000) });
      if (answer.status === 401) return location.assign("/login");
      if (!answer.ok) throw new Error(`status ${answer.status}`);
      show(await answer.json());
      $("broken").hidden = true;
    } catch {
      $("broken").hidden = false;
    }
  }
  setTimeout(read, EVERY_MS);
}
read();
