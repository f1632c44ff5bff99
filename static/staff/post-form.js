// The form as a whole: the save line says what is not saved, keys save, and nothing typed is left by accident.
'use strict';
{
  const form = document.getElementById('post_form');
  const save = form && form.querySelector('[data-save]');
  const publish = form && form.querySelector('[data-publish]');
  const saved = form && form.querySelector('[data-saved]');
  if (form && save) {
    let changed = document.querySelector('[data-first-note]') !== null;
    let leaving = false;
    const touched = () => {
      if (!changed) saved.textContent = 'Not saved yet.';
      changed = true;
    };
    form.addEventListener('input', touched);
    form.addEventListener('change', touched);
    form.addEventListener('article-changed', touched);
    form.addEventListener('submit', (event) => {
      if (leaving) {
        event.preventDefault();
        return;
      }
      leaving = true;
      saved.textContent = 'Saving…';
    });
    // Coming back with the browser's back button: the page stands as it was left.
    window.addEventListener('pageshow', () => { leaving = false; });
    window.addEventListener('beforeunload', (event) => { if (changed && !leaving) event.preventDefault(); });

    document.addEventListener('keydown', (event) => {
      if (!(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey || document.querySelector('dialog[open]')) return;
      if (event.key.toLowerCase() === 's') {
        event.preventDefault();
        form.requestSubmit(save);
      } else if (event.key === 'Enter' && publish) {
        event.preventDefault();
        form.requestSubmit(publish);
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

  // After a refused save the note on top has the focus; its links lead to the fields, wherever those are folded away.
  const note = document.querySelector('[data-first-note]');
  if (note) {
    note.focus();
    note.addEventListener('click', (event) => {
      const link = event.target.closest('[data-jump]');
      if (!link) return;
      event.preventDefault();
      const field = document.getElementById(link.hash.slice(1)) || document.querySelector(`[name="${CSS.escape(link.hash.slice(4))}"]`);
      if (!field) return;
      for (let box = field.closest('details'); box; box = box.parentElement.closest('details')) box.open = true;
      field.scrollIntoView({block: 'center'});
      const place = field.matches('input,textarea,select,button') ? field : field.querySelector('input,textarea,select');
      const editor = window.CKEDITOR && window.CKEDITOR.instances[field.id];
      if (editor) editor.focus();
      else if (place) place.focus();
    });
  }
}
