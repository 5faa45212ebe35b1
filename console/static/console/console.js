// What the pages do by themselves: tick the demo's clock, notice a lost stream, print.
"use strict";

const LOST_AFTER_MS = 5000;
const BEIJING_MS = 8 * 3600 * 1000;
const shown = performance.now();

function tickClock(clock) {
  const at = Number(clock.dataset.at) * 1000 + (performance.now() - shown);
  const text = new Date(at + BEIJING_MS).toISOString();
  clock.querySelector("time").textContent = text.slice(0, 10) + " " + text.slice(11, 19);
}

const clocks = document.querySelectorAll("[data-clock][data-running]");
if (clocks.length) setInterval(() => clocks.forEach(tickClock), 1000);

const live = document.querySelector("[data-live]");
if (live) {
  let heard = performance.now();
  live.addEventListener("htmx:sseMessage", () => { heard = performance.now(); });
  setInterval(() => {
    const lost = performance.now() - heard > LOST_AFTER_MS;
    live.classList.toggle("is-lost", lost);
    live.querySelector("[data-lost]").hidden = !lost;
  }, 1000);
}

document.querySelectorAll("[data-print]").forEach((button) => {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
});
