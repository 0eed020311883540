// Renews the counts of the sending page. Without it the page renews itself as a whole, every few seconds.
"use strict";

const table = document.querySelector("[data-progress=counts]");
const summary = document.querySelector("[data-progress=summary]");
const bar = document.querySelector("[data-progress=bar]");

function show(told) {
  for (const [status, count] of Object.entries({ ...told.counts, audience: told.audience })) {
    const cell = table.querySelector(`[data-count="${status}"]`);
    if (cell) cell.textContent = count;
  }
  if (summary.textContent !== told.summary) summary.textContent = told.summary;
  bar.max = told.audience || 1;
  bar.value = told.done;
}

async function look() {
  try {
    const answer = await fetch(table.dataset.address, { headers: { Accept: "application/json" } });
    if (answer.ok && !answer.redirected) {
      const told = await answer.json();
      if (told.status !== table.dataset.status) {
        location.reload(); // other buttons belong to another state
        return;
      }
      show(told);
      if (!told.is_moving) return;
    }
  } catch {
    // The site is away for a moment; the next look will tell.
  }
  setTimeout(look, table.dataset.seconds * 1000);
}

setTimeout(look, table.dataset.seconds * 1000);
