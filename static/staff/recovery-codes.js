// Recovery codes: to the clipboard, or onto paper.
'use strict';
{
  const codes = [...document.querySelectorAll('#recovery-codes code')].map((code) => code.textContent);
  const copy = document.querySelector('[data-copy]');
  const print = document.querySelector('[data-print]');
  const said = document.querySelector('[data-copied]');
  if (copy && navigator.clipboard) {
    copy.hidden = false;
    copy.addEventListener('click', async () => {
      try {
        await navigator.clipboard.writeText(codes.join('\n'));
        said.textContent = 'Copied.';
      } catch {
        said.textContent = 'This browser does not copy. Select the codes, or print them.';
      }
    });
  }
  if (print) {
    print.hidden = false;
    print.addEventListener('click', () => window.print());
  }
}
