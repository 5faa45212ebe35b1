// The agent's desk: clocks that tick, keys that press, focus that stays, a lost connection that shows.
"use strict";

const KEPT_MS = 1000;
let arrived = performance.now();

const desk = () => document.getElementById("desk");
const passed = () => (performance.now() - arrived) / 1000;
const minutes = (s) => Math.floor(s / 60) + ":" + String(Math.floor(s % 60)).padStart(2, "0");

function tick() {
  const root = desk();
  if (!root) return;
  const clock = root.querySelector("[data-since]");
  const now = clock ? Number(clock.dataset.now) + passed() : 0;
  if (clock) clock.textContent = minutes(Math.max(0, now - Number(clock.dataset.since)));
  const opens = root.querySelector("[data-opens]");
  if (opens && clock) {
    const left = Math.ceil(Number(opens.dataset.opens) - now);
    opens.disabled = left > 0;
    opens.querySelector("[data-left]").textContent = left > 0 ? "(" + left + ")" : "";
    if (left <= 0 && document.activeElement === document.body) opens.focus();
  }
  const wait = root.querySelector("[data-wait]");
  if (wait) {
    const left = Math.ceil(Number(wait.dataset.wait) - Number(wait.dataset.now) - passed());
    wait.textContent = left > 0 ? "(" + left + ")" : "";
  }
}

function settle() {
  arrived = performance.now();
  tick();
  const root = desk();
  const said = document.getElementById("desk-said");
  const phase = root.querySelector("#desk-phase").textContent.trim();
  if (said.textContent !== phase) said.textContent = phase;
  const first = root.querySelector("[data-first]");
  if (first && !first.disabled && document.activeElement === document.body) first.focus();
}

function lost(is) {
  document.getElementById("desk-lost").hidden = !is;
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || event.shiftKey || event.repeat) return;
  const button = desk().querySelector('[data-key="' + event.key + '"]');
  if (!button) return;
  event.preventDefault();
  if (!button.disabled) button.click();
});
document.addEventListener("htmx:afterSettle", settle);
document.addEventListener("htmx:sendError", () => lost(true));
document.addEventListener("htmx:responseError", () => lost(true));
document.addEventListener("htmx:afterOnLoad", () => lost(false));
document.addEventListener("htmx:afterRequest", (event) => { if (event.detail.successful) lost(false); });
setInterval(tick, KEPT_MS / 4);
settle();
