// Asks the browser for its position when the button is pressed, and only then, and
// sends it rounded to some hundred metres. Without it the form is filled in by hand.
"use strict";
(() => {
  const form = document.querySelector("form[data-near]");
  const button = form && form.querySelector("[data-here]");
  if (!button || !navigator.geolocation) return;
  const said = form.querySelector("[data-said]");
  button.hidden = false;
  button.addEventListener("click", () => {
    said.textContent = form.dataset.asking;
    navigator.geolocation.getCurrentPosition(at => {
      form.elements.latitude.value = at.coords.latitude.toFixed(3);
      form.elements.longitude.value = at.coords.longitude.toFixed(3);
      form.elements.system.value = "wgs84";
      form.submit();
    }, () => { said.textContent = form.dataset.refused; }, {maximumAge: 300000, timeout: 15000});
  });
})();
