// The form as a whole: the save line says what is not saved, keys save, and nothing typed is left by accident.
'use strict';
{
  const form = document.getElementById('post_form');
  const save = form && form.querySelector('[data-save]');
  const publish = form && form.querySelector('[data-publish]');
  const saved = form && form.querySelector('[data-saved]');
  if (form && save) {
    const readers = form.querySelector('[data-readers]');
    const stays = form.querySelector('[data-stays]');
    const say = (place, sentence) => { if (place && place.textContent !== sentence) place.textContent = sentence; };
    let changed = document.querySelector('[data-first-note]') !== null;
    let asking = false, mayGo = false, leaving = false;
    const touched = () => {
      changed = true;
      if (form.dataset.trouble) return;
      say(saved, 'Not saved yet.');
      if (readers) say(readers, readers.dataset.meanwhile);
    };
    form.addEventListener('input', touched);
    form.addEventListener('change', touched);
    form.addEventListener('article-changed', touched);

    // --- For the other scripts of this page ---------------------------------------------------------------------

    // What a window knows about itself is no word of the article.
    const OWN = new Set(['csrfmiddlewaretoken', 'base', 'open_revision', 'open_version', 'window']);
    const editorOf = (field) => window.CKEDITOR && window.CKEDITOR.instances[field.id];
    const fields = () => [...form.elements].filter((field) => field.name && !field.matches('button,fieldset,[type=file],[type=submit]'));
    const postForm = window.postForm = {
      form,
      // The article as it stands on the screen, as [name, value] pairs. Text that nobody touched is as it came.
      words() {
        return fields().filter((field) => !OWN.has(field.name)).flatMap((field) => {
          if (field.matches('[type=checkbox],[type=radio]')) return field.checked ? [[field.name, field.value]] : [];
          const editor = editorOf(field);
          return [[field.name, editor && editor.status === 'ready' && editor.checkDirty() ? editor.getData() : field.value]];
        });
      },
      // All that the form would send, as FormData, whether its fields may be changed or not. words() where they are at hand.
      data(words = postForm.words()) {
        const data = new FormData();
        for (const field of fields()) if (OWN.has(field.name)) data.append(field.name, field.value);
        for (const [name, value] of words) data.append(name, value);
        return data;
      },
      // Puts words of words() back into the fields, and the article through the editor's own filter.
      async putBack(words) {
        for (const field of fields()) {
          if (OWN.has(field.name)) continue;
          const values = words.filter(([name]) => name === field.name).map(([, value]) => value);
          const editor = editorOf(field);
          if (field.matches('[type=checkbox],[type=radio]')) field.checked = values.includes(field.value);
          else if (!values.length) continue;
          else if (editor) await new Promise((resolve) => { editor.setData(values[0], {callback: resolve}); });
          else field.value = values[fields().filter((other) => other.name === field.name).indexOf(field)] ?? values[0];
          field.dispatchEvent(new Event('input', {bubbles: true}));
        }
        form.dispatchEvent(new Event('words-put-back'));
      },
      // The save line: its first sentence, and what readers see meanwhile.
      say(sentence, about) {
        say(saved, sentence);
        if (readers && about !== undefined) say(readers, about);
      },
      set meanwhile(sentence) { if (readers) readers.dataset.meanwhile = sentence; },
      calm() { changed = false; },
      // Who is signed in now: signed_in, same (as who opened this page), token. Throws without an answer.
      async whoIsIn() {
        const address = `${form.dataset.signedIn}?${new URLSearchParams({as: form.dataset.as})}`;
        const response = await fetch(address, {headers: {Accept: 'application/json'}, signal: AbortSignal.timeout(20000)});
        if (!response.ok) throw new Error(response.status);
        const answer = await response.json();
        if (answer.same) for (const field of document.getElementsByName('csrfmiddlewaretoken')) field.value = answer.token;
        return answer;
      },
      // Set by other scripts. flush(): bring what is typed to the server now. isKept(): whether no word would be lost by
      // leaving. isOnServer(): whether the server has said that it has every word. signedOut(answer): the server says
      // that this page's writer is not the one who is signed in.
      flush: async () => {},
      isKept: () => false,
      isOnServer: () => false,
      signedOut: null,
    };

    // Before anything is sent: is this still the same person, signed in? If not, the page and its words stay.
    const stay = (sentence) => {
      if (changed) touched();
      else say(saved, 'Not saved yet.');
      stays.replaceChildren(sentence);
      stays.hidden = false;
    };
    const maySend = async () => {
      let answer = null;
      try {
        answer = await postForm.whoIsIn();
      } catch {
        stay('The server did not answer. Your text stands here; try again.');
        return false;
      }
      if (!answer.same) postForm.signedOut(answer);
      return answer.same;
    };
    form.addEventListener('submit', async (event) => {
      if (mayGo) {
        mayGo = false;
        leaving = true;
        return;
      }
      event.preventDefault();
      if (asking || leaving) return;
      asking = true;
      form.dataset.sending = 'yes';
      stays.hidden = true;
      say(saved, 'Saving…');
      const button = event.submitter;
      await postForm.flush();
      mayGo = await maySend();
      asking = false;
      if (mayGo) {
        form.requestSubmit(button);
      } else {
        delete form.dataset.sending;
        form.dispatchEvent(new Event('not-sent'));
      }
    });

    // Coming back with the browser's back button: the page stands as it was left, with words that may not be saved.
    const differs = (field) => {
      if (field.matches('select')) {
        const first = [...field.options].findIndex((option) => option.defaultSelected);
        return field.selectedIndex !== Math.max(first, 0);
      }
      if (field.matches('[type=checkbox],[type=radio]')) return field.checked !== field.defaultChecked;
      return field.matches('input:not([type=hidden]),textarea') && field.value !== field.defaultValue;
    };
    window.addEventListener('pageshow', () => {
      asking = mayGo = leaving = false;
      delete form.dataset.sending;
      if (changed || [...form.elements].some(differs)) touched();
    });
    window.addEventListener('beforeunload', (event) => { if (changed && !leaving && !postForm.isKept()) event.preventDefault(); });

    document.addEventListener('keydown', (event) => {
      if (!(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey || document.querySelector('dialog[open]')) return;
      if (event.key.toLowerCase() === 's') {
        event.preventDefault();
        form.requestSubmit(save);
      } else if (event.key === 'Enter' && publish) {
        event.preventDefault();
        publish.click();
      }
    });

    // A new post: Publish… is quiet until there is a title.
    const title = document.getElementById('id_title');
    if (publish && title) {
      const quiet = () => {
        const empty = title.value.trim() === '';
        publish.className = empty ? 'st-btn' : 'default';
        publish.toggleAttribute('aria-disabled', empty);
        if (empty) publish.setAttribute('aria-disabled', 'true');
      };
      title.addEventListener('input', quiet);
      publish.addEventListener('click', (event) => {
        if (title.value.trim() === '') {
          event.preventDefault();
          say(saved, 'Write a title first.');
          title.focus();
        }
      });
      quiet();
    }
  }

  // The title is one line however long it is: it wraps on the screen, and Enter goes on instead of breaking it.
  const heading = document.getElementById('id_title');
  if (heading) {
    const fit = () => {
      if (CSS.supports('field-sizing', 'content')) return;
      heading.style.height = 'auto';
      heading.style.height = `${heading.scrollHeight + 2}px`;
    };
    heading.addEventListener('input', fit);
    heading.addEventListener('keydown', (event) => {
      if (event.key === 'Enter' && !event.ctrlKey && !event.metaKey) event.preventDefault();
    });
    fit();
  }

  // A file dropped beside its place must not replace the page.
  for (const kind of ['dragover', 'drop']) {
    document.addEventListener(kind, (event) => { if (event.dataTransfer && event.dataTransfer.types.includes('Files')) event.preventDefault(); });
  }

  for (const hint of document.querySelectorAll('[data-counts]')) {
    const field = document.getElementById(hint.dataset.counts);
    const count = () => { hint.textContent = `${[...field.value].length} of about ${hint.dataset.of} characters`; };
    if (field) {
      field.addEventListener('input', count);
      count();
    }
  }

  // Shows a field wherever it is folded away, and puts the caret there.
  const TAKES_FOCUS = 'input:not([type=hidden]),textarea,select,button';
  const isSeen = (one) => one.getClientRects().length > 0;
  const goTo = (field) => {
    if (!field) return;
    for (let box = field.closest('details'); box; box = box.parentElement.closest('details')) box.open = true;
    const editor = window.CKEDITOR && window.CKEDITOR.instances[field.id];
    // A field that something else stands for on the screen: what stands around it.
    let shown = field;
    while (!isSeen(shown)) shown = shown.parentElement;
    if (!editor) shown.scrollIntoView({block: 'center'});
    const place = [shown, ...shown.querySelectorAll(TAKES_FOCUS)].find((one) => one.matches(TAKES_FOCUS) && isSeen(one));
    if (editor && editor.status === 'ready') editor.focus();
    else if (window.CKEDITOR && field.id === 'id_body') CKEDITOR.once('instanceReady', () => CKEDITOR.instances.id_body.focus());
    else if (place) place.focus();
  };
  if (window.postForm) window.postForm.goTo = goTo;

  // After a refused save the note on top has the focus; its links lead to the fields.
  const note = document.querySelector('[data-first-note]');
  if (note) {
    note.focus();
    note.addEventListener('click', (event) => {
      const link = event.target.closest('[data-jump]');
      if (!link) return;
      event.preventDefault();
      goTo(document.getElementById(link.hash.slice(1)) || document.querySelector(`[name="${CSS.escape(link.hash.slice(4))}"]`));
    });
  } else if (/^#id_\w+$/.test(location.hash)) {
    goTo(document.getElementById(location.hash.slice(1)));
  }
}
