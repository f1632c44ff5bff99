// The publishing screens: names the act on the button and in the sentence above it, in the clinic's own days.
// Without this script the screens work; the button then has a name that fits both acts.
(function () {
  "use strict";
  const form = document.querySelector("form[data-release]");
  const date = form && form.querySelector("#id_date");
  const time = form && form.querySelector("#id_time");
  if (!date || !time) return;

  const DAYS = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
  const MONTHS = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
    "November", "December"];
  // Where a clinician may review it: whether the publisher chose to wait for that.
  const wait = form.querySelector("input[name=review][type=radio][value=wait]");
  const later = form.querySelector("input[name=when][value=later]");
  // Days are compared as days of the calendar, so no time zone of this computer can move them.
  const day = (iso) => new Date(iso + "T00:00:00Z");
  const PASSED = "That day has passed";

  function clock() {
    const [hour, minute] = time.value.split(":");
    return `${hour % 12 || 12}:${minute} ${hour < 12 ? "am" : "pm"}`;
  }

  function fullDay(chosen) {
    return `${MONTHS[chosen.getUTCMonth()]} ${chosen.getUTCDate()}, ${chosen.getUTCFullYear()}`;
  }

  function words() {
    const chosen = day(date.value);
    const today = day(form.dataset.today);
    const away = Math.round((chosen - today) / 86400000);
    if (away === 0) return `today ${clock()}`;
    if (away > 0 && away < 7) return `${DAYS[chosen.getUTCDay()]} ${clock()}`;
    const sameYear = chosen.getUTCFullYear() === today.getUTCFullYear();
    const named = sameYear ? fullDay(chosen).replace(/, \d+$/, "") : fullDay(chosen);
    return `${named}, ${clock()}`;
  }

  function say() {
    form.querySelector(".st-moment").hidden = !later.checked;
    const passed = later.checked && date.value !== "" && date.value < form.dataset.today;
    const complete = /^\d{4}-\d\d-\d\d$/.test(date.value) && /^\d\d:\d\d/.test(time.value);
    for (const place of form.querySelectorAll("[data-act], [data-words], [data-updated]")) {
      if (place.matches("[data-act]")) place.disabled = passed;
      if (passed && !place.matches("[data-updated]")) {
        place.textContent = place.matches("[data-act]") ? PASSED : `${PASSED}. Choose a later one, or choose “Now”.`;
      } else if (wait && wait.checked && place.dataset.wait) place.textContent = place.dataset.wait;
      else if (!later.checked) place.textContent = place.dataset.now;
      else if (!complete) continue;
      else if (place.matches("[data-updated]")) place.textContent = fullDay(day(date.value));
      else {
        const zone = place.matches("[data-words]") ? `, ${form.dataset.zone}` : "";
        place.textContent = place.dataset.later.replace("{}", words() + zone);
      }
    }
  }

  for (const field of [date, time]) {
    field.addEventListener("input", () => {
      later.checked = true;
      say();
    });
  }
  form.addEventListener("change", say);
  // A second press while the first is under way changes nothing, so it is not sent.
  form.addEventListener("submit", () => {
    const button = form.querySelector("[data-act]");
    if (!button) return;
    setTimeout(() => { button.disabled = true; });
    window.addEventListener("pageshow", say);
  });
  say();
})();
