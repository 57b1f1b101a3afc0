// Sets the colour scheme before the first paint. A file of its own, because the policy of the hub allows no inline script.
(function () {
  var stored = null;
  try {
    stored = window.localStorage.getItem("rollcall-color-scheme");
  } catch {
    // Storage may be switched off; the system's preference is used then.
  }
  var dark = window.matchMedia("(prefers-color-scheme: dark)").matches;
  var scheme = stored === "light" || stored === "dark" ? stored : dark ? "dark" : "light";
  document.documentElement.setAttribute("data-mantine-color-scheme", scheme);
})();
