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

    const words = () => line.value.split(',').map((word) => word.trim()).filter(Boolean);
    const set = (list) => {
      const value = list.join(', ');
      if (value !== words().join(', ')) {
        line.value = value;
        line.dispatchEvent(new Event('input', {bubbles: true}));
      }
      chips.replaceChildren(...list.map((word) => {
        const chip = document.createElement('button');
        chip.type = 'button';
        chip.textContent = word;
        chip.setAttribute('aria-label', `Remove tag ${word}`);
        chip.addEventListener('click', () => { set(words().filter((other) => other !== word)); typed.focus(); });
        return chip;
      }));
    };
    const add = () => {
      const list = words();
      for (const word of typed.value.split(',').map((part) => part.trim()).filter(Boolean)) {
        if (!list.some((other) => other.toLowerCase() === word.toLowerCase())) list.push(word);
      }
      typed.value = '';
      set(list);
    };
    typed.addEventListener('keydown', (event) => {
      if (event.key === 'Enter' || event.key === ',') {
        event.preventDefault();
        add();
      }
    });
    typed.addEventListener('change', add);
    line.form.addEventListener('submit', add, true);
    line.form.addEventListener('words-put-back', () => set(words()));
    set(words());
  }
}
