// The safety notes that the words bring, while they are typed: the server says which (the same rule decides when the
// text is saved), and what a person adds, leaves out with a reason or puts back goes into the form's own fields.
'use strict';
{
  const box = document.querySelector('[data-safety]');
  const form = document.getElementById('post_form');
  const sheet = document.getElementById('safety-sheet');
  const reading = document.getElementById('safety-note');
  if (box && form && sheet && window.postForm) {
    const WAIT = 700;
    const list = box.querySelector('[data-notes]'), none = box.querySelector('[data-none]');
    const lines = document.querySelector('[data-safety-lines]');
    const add = box.querySelector('[data-add]'), choice = add.querySelector('select');
    const fields = {drug: form.elements.drugs, procedure: form.elements.procedures};
    const leftOut = form.elements.left_out_notes;
    const WORDS = ['title', 'subtitle', 'body', 'hero_alt', 'hero_caption', 'disclosure', 'cta_heading', 'cta_text', 'drugs', 'procedures', 'left_out_notes'];
    let shown = null, timer = 0, asking = false;

    add.hidden = false;
    box.querySelector('[data-by-hand]').hidden = true;

    // --- The form's fields ----------------------------------------------------------------------------------------

    const put = (field, value) => {
      field.value = value;
      field.dispatchEvent(new Event('input', {bubbles: true}));
    };
    const parts = (key) => key.split('-');
    const keysIn = (field) => field.value.split(/\s+/).filter(Boolean);
    const linesLeft = (keys) => leftOut.value.split('\n').filter((line) => line.trim() && !keys.includes(line.trim().split(' ')[0]));
    const takeOut = (keys) => {
      for (const [kind, field] of Object.entries(fields)) {
        const gone = keys.map(parts).filter(([of]) => of === kind).map(([, number]) => number);
        const left = keysIn(field).filter((number) => !gone.includes(number));
        if (left.length !== keysIn(field).length) put(field, left.join(' '));
      }
    };
    const putBack = (keys) => put(leftOut, linesLeft(keys).join('\n'));
    const leave = (keys, reason) => put(leftOut, [...linesLeft(keys), ...keys.map((key) => `${key} ${reason}`)].join('\n'));

    // --- What is shown --------------------------------------------------------------------------------------------

    const make = (tag, text, name) => {
      const made = document.createElement(tag);
      if (text) made.textContent = text;
      if (name) made.className = name;
      return made;
    };
    const button = (text, names, act) => {
      const made = make('button', text, 'st-linkbtn');
      made.type = 'button';
      made.append(make('span', `: ${names}`, 'visually-hidden'));
      made.addEventListener('click', act);
      return made;
    };
    const read = (note) => {
      reading.querySelector('[data-words]').replaceChildren(...note.parts.flatMap(([heading, words]) => {
        const all = make('ul');
        all.append(...words.map((line) => make('li', line)));
        return [make('h3', heading), all];
      }), make('p', note.checked ? '' : 'Not checked yet by a clinician. Readers see it without a name under it.', 'st-quiet'));
      reading.showModal();
    };
    const ask = (note) => {
      const reason = sheet.querySelector('#safety-reason'), error = sheet.querySelector('[data-error]');
      sheet.querySelector('[data-about]').textContent = `Readers would no longer see what to watch for after ${note.names}.`;
      reason.value = '';
      error.hidden = true;
      sheet.querySelector('form').onsubmit = (event) => {
        const said = reason.value.trim().replace(/\s+/g, ' ');
        if (!said) {
          event.preventDefault();
          error.hidden = false;
          reason.focus();
          return;
        }
        leave(note.keys, said);
        soon(0);
      };
      sheet.showModal();
      reason.focus();
    };
    sheet.querySelector('[data-cancel]').addEventListener('click', () => sheet.close());

    const acts = (note) => {
      if (note.why === 'left out') return [button('Put it back', note.names, () => { putBack(note.keys); soon(0); })];
      const off = note.why === 'by hand'
        ? button('Take it off', note.names, () => { takeOut(note.keys); soon(0); })
        : button('Remove…', note.names, () => ask(note));
      return [button('Read it', note.names, () => read(note)), ' ', off];
    };
    const named = (note) => (note.words === note.names ? 'it' : `“${note.words}”`);
    const because = (note) => {
      if (note.why === 'left out') return ` left out: “${note.reason}”. `;
      return note.why === 'by hand' ? ' added by hand. ' : ` because the text names ${named(note)}. `;
    };
    const show = ({notes, offered}) => {
      const held = document.activeElement, within = [lines, list].find((place) => place.contains(held));
      list.replaceChildren(...notes.map((note) => {
        const row = make('li');
        row.append(make('strong', note.names), because(note));
        if (!note.checked && note.why !== 'left out') row.append(make('span', 'Not checked yet. ', 'st-quiet'));
        row.append(...acts(note));
        return row;
      }));
      none.hidden = notes.length > 0;
      lines.replaceChildren(...notes.filter((note) => note.why !== 'by hand').map((note) => {
        const line = make('p', '', 'st-auto');
        line.append(note.why === 'left out'
          ? `Safety note for ${note.names} left out: “${note.reason}”. `
          : `Safety note for ${note.names} added because the text names ${named(note)}. `, ...acts(note));
        return line;
      }));
      choice.replaceChildren(new Option('Add a note by hand', ''), ...offered.map(([key, name]) => new Option(name, key)));
      // The button that was pressed is another one now; whoever pressed it stays where it was.
      if (within) (within.querySelector('button') || choice).focus();
    };

    choice.addEventListener('change', () => {
      const [kind, number] = parts(choice.value);
      if (!number) return;
      putBack([choice.value]);
      put(fields[kind], [...keysIn(fields[kind]), number].join(' '));
      soon(0);
    });

    // --- Asking the server ----------------------------------------------------------------------------------------

    const update = async () => {
      if (asking) return;
      const sent = new FormData();
      for (const [name, value] of window.postForm.words()) if (WORDS.includes(name) || name.startsWith('key_points')) sent.append(name, value);
      const now = JSON.stringify([...sent]);
      if (now === shown) return;
      sent.append('csrfmiddlewaretoken', form.elements.csrfmiddlewaretoken.value);
      asking = true;
      try {
        const answer = await fetch(box.dataset.address, {method: 'POST', body: sent, redirect: 'error', signal: AbortSignal.timeout(20000)});
        if (!answer.ok) throw new Error(answer.status);
        show(await answer.json());
        shown = now;
      } catch {
        // What stands there stays; the next words ask again, and saving goes by the same rule anyway.
      }
      asking = false;
      if (shown === now) soon(0);
    };
    const soon = (wait = WAIT) => {
      clearTimeout(timer);
      timer = setTimeout(update, wait);
    };
    for (const kind of ['input', 'change', 'article-changed', 'words-put-back']) form.addEventListener(kind, () => soon());
    soon(0);
  }
}
