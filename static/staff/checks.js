// «Before it goes live»: what the checks find in the words as they are typed, beside the editor (blog/admin/post_checks.py).
//
// One request at a time, after a pause; the words are not stored by it. The page's own list, of the words as they were
// saved, stands until the first answer. A line leads to its words or its field. Neither focus nor scroll ever moves
// by itself.
'use strict';
{
  const {postForm, wordsInText} = window;
  const form = postForm && postForm.form;
  const panel = document.getElementById('checks');
  if (form && panel && wordsInText) {
    const PAUSE = 2000, PATIENCE = 20000;
    const find = (name) => panel.querySelector(name);
    const [head, spoken, rest, start] = ['[data-head]', '[data-counts]', '[data-rest]', '[data-start]'].map(find);
    const link = form.querySelector('[data-checks-link]');
    const template = find('template').content.firstElementChild;
    const address = () => form.dataset.checks.replace('/0/', `/${form.dataset.post || 0}/`);
    const editorNow = () => {
      const editor = window.CKEDITOR && window.CKEDITOR.instances.id_body;
      return editor && editor.status === 'ready' ? editor : null;
    };
    const whenReady = (work) => {
      if (editorNow()) work(editorNow());
      else if (window.CKEDITOR) window.CKEDITOR.once('instanceReady', () => work(editorNow()));
    };
    const put = (place, words) => { if (place.textContent !== words) place.textContent = words; };

    // --- The words of a line ---------------------------------------------------------------------------------------

    const focusPicture = (editor, picture, nth) => {
      const uses = editor.editable().$.querySelectorAll(`img[data-image="${picture}"]`);
      const image = uses[Math.min(nth, uses.length - 1)];
      const widget = image && editor.widgets.getByElement(new CKEDITOR.dom.element(image));
      if (!widget) return false;
      editor.focus();
      widget.focus();
      image.scrollIntoView({block: 'center', behavior: 'instant'});
      return true;
    };
    const goTo = (line) => {
      const {field, quote} = line.dataset, [nth, picture] = [Number(line.dataset.nth), Number(line.dataset.picture)];
      if (field === 'body' && (quote || picture) && window.CKEDITOR) {
        whenReady((editor) => {
          const isThere = picture ? focusPicture(editor, picture, nth) : wordsInText.selectInEditor(editor, quote, nth);
          if (!isThere) postForm.goTo(document.getElementById('id_body'));
        });
        return;
      }
      const place = document.getElementById(line.hash.slice(1));
      postForm.goTo(place);
      const texts = [...form.querySelectorAll(`[name="${CSS.escape(field)}"]`)].filter((one) => one.matches('textarea,[type=text]') && !one.hidden);
      if (quote && texts.length) wordsInText.selectInFields(texts, quote, nth);
    };
    panel.addEventListener('click', (event) => {
      const line = event.target.closest('a[href^="#"]');
      if (!line) return;
      event.preventDefault();
      goTo(line);
    });

    // Words that keep the article from going live are marked where they stand, without a change of the text itself.
    const KINDS = ['must_fix', 'needs_reason'];
    const mark = () => {
      const editor = editorNow();
      if (!window.Highlight || !CSS.highlights || !editor) return;
      const root = editor.editable().$;
      const lines = [...panel.querySelectorAll('a[data-field=body]')].filter((line) => line.dataset.quote && line.dataset.picture === '0');
      const wanted = lines.filter((line) => KINDS.includes(line.closest('[data-group]').dataset.group));
      const ranges = wordsInText.ranges(root, wanted.map(({dataset}) => ({quote: dataset.quote, nth: Number(dataset.nth)})));
      for (const kind of KINDS) {
        const own = ranges.filter((range, place) => range && wanted[place].closest('[data-group]').dataset.group === kind);
        CSS.highlights.set(kind.replace('_', '-'), new Highlight(...own));
      }
    };

    // --- The list ---------------------------------------------------------------------------------------------------

    // A line that stays is the same element, so that whoever stands on it goes on standing there.
    const fill = (group, {seen, folded, more: words}) => {
      const [open, more] = [group.querySelector('ul'), group.querySelector('[data-more]')];
      const known = new Map([...group.querySelectorAll('li')].map((one) => [one.dataset.key, one]));
      const made = (lines) => lines.map((line) => {
        const item = known.get(line.key) || template.cloneNode(true);
        const way = item.querySelector('a');
        item.dataset.key = line.key;
        item.className = line.sign;
        put(item.querySelector('[data-message]'), line.message);
        put(item.querySelector('em'), line.go);
        way.id = `check-${line.key}`;
        if (line.href) way.setAttribute('href', line.href);
        else way.removeAttribute('href');
        Object.assign(way.dataset, {field: line.field, quote: line.quote, nth: line.nth, picture: line.picture});
        return item;
      });
      const place = (list, wanted) => {
        wanted.forEach((item, at) => { if (list.children[at] !== item) list.insertBefore(item, list.children[at] || null); });
        while (list.children.length > wanted.length) list.lastElementChild.remove();
      };
      place(open, made(seen));
      place(more.querySelector('ul'), made(folded));
      put(more.querySelector('summary'), words);
      more.hidden = folded.length === 0;
      group.hidden = seen.length + folded.length === 0;
    };
    const show = (answer) => {
      const {scrollX, scrollY} = window;
      const focused = panel.contains(document.activeElement) ? document.activeElement : null;
      start.hidden = true;
      for (const group of panel.querySelectorAll('[data-group]')) fill(group, answer.groups[group.dataset.group]);
      put(head, answer.head);
      head.className = link.className = answer.tone;
      put(link, answer.head);
      link.hidden = false;
      put(rest, `${answer.rest} Checked at ${answer.at}.`);
      rest.hidden = false;
      panel.removeAttribute('data-old');
      // Spoken only when the numbers change, and never for a line that is written differently.
      put(spoken, answer.says);
      if (focused && focused !== document.activeElement) {
        // A line that moved keeps the focus; where it is gone, the panel's own heading has it.
        const place = focused.isConnected && focused.getClientRects().length ? focused : panel.querySelector('summary');
        place.focus({preventScroll: true});
      }
      if (window.scrollX !== scrollX || window.scrollY !== scrollY) window.scrollTo({left: scrollX, top: scrollY, behavior: 'instant'});
      mark();
    };
    // The list is of words that stood here before; it says so, and stays.
    const isOld = (why = 'What came after is not checked yet.') => {
      if (rest.hidden || panel.hasAttribute('data-old')) return;
      panel.setAttribute('data-old', '');
      put(rest, `${rest.textContent} ${why}`);
    };
    const end = () => {
      isOver = true;
      clearTimeout(timer);
      isOld('Checks have stopped in this window.');
    };

    // --- Asking -----------------------------------------------------------------------------------------------------

    let timer = 0, isAsking = false, isOver = false;
    let checked = rest.hidden ? null : JSON.stringify(postForm.words());

    const ask = async () => {
      timer = 0;
      if (isOver || isAsking) return;
      const words = postForm.words(), now = JSON.stringify(words);
      if (now === checked && !panel.hasAttribute('data-old')) return;
      isAsking = true;
      try {
        const response = await fetch(address(), {
          method: 'POST', body: new URLSearchParams(postForm.data(words)), headers: {Accept: 'application/json'},
          redirect: 'manual', signal: AbortSignal.timeout(PATIENCE),
        });
        if (!response.ok) throw new Error(response.status);
        const answer = await response.json();
        if (!isOver) show(answer);
        checked = now;
      } catch {
        isOld();
      }
      isAsking = false;
    };
    const soon = (wait = PAUSE) => {
      if (isOver) return;
      clearTimeout(timer);
      timer = setTimeout(() => { if (isAsking) soon(); else ask(); }, wait);
    };
    for (const kind of ['input', 'change', 'article-changed']) form.addEventListener(kind, () => soon());
    form.addEventListener('signed-in-again', () => soon(0));
    form.addEventListener('autosave-answer', ({detail}) => {
      if (detail.state === 'saved') {
        // Words of which this script had no sign, or no answer; the same words are not asked about again.
        if (!timer && !isAsking) soon(0);
      } else if (['conflict', 'stale', 'gone'].includes(detail.state)) {
        end();
      } else {
        isOld();
      }
    });
    form.addEventListener('autosave-stop', end);

    // --- On arriving --------------------------------------------------------------------------------------------------

    whenReady((editor) => {
      mark();
      // What CKEditor tidies up in the text when it is entered or left would cut the marks short.
      for (const kind of ['focus', 'blur']) editor.on(kind, () => setTimeout(mark));
    });
    // From the publishing screen a line leads here, and on to its words.
    if (/^#check-\w+$/.test(location.hash)) {
      const line = document.getElementById(location.hash.slice(1));
      // Once: not again when the page is loaded anew, nor on the pages that saving leads to.
      history.replaceState(history.state, '', location.pathname + location.search);
      if (line && line.matches('[href^="#"]')) goTo(line);
      else panel.querySelector('summary').focus();
    }
  }
}
