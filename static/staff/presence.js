// Other people and other windows: says who else has this post open, and stops a window that fell behind.
//
// The server says both (blog/admin/post_presence.py). Words of this window that are not saved go first, by autosave; what
// they meet there, it answers by the event 'autosave-answer'.
'use strict';
{
  const form = document.getElementById('post_form');
  const here = document.querySelector('[data-here]');
  const note = document.querySelector('[data-behind]');
  if (form && here && note && form.dataset.presence) {
    const EVERY = 10000, FORGET = 40000, PATIENCE = 8000;
    const KNOWN = ['base', 'open_revision', 'open_version', 'window', 'csrfmiddlewaretoken'];
    const sentence = note.querySelector('[data-sentence]');
    const load = note.querySelector('[data-load]');
    const kept = note.querySelector('[data-kept]');
    const send = note.querySelector('[data-send]');
    let arriving = true, stopped = false, over = false, timer = 0, heard = 0, beating = false;

    const address = () => (form.dataset.post ? form.dataset.presence.replace('/0/', `/${form.dataset.post}/`) : '');
    const fields = (more) => {
      const sent = new URLSearchParams(more);
      for (const name of KNOWN) sent.set(name, form.elements[name].value);
      return sent;
    };
    const say = (words) => {
      if (here.textContent !== words) here.textContent = words;
      here.hidden = words === '';
    };
    const show = (words, way) => {
      stopped = true;
      sentence.textContent = words;
      for (const one of [load, kept, send]) one.hidden = one !== way;
      note.hidden = false;
    };

    // A window without words of its own that are not saved can only be read from here on.
    const fallBehind = ({sentence: words, both}) => {
      form.dispatchEvent(new CustomEvent('autosave-stop'));
      form.dataset.behind = '';
      if (both) kept.href = both;
      show(words, both ? kept : load);
    };
    load.addEventListener('click', () => location.reload());
    form.addEventListener('submit', (event) => {
      if (!('behind' in form.dataset)) return;
      event.preventDefault();
      event.stopImmediatePropagation();
    }, true);

    // Words that met others: sent once more, with all that was typed since, they lead to the page with both texts.
    form.addEventListener('autosave-answer', ({detail}) => {
      const whose = {conflict: `${detail.who || 'Somebody'} saved this post, too.`, stale: 'You wrote on in another window.'}[detail.state];
      if (whose) show(`${whose} Both texts are kept. Choose what the draft should say.`, send);
    });

    const ask = async () => {
      const more = arriving ? {arriving: '1'} : {};
      const response = await fetch(address(), {
        method: 'POST', body: fields(more), redirect: 'manual', signal: AbortSignal.timeout(PATIENCE),
      });
      // A page instead of an answer is about the token, which autosave renews.
      const isAnswer = (response.headers.get('Content-Type') || '').includes('json');
      if (isAnswer && (response.status === 403 || response.status === 404)) over = true;
      if (!response.ok) return null;
      arriving = false;
      heard = Date.now();
      return response.json();
    };
    const beat = async () => {
      clearTimeout(timer);
      if (beating || over || document.visibilityState !== 'visible') return;
      beating = true;
      try {
        let answer = address() ? await ask() : null;
        if (answer && answer.behind && !stopped) {
          await window.postForm.flush();
          if (!stopped) answer = await ask();
          if (answer && answer.behind && !stopped) fallBehind(answer.behind);
        }
        if (answer) say(answer.here);
      } catch {
        // Nobody answers just now; the next sign of life tries again.
      }
      beating = false;
      if (Date.now() - heard > FORGET) say('');
      if (!over) timer = setTimeout(beat, EVERY);
    };
    document.addEventListener('visibilitychange', beat);
    window.addEventListener('pageshow', (event) => { if (event.persisted) beat(); });
    window.addEventListener('pagehide', () => {
      if (address() && !arriving) navigator.sendBeacon(address(), fields({leaving: '1'}));
      arriving = true;
    });
    beat();
  }
}
