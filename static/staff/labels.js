// Says the label of a field on the box that Django's autocomplete puts in its place, for people who hear the screen.
document.addEventListener("DOMContentLoaded", () => {
  "use strict";
  const form = document.querySelector("form[id$=_form]");
  if (!form) return;

  function name() {
    for (const select of document.querySelectorAll("select.admin-autocomplete")) {
      const label = document.querySelector(`label[for="${select.id}"]`);
      const box = select.nextElementSibling;
      if (!label || !box) continue;
      for (const part of box.querySelectorAll(".select2-selection, .select2-selection__rendered")) {
        part.setAttribute("aria-label", label.textContent.trim().replace(/:$/, ""));
      }
    }
  }
  // The box comes a moment after the page.
  new MutationObserver(name).observe(form, { childList: true, subtree: true });
  name();
});
