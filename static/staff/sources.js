// Sources of an article: the list beside the text, and the sheet that finds or adds one. The form sends their keys in one
// line. For the editor: `sourceList.ask(title)` opens the sheet and promises the source that was picked, or null, in the
// list already; `numberOf(key)` is its number; `hold(keys)` puts what the text cites into the list. The list tells of
// every change by the form's event 'sources-changed', and asks `sourceList.citations` (cite.js) about the text.
'use strict';
{
  const MOST = 40;
  const row = document.querySelector('[data-sources]');
  const line = row && row.querySelector('input[name=sources]');
  const dialog = document.getElementById('source-sheet');

  const element = (name, values = {}, ...children) => {
    const made = Object.assign(document.createElement(name), values);
    made.append(...children);
    return made;
  };
  const asked = async (address, options = {}) => {
    const response = await fetch(address, {headers: {Accept: 'application/json'}, ...options});
    return response.json();
  };

  // --- The sheet --------------------------------------------------------------------------------------------------

  class SourceSheet {
    constructor() {
      this.find = (selector) => dialog.querySelector(selector);
      this.words = this.find('#source-words');
      this.url = this.find('#source-url');
      this.error = this.find('[data-error]');
      this.offered = this.find('[data-offered]');
      this.said = this.find('[data-said]');
      this.turn = 0;
      const later = (work) => () => {
        clearTimeout(this.pause);
        this.pause = setTimeout(work, 250);
      };
      this.words.addEventListener('input', later(() => this.search(this.words.value)));
      this.words.addEventListener('keydown', (event) => { if (event.key === 'Enter') event.preventDefault(); });
      this.url?.addEventListener('input', later(() => this.look()));
      this.offered.addEventListener('click', (event) => {
        const button = event.target.closest('button');
        if (button) this.finish(this.shown[Number(button.value)]);
      });
      this.find('form').addEventListener('submit', (event) => {
        event.preventDefault();
        this.add();
      });
      this.find('[data-cancel]').addEventListener('click', () => dialog.close());
    }

    async ask(title, own) {
      this.find('form').reset();
      this.find('#source-sheet-title').textContent = title;
      this.own = own;
      this.chosen = null;
      this.complain('');
      this.show(own, '');
      dialog.showModal();
      this.search('');
      await new Promise((resolve) => { dialog.addEventListener('close', resolve, {once: true}); });
      clearTimeout(this.pause);
      this.turn += 1;
      return this.chosen;
    }

    finish(source) {
      this.chosen = source;
      dialog.close();
    }

    async search(typed) {
      const turn = (this.turn += 1);
      const text = typed.trim();
      let answer = null;
      try {
        answer = await asked(`${dialog.dataset.find}?${new URLSearchParams({q: text})}`);
      } catch {
        answer = {error: 'The list of sources did not answer. Try again in a moment.'};
      }
      if (turn !== this.turn || !dialog.open) return;
      const found = answer.sources || [];
      const first = text ? [] : this.own;
      const all = [...first, ...found.filter((source) => !first.some((one) => one.id === source.id))];
      let sentence = answer.error || (all.length || !text ? '' : 'Nothing found');
      if (!found.length && !answer.error && /^https?:\/\/\S+$/i.test(text) && this.url) {
        this.url.value = text;
        sentence = 'You do not have this one yet. Add it below.';
      }
      this.show(all, sentence);
    }

    // A link that somebody has added before is offered as that source.
    async look() {
      const turn = (this.turn += 1);
      const text = this.url.value.trim();
      if (!/\S\.\S/.test(text)) return;
      let answer = {};
      try {
        answer = await asked(`${dialog.dataset.find}?${new URLSearchParams({q: /^https?:/i.test(text) ? text : `https://${text}`})}`);
      } catch { /* It is looked for again when it is added. */ }
      if (turn === this.turn && answer.exact) this.show(answer.sources, 'You have this one already.');
    }

    async add() {
      if (!this.find('[data-form]')) return;
      const data = new FormData(this.find('form'));
      data.append('csrfmiddlewaretoken', document.querySelector('input[name=csrfmiddlewaretoken]').value);
      let answer = null;
      try {
        answer = await asked(dialog.dataset.new, {method: 'POST', body: data});
      } catch {
        this.complain('The server did not answer. What you typed stands here; try again.');
        return;
      }
      if (answer.error) this.complain(answer.error, this.find(`#source-${answer.field}`));
      else this.finish(answer);
    }

    complain(sentence, field) {
      this.error.textContent = sentence;
      this.error.hidden = !sentence;
      for (const one of dialog.querySelectorAll('[aria-invalid]')) one.removeAttribute('aria-invalid');
      if (!sentence) return;
      this.error.scrollIntoView({block: 'nearest'});
      if (!field) return;
      field.setAttribute('aria-invalid', 'true');
      field.focus();
    }

    show(sources, sentence) {
      this.shown = sources;
      this.said.textContent = sentence;
      this.offered.replaceChildren(...sources.map((source, place) => element('li', {},
        element('button', {type: 'button', value: place}, source.title, ' ', element('span', {className: 'st-sub'}, source.publisher)))));
    }
  }

  // --- The list ---------------------------------------------------------------------------------------------------

  class SourceList {
    constructor() {
      this.known = new Map();
      const listed = row.querySelector('ul[hidden]');
      for (const {dataset} of listed.children) {
        this.known.set(Number(dataset.id), {id: Number(dataset.id), title: dataset.title, publisher: dataset.publisher});
      }
      listed.remove();
      this.citations = {count: () => 0, remove: () => {}};
      this.sheet = new SourceSheet();
      line.type = 'hidden';
      row.querySelector('[data-without-script]').remove();
      row.querySelector('label').replaceWith(element('h3', {}, 'Sources'));
      this.items = element('ol');
      this.said = element('p', {className: 'small'});
      this.said.setAttribute('role', 'status');
      this.button = element('button', {type: 'button', className: 'st-btn small', id: line.id}, 'Add a source…');
      line.removeAttribute('id');
      row.append(this.items, this.said, this.button);
      this.button.addEventListener('click', () => this.ask('Add a source'));
      line.form.addEventListener('words-put-back', () => this.learn(this.keys()));
      this.render();
    }

    keys() {
      return line.value.split(/[\s,]+/).filter(Boolean).map(Number);
    }

    numberOf(key) {
      return this.keys().indexOf(Number(key)) + 1;
    }

    set(keys, sentence = '') {
      this.said.textContent = sentence;
      if (keys.join(' ') !== this.keys().join(' ')) {
        line.value = keys.join(' ');
        line.dispatchEvent(new Event('input', {bubbles: true}));
      }
      this.render();
    }

    async ask(title) {
      const own = this.keys().map((key) => this.known.get(key)).filter(Boolean);
      const source = await this.sheet.ask(title, title === 'Add a source' ? [] : own);
      return source && this.add(source) ? source : null;
    }

    add(source) {
      const keys = this.keys();
      this.known.set(source.id, source);
      if (keys.includes(source.id)) {
        this.set(keys, `“${source.title}” is number ${this.numberOf(source.id)}.`);
        return true;
      }
      if (keys.length >= MOST) {
        this.set(keys, `There is room for ${MOST} sources. Remove one first.`);
        return false;
      }
      this.set([...keys, source.id], `Added as number ${keys.length + 1}${source.known ? '. You had it already' : ''}.`);
      return true;
    }

    // What the text cites is in the list; what is no source at all is left to the server.
    async hold(cited) {
      const missing = cited.filter((key) => !this.keys().includes(key));
      if (missing.length) {
        await this.learn(missing);
        const keys = this.keys();
        const known = missing.filter((key) => this.known.has(key) && !keys.includes(key));
        this.set([...keys, ...known].slice(0, MOST));
      } else {
        this.render();
      }
    }

    async learn(keys) {
      const wanted = keys.filter((key) => !this.known.has(key));
      if (wanted.length) {
        try {
          const answer = await asked(`${row.dataset.find}?${new URLSearchParams({keys: wanted.join(' ')})}`);
          for (const source of answer.sources || []) this.known.set(source.id, source);
        } catch { /* It stands in the list by its record number until the page is opened anew. */ }
      }
      this.render();
    }

    move(place, by) {
      const keys = this.keys();
      const [key] = keys.splice(place, 1);
      keys.splice(place + by, 0, key);
      this.set(keys, `Now number ${place + by + 1}.`);
      const beside = this.items.children[place + by];
      const wanted = beside.querySelector(by < 0 ? '[data-up]' : '[data-down]');
      (wanted.disabled ? beside.querySelector('button:not(:disabled)') : wanted).focus();
    }

    remove(place) {
      const keys = this.keys();
      const [key] = keys.splice(place, 1);
      const count = this.citations.count(key);
      if (count) this.citations.remove(key);
      this.set(keys, count ? `Removed, and with it ${count === 1 ? '1 place' : `${count} places`} of the text that cited it.` : 'Removed.');
      (this.items.children[Math.min(place, keys.length - 1)]?.querySelector('[data-remove]') || this.button).focus();
    }

    render() {
      const keys = this.keys();
      this.items.replaceChildren(...keys.map((key, place) => {
        const source = this.known.get(key) || {title: `Record ${key}`, publisher: ''};
        const count = this.citations.count(key);
        const cited = count ? `cited ${count === 1 ? 'once' : `${count} times`}` : 'not cited in the text';
        const act = (word, name, run, disabled = false) => {
          const button = element('button', {type: 'button', className: 'st-btn small', disabled}, word);
          button.setAttribute('aria-label', `${name}: ${source.title}`);
          button.dataset[run.name] = '';
          button.addEventListener('click', () => run());
          return button;
        };
        const up = () => this.move(place, -1), down = () => this.move(place, 1), remove = () => this.remove(place);
        return element('li', {},
          element('span', {}, source.title, ' ', element('span', {className: 'st-sub'}, [source.publisher, cited].filter(Boolean).join(', '))),
          element('span', {className: 'st-row'}, act('↑', 'Move up', up, place === 0), act('↓', 'Move down', down, place === keys.length - 1), act('Remove', 'Remove', remove)));
      }));
      line.form.dispatchEvent(new Event('sources-changed'));
    }
  }

  if (line && dialog) window.sourceList = new SourceList();
}
