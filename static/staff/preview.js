// The article beside the writing, as readers will see it. The page in the frame is our own and runs no script; each
// time the words change, its contents are put in place of the old ones, so that it stays where it was scrolled to.
'use strict';
{
  const form = document.getElementById('post_form');
  const openers = form ? [...form.querySelectorAll('[data-preview]')] : [];
  const pane = document.getElementById('preview-pane');
  if (openers.length && pane) {
    const frame = pane.querySelector('iframe');
    const room = frame.parentElement;
    const note = pane.querySelector('[role=status]');
    const covers = matchMedia('(max-width: 900px)');
    const WAIT = 350, LOOK = 1500;
    const address = openers[0].formAction;
    let opener = openers[0];
    let width = 390, shown = null, timer = 0, asking = false, ready = false;

    const data = () => {
      if (window.postForm && window.postForm.data) return window.postForm.data();
      const found = new FormData(form);
      for (const editor of Object.values((window.CKEDITOR && window.CKEDITOR.instances) || {})) found.set(editor.element.getNameAtt(), editor.getData());
      return found;
    };
    const words = (sent) => JSON.stringify([...sent].filter(([name, value]) => typeof value === 'string' && name !== 'csrfmiddlewaretoken'));

    const fit = () => {
      const scale = Math.min(1, room.clientWidth / width);
      frame.style.width = `${width}px`;
      frame.style.height = `${Math.round(room.clientHeight / scale)}px`;
      frame.style.transform = `scale(${scale})`;
      frame.style.marginLeft = `${Math.max(0, Math.round((room.clientWidth - width * scale) / 2))}px`;
    };

    const put = (html) => {
      const page = new DOMParser().parseFromString(html, 'text/html');
      const there = frame.contentDocument, view = frame.contentWindow;
      const {scrollX, scrollY} = view;
      there.title = page.title;
      there.body.replaceChildren(...[...page.body.childNodes].map((node) => there.importNode(node, true)));
      view.scrollTo(scrollX, scrollY);
    };

    const update = async () => {
      if (pane.hidden || !ready || asking) return;
      const sent = data(), now = words(sent);
      if (now === shown) return;
      asking = true;
      try {
        const answer = await fetch(address, {method: 'POST', body: sent, redirect: 'error', signal: AbortSignal.timeout(20000)});
        if (!answer.ok) throw new Error(answer.status);
        const html = await answer.text();
        if (!pane.hidden) put(html);
        shown = now;
        note.textContent = '';
      } catch {
        note.textContent = 'The preview stands still: the server did not answer. Your text is not touched.';
      }
      asking = false;
      // Words that came meanwhile, and what changes without a sign of it: some keyboards, photos that were chosen.
      clearTimeout(timer);
      timer = setTimeout(update, LOOK);
    };
    const soon = () => {
      clearTimeout(timer);
      timer = setTimeout(update, WAIT);
    };

    const arrived = () => {
      const there = frame.contentDocument;
      ready = there !== null && there.querySelector('main') !== null;
      if (!ready) {
        note.textContent = 'The preview cannot be shown now. Your text is not touched.';
        return;
      }
      frame.hidden = false;
      fit();
      // Links open beside the work; those within the page lead there.
      there.addEventListener('click', (event) => {
        const link = event.target.closest('a[href]');
        if (!link || link.getAttribute('href').startsWith('#')) return;
        event.preventDefault();
        if (/^https?:$/.test(link.protocol)) window.open(link.href, '_blank', 'noopener');
      });
      there.addEventListener('keydown', (event) => { if (event.key === 'Escape') close(); });
      there.addEventListener('submit', (event) => event.preventDefault());
      shown = null;
      update();
    };
    frame.addEventListener('load', () => { if (frame.src) arrived(); });

    const lay = () => {
      document.body.classList.toggle('st-previewing', !pane.hidden);
      for (const button of openers) button.setAttribute('aria-expanded', String(!pane.hidden));
      // On a small screen the pane covers the form, which must not be reached behind it.
      document.getElementById('container').inert = !pane.hidden && covers.matches;
      if (!pane.hidden) fit();
    };
    const open = () => {
      document.body.append(pane);
      pane.hidden = false;
      lay();
      if (frame.src) soon();
      else frame.src = address;
      pane.querySelector('h2').focus();
    };
    const close = () => {
      pane.hidden = true;
      clearTimeout(timer);
      lay();
      opener.focus();
    };

    for (const button of openers) {
      button.setAttribute('aria-expanded', 'false');
      button.setAttribute('aria-controls', pane.id);
      button.addEventListener('click', (event) => {
        event.preventDefault();
        opener = button;
        if (pane.hidden) open();
        else close();
      });
    }
    pane.querySelector('[data-close]').addEventListener('click', close);
    pane.addEventListener('keydown', (event) => { if (event.key === 'Escape') close(); });
    for (const choice of pane.querySelectorAll('[data-width]')) {
      choice.addEventListener('click', () => {
        width = Number(choice.dataset.width);
        for (const other of pane.querySelectorAll('[data-width]')) other.setAttribute('aria-pressed', String(other === choice));
        fit();
      });
    }
    for (const kind of ['input', 'change', 'article-changed']) form.addEventListener(kind, soon);
    window.addEventListener('resize', lay);
  }
}
