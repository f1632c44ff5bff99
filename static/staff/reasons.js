// The publishing screen: how many reasons are missing, while they are typed, and that none is left behind by accident.
// Without this script the screen says what is missing when it is sent.
'use strict';
{
  const form = document.querySelector('form[data-release]');
  const fields = form ? [...form.querySelectorAll('[data-reason]')] : [];
  const note = form && form.querySelector('[data-reasons-missing]');
  const say = () => {
    const missing = fields.filter((field) => field.value.trim() === '');
    note.hidden = missing.length === 0;
    if (note.hidden) return;
    const link = note.querySelector('a');
    note.firstChild.textContent = missing.length === 1 ? '1 answer is missing: ' : `${missing.length} answers are missing: `;
    link.textContent = missing.length === 1 ? 'a reason' : 'reasons';
    link.hash = missing[0].id;
  };
  if (note) {
    for (const field of fields) field.addEventListener('input', say);
    say();
  }
  if (fields.length) {
    let isSent = false;
    form.addEventListener('submit', () => { isSent = true; });
    window.addEventListener('pageshow', () => { isSent = false; });
    window.addEventListener('beforeunload', (event) => {
      if (!isSent && fields.some((field) => field.value !== field.defaultValue)) event.preventDefault();
    });
  }
}
