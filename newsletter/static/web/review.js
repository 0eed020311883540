// The review page: counts the mail's bytes while somebody writes, moves between doubts and sections by keys, and asks
// before words are lost. Without it the count comes with saving, and the doubts are links.
"use strict";

const form = document.querySelector(".desk-form");
const encoder = new TextEncoder();
let isLeaving = false;
const SECONDS_BETWEEN_LOOKS = 2;

/** The bytes of a field's text inside the mail's HTML, in UTF-8, with the markup of its lines. */
function weightOf(text, markup) {
  const lines = text.split("\n").map((line) => line.trim()).filter(Boolean);
  const signs = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#x27;" };
  const escaped = lines.join("").replace(/[&<>"']/g, (sign) => signs[sign]);
  return encoder.encode(escaped).length + lines.length * markup;
}

/** How many bytes more the fields of a language have now than when the page came. */
function growth(language) {
  let bytes = 0;
  for (const field of form.querySelectorAll(`textarea[lang="${language}"]`)) {
    if (field.value === field.defaultValue) continue;
    const markup = Number(field.dataset.line);
    bytes += weightOf(field.value, markup) - weightOf(field.defaultValue, markup);
  }
  return bytes;
}

/** Count along while somebody writes. What the server counted stands until then: it made the mail. */
function showWeights() {
  for (const place of form.querySelectorAll("[data-weight]")) {
    const more = growth(place.dataset.weight);
    place.dataset.before ??= place.dataset.state;
    const bytes = Number(place.dataset.bytes) + more;
    const state = !more ? place.dataset.before : bytes > Number(place.dataset.room) ? "goal" : "fine";
    place.dataset.state = state;
    place.querySelector("[data-shown]").textContent = `${more ? "≈ " : ""}${(bytes / 1000).toFixed(1)} kB`;
    for (const words of place.querySelectorAll("[data-when]")) words.hidden = words.dataset.when !== state;
  }
}

function isChanged() {
  const isWritten = [...form.querySelectorAll("textarea, input[type=text]")].some((field) => field.value !== field.defaultValue);
  return isWritten || [...form.querySelectorAll("input[type=checkbox]")].some((box) => box.checked !== box.defaultChecked);
}

/** The doubts and sections that keys lead to: of the doubts, those that are not ticked. */
function stopsOf(kind) {
  const all = [...document.querySelectorAll(`[data-stop="${kind}"]`)];
  return all.filter((stop) => kind !== "flag" || !stop.querySelector("input:checked"));
}

/** Tick the doubt that the keys led to, or take the tick away. */
function tickHere() {
  document.activeElement.closest('[data-stop="flag"]')?.querySelector("input[type=checkbox]")?.click();
}

/** Go to the next (1) or previous (-1) stop of a kind, from where the reader is. */
function go(kind, step) {
  const stops = stopsOf(kind);
  const here = document.activeElement === document.body ? null : document.activeElement;
  const top = here ? here.getBoundingClientRect().top : 0;
  const tops = stops.map((stop) => stop.getBoundingClientRect().top - top);
  const next = step > 0 ? stops.find((stop, n) => tops[n] > 1) : stops.findLast((stop, n) => tops[n] < -1);
  if (!next) return;
  next.tabIndex = -1;
  next.focus({ preventScroll: true });
  next.scrollIntoView({ block: "start" });
}

const keys = document.querySelector("[data-needs-script]");
const switchOn = document.querySelector("#desk-keys-on");
if (keys) {
  keys.hidden = false;
  switchOn.checked = localStorage.getItem("desk-keys") !== "off";
  switchOn.addEventListener("change", () => localStorage.setItem("desk-keys", switchOn.checked ? "on" : "off"));
  document.addEventListener("keydown", (event) => {
    const isWriting = event.target.matches("input:not([type=checkbox]), textarea, select");
    if (event.key === "Escape" && isWriting) event.target.closest("[tabindex]")?.focus({ preventScroll: true });
    if (isWriting || !switchOn.checked || event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.key === "x") tickHere();
    const move = { j: ["section", 1], k: ["section", -1], n: ["flag", 1], p: ["flag", -1] }[event.key];
    if (move) {
      event.preventDefault();
      go(...move);
    }
  });
}

/** Wait for what the crew fetches or writes; then load the page again, unless somebody is writing on it. */
async function waitForTheCrew() {
  try {
    const answer = await fetch(form.dataset.waits, { headers: { Accept: "application/json" } });
    if (answer.ok && !answer.redirected && (await answer.json()).waiting === 0) {
      if (isChanged() || document.activeElement.matches("textarea, input[type=text]")) {
        form.querySelector("[data-arrived]")?.removeAttribute("hidden");
      } else {
        location.reload();
      }
      return;
    }
  } catch {
    // The site is away for a moment; the next look will tell.
  }
  setTimeout(waitForTheCrew, SECONDS_BETWEEN_LOOKS * 1000);
}

if (form?.dataset.waits) setTimeout(waitForTheCrew, SECONDS_BETWEEN_LOOKS * 1000);

if (form && form.querySelector("[data-weight]")) {
  form.addEventListener("input", showWeights);
  form.addEventListener("submit", () => (isLeaving = true));
  window.addEventListener("beforeunload", (event) => {
    if (!isLeaving && isChanged()) event.preventDefault();
  });
}
