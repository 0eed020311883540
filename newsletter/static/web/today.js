// Lets the time that is left tick. Without it the page says how much was left when it was asked for.
"use strict";

const clock = document.querySelector("[data-until]");
const then = new Date(clock.dataset.until);
const said = clock.textContent;
const figures = said.match(/\d+/g) || [];

function tick() {
  const minutes = Math.floor(Math.abs(then - new Date()) / 60000);
  const parts = figures.length === 2 ? [Math.floor(minutes / 60), minutes % 60] : [minutes];
  if (figures.length === 2 || minutes < 60) clock.textContent = said.replace(/\d+/g, () => parts.shift());
}

if (Math.abs(then - new Date()) < 48 * 3600000) setInterval(tick, 15000);
