// Tags as chips: words typed one by one, each with a button that takes it away. The form sends one line of words.
'use strict';
{
  const row = document.querySelector('[data-tags]');
  const line = row && row.querySelector('input[name=tag_words]');
  if (line) {
    const chips = document.createElement('div');
    chips.className = 'st-tags';
    const typed = document.createElement('input');
    typed.type = 'text';
    typed.setAttribute('list', 'tags-offered');
    typed.placeholder = 'Add a tag';
    typed.autocomplete = 'off';
    for (const name of ['aria-describedby', 'aria-invalid']) {
      if (line.hasAttribute(name)) typed.setAttribute(name, line.getAttribute(name));
    }
    typed.id = line.id;
    line.removeAttribute('id');
    line.type = 'hidden';
    line.before(chips, typed);
    row.querySelector('[data-without-script]')?.remove();

    const wordsOf = (text) => text.split(',').map((word) => word.trim()).filter(Boolean);
    const together = (list, more) => {
      const all = [...list];
      for (const word of more) if (!all.some((other) => other.toLowerCase() === word.toLowerCase())) all.push(word);
      return all;
    };
    let words = wordsOf(line.value);
    const set = (list) => {
      const value = list.join(', ');
      words = list;
      if (value !== wordsOf(line.value).join(', ')) {
        line.value = value;
        line.dispatchEvent(new Event('input', {bubbles: true}));
      }
      chips.replaceChildren(...list.map((word) => {
        const chip = document.createElement('button');
        chip.type = 'button';
        chip.textContent = word;
        chip.setAttribute('aria-label', `Remove tag ${word}`);
        chip.addEventListener('click', () => { set(words.filter((other) => other !== word)); typed.focus(); });
        return chip;
      }));
    };
    const add = () => {
      const list = together(words, wordsOf(typed.value));
      typed.value = '';
      set(list);
    };
    // A word that is still being typed is in what the form sends and keeps, too.
    typed.addEventListener('input', () => { line.value = together(words, wordsOf(typed.value)).join(', '); });
    typed.addEventListener('keydown', (event) => {
      if (event.key === 'Enter' || event.key === ',') {
        event.preventDefault();
        add();
      }
    });
    typed.addEventListener('change', add);
    line.form.addEventListener('submit', add, true);
    line.form.addEventListener('words-put-back', () => set(wordsOf(line.value)));
    set(words);
  }
}
