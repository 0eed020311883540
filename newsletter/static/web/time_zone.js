// Offers the time zone of this device where another one is chosen. Without scripts the list of zones is all there is.
"use strict";
{
  const offer = document.querySelector("[data-time-zone-offer]");
  const zones = document.querySelector("select[name=time_zone]");
  const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const known = zones && Array.from(zones.options).some((option) => option.value === here);
  if (offer && known) {
    const show = () => { offer.hidden = zones.value === here; };
    const button = offer.querySelector("button");
    offer.querySelector("[data-time-zone]").textContent = here.replaceAll("_", " ");
    button.addEventListener("click", () => {
      zones.value = here;
      zones.focus();
      show();
    });
    zones.addEventListener("change", show);
    show();
  }
}
