// Brings the lines that take a network to the front page, after it stands, and opens the list where one is bad. Without this script a link leads to them.
document.addEventListener("DOMContentLoaded", async () => {
  "use strict";
  const list = document.querySelector("[data-health]");
  const waiting = document.querySelector("[data-health-waiting]");
  if (!list || !waiting) return;
  try {
    const answer = await fetch(list.dataset.health, { redirect: "error" });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const lines = page.querySelectorAll("[data-around] > li");
    if (!answer.ok || !lines.length) return;
    waiting.replaceWith(...lines);
    const isGood = [...list.querySelectorAll(".st-chip")].every((mark) => mark.classList.contains("live"));
    if (!isGood) list.closest("details").open = true;
  } catch {
    // The link stays.
  }
});
