// The publishing screen: how many answers are missing, reasons and whether to wait for the review, while they are given,
// and that no reason is left behind by accident. Without this script the screen says what is missing when it is sent.
'use strict';
{
  const form = document.querySelector('form[data-release]');
  const fields = form ? [...form.querySelectorAll('[data-reason]')] : [];
  const choices = form ? [...form.querySelectorAll('input[name=review][type=radio]')] : [];
  const note = form && form.querySelector('[data-answers-missing]');
  const say = () => {
    const missing = fields.filter((field) => field.value.trim() === '');
    const asks = choices.length > 0 && !choices.some((choice) => choice.checked);
    const count = missing.length + (asks ? 1 : 0);
    note.hidden = count === 0;
    const said = [count === 1 ? '1 answer is missing: ' : `${count} answers are missing: `];
    const way = (words, id) => said.push(said.length > 1 ? ', ' : '', Object.assign(document.createElement('a'), { textContent: words, href: `#${id}` }));
    if (missing.length) way(missing.length === 1 ? 'a reason' : 'reasons', missing[0].id);
    if (asks) way('the review', choices[0].id);
    note.replaceChildren(...said, '.');
  };
  if (note) {
    for (const field of fields) field.addEventListener('input', say);
    for (const choice of choices) choice.addEventListener('change', say);
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
