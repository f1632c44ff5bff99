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
  const dot = box.querySelector(".st-dot");

  function show() {
    const x = `${across.value * 100}%`;
    const y = `${down.value * 100}%`;
    dot.style.left = x;
    dot.style.top = y;
    for (const crop of document.querySelectorAll(".st-crops img")) crop.style.objectPosition = `${x} ${y}`;
  }

  function inside(share) {
    return Math.min(1, Math.max(0, share)).toFixed(2);
  }

  box.addEventListener("click", (event) => {
    const frame = box.getBoundingClientRect();
    across.value = inside((event.clientX - frame.left) / frame.width);
    down.value = inside((event.clientY - frame.top) / frame.height);
    show();
  });
  across.addEventListener("input", show);
  down.addEventListener("input", show);
  dot.hidden = false;
  box.classList.add("st-clickable");
  show();
})();
