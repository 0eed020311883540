// Tells the site when no hand pressed the button: mail scanners open links, run scripts and press what they find. The browser
// itself says whether a press came from a person's device, the keyboard and what reads the screen included. Without scripts, or
// when this one comes late, the address stays as it is and every press counts.
"use strict";
for (const form of document.querySelectorAll("form[data-pressed-by-hand]")) {
  form.action = "?pressed=script";
  form.addEventListener("click", (event) => { if (event.isTrusted) form.action = "?"; }, true);
}
