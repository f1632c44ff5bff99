// The page with both texts: says how many choices are left, and takes one side everywhere.
'use strict';
{
  const form = document.querySelector('form[data-both]');
  if (form) {
    const all = form.querySelector('[data-all]');
    const save = form.querySelector('[data-save]');
    const status = form.querySelector('[data-left]');
    const places = [...form.querySelectorAll('[data-place]')];
    const isOpen = (place) => !place.querySelector('input:checked');
    const count = () => {
      const left = places.filter(isOpen).length;
      const words = left === 0 ? save.dataset.none : left === 1 ? save.dataset.one : save.dataset.many.replace('{}', left);
      if (save.textContent !== words) {
        save.textContent = words;
        status.textContent = left === 0 ? 'Every choice is made.' : '';
      }
      for (const place of places) {
        const missing = place.querySelector('[data-missing]');
        if (missing && !isOpen(place)) {
          missing.closest('[data-not-chosen]').removeAttribute('data-not-chosen');
          missing.remove();
        }
      }
    };
    form.addEventListener('change', count);
    window.addEventListener('pageshow', count);
    if (all) all.addEventListener('click', (event) => {
      const button = event.target.closest('[data-choose]');
      if (!button) return;
      for (const place of places) place.querySelector(`input[value="${button.dataset.choose}"]`).checked = true;
      count();
    });
    // What this browser kept of a window whose words could not be saved is on the server now, among the versions.
    if (form.dataset.keptWindow) window.localCopy.remove(form.dataset.person, form.dataset.post, form.dataset.keptWindow);
    if (all) all.hidden = false;
    count();
  }
}
