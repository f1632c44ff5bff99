// A button that copies what stands in a field; without a script the field can be selected and copied by hand.
'use strict';
for (const button of document.querySelectorAll('[data-copy]')) {
  const field = document.getElementById(button.dataset.copy);
  const said = button.parentElement.querySelector('[data-copied]');
  field.addEventListener('focus', () => field.select());
  button.hidden = false;
  button.addEventListener('click', async () => {
    try {
      await navigator.clipboard.writeText(field.value);
      said.textContent = 'Copied.';
    } catch {
      field.focus();
      field.select();
      said.textContent = document.execCommand('copy') ? 'Copied.' : 'Select the link and copy it by hand.';
    }
  });
}
