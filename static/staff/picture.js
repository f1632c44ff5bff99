// The picture library: says at once when a file is too large, and lets a click choose what must stay in every crop.
(function () {
  "use strict";
  const file = document.querySelector("input[type=file][data-max-bytes]");
  if (file) {
    file.addEventListener("change", () => {
      const tooLarge = file.files.length && file.files[0].size > Number(file.dataset.maxBytes);
      file.setCustomValidity(tooLarge ? file.dataset.tooLarge : "");
      file.reportValidity();
    });
    file.form.addEventListener("submit", (event) => {
      if (!file.checkValidity()) {
        event.preventDefault();
        file.reportValidity();
      }
    });
  }

  const box = document.querySelector("[data-focal]");
  const across = document.querySelector("#id_focal_x");
  const down = document.querySelector("#id_focal_y");
  if (!box || !across || !down) return;
  window.focalPoint(box, across, down, document.querySelectorAll(".st-crops img"));

  // The same two numbers as percent, for whoever would rather type them.
  for (const slider of [across, down]) {
    const number = document.createElement("input");
    number.type = "number";
    number.min = 0;
    number.max = 100;
    number.setAttribute("aria-label", `${slider.labels[0].textContent} in percent`);
    number.className = "st-percent";
    const copy = () => { if (document.activeElement !== number) number.value = Math.round(slider.value * 100); };
    number.addEventListener("input", () => {
      if (number.value === "" || !number.checkValidity()) return;
      slider.value = number.value / 100;
      slider.dispatchEvent(new Event("input", {bubbles: true}));
    });
    for (const either of [across, down]) either.addEventListener("input", copy);
    slider.after(number);
    copy();
  }
})();
