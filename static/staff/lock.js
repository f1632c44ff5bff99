// A shared computer that nobody touches: the page saves what it can, then covers itself, and the server knows it, too.
// Before that, and before somebody signs out, a page hears the event “staff-lock” or “staff-sign-out”; what it still has
// to send it gives to event.detail.waitFor(promise).
'use strict';
{
  // Tell the page, and wait until what it still had to send is sent; not for ever.
  const settled = (name) => {
    const waiting = [];
    document.dispatchEvent(new CustomEvent(name, {detail: {waitFor: (promise) => waiting.push(promise)}}));
    if (window.postForm && typeof window.postForm.flush === 'function') waiting.push(window.postForm.flush());
    return Promise.race([Promise.allSettled(waiting), new Promise((done) => setTimeout(done, 8000))]);
  };

  const template = document.getElementById('cover');
  const after = template ? Number(template.dataset.after) * 1000 : 0;
  if (after) {
    const TOUCHED = 'staff-touched-at', OPENED = 'staff-opened-at';
    const every = Math.min(5000, after / 4);
    let cover = null, touched = 0, told = Date.now();

    // Another tab of this person counts as well. Without storage each tab counts for itself.
    const keep = (name, value) => { try { localStorage.setItem(name, value); } catch { /* see above */ } };
    const kept = (name) => { try { return Number(localStorage.getItem(name)) || 0; } catch { return 0; } };
    // A login in another window has changed the token since this page was loaded.
    const token = () => {
      const newest = /(?:^|;\s*)(?:__Host-)?csrftoken=([^;]+)/.exec(document.cookie);
      return newest ? decodeURIComponent(newest[1]) : template.content.querySelector('[name=csrfmiddlewaretoken]').value;
    };
    const post = (address, fields) => fetch(address, {
      method: 'POST',
      headers: {Accept: 'application/json', 'X-CSRFToken': token()},
      body: new URLSearchParams(fields),
      redirect: 'error',
    });

    const touch = () => {
      if (cover) return;
      const now = Date.now();
      if (now - touched > 1000) keep(TOUCHED, now);
      touched = now;
      if (now - told < Math.min(60000, after / 4)) return;
      told = now;
      post(template.dataset.lock, {here: '1'}).then((answer) => answer.json()).then((answer) => {
        if (answer.locked) show();
      }).catch(() => {});
    };

    const open = () => {
      if (!cover) return;
      const old = cover;
      cover = null;
      touched = told = Date.now();
      old.close();
      old.remove();
      document.dispatchEvent(new CustomEvent('staff-unlock'));
    };

    const goOn = async (event) => {
      event.preventDefault();
      const password = cover.querySelector('[type=password]');
      const sentence = cover.querySelector('[data-sentence]');
      const say = (words) => {
        sentence.textContent = words;
        sentence.hidden = words === '';
      };
      say('');
      try {
        const answer = await post(template.dataset.unlock, {password_again: password.value});
        const said = await answer.json();
        if (answer.ok) {
          keep(TOUCHED, Date.now());
          keep(OPENED, Date.now());
          open();
        } else {
          say(said.sentence);
          password.select();
        }
      } catch {
        say('The server did not answer, or this login has ended. Try again. If it stays so, press “Someone else” and log in: what was saved is safe.');
      }
    };

    const show = () => {
      if (cover) return;
      for (const other of document.querySelectorAll('dialog[open]')) other.close();
      document.body.append(template.content.cloneNode(true));
      cover = document.body.lastElementChild;
      cover.querySelector('[name=csrfmiddlewaretoken]').value = token();
      cover.addEventListener('cancel', (event) => event.preventDefault());
      cover.addEventListener('keydown', (event) => { if (event.key === 'Escape') event.preventDefault(); });
      // A phone's way back closes a dialog at the second try whatever a page says.
      cover.addEventListener('close', (event) => { if (event.target === cover) cover.showModal(); });
      cover.querySelector('[data-go-on]').addEventListener('submit', goOn);
      cover.showModal();
      cover.querySelector('[type=password]').focus();
    };

    const lock = async () => {
      if (cover) return;
      const saved = settled('staff-lock');
      show();
      await saved;
      await post(template.dataset.lock, {}).catch(() => {});
    };

    for (const name of ['pointerdown', 'pointermove', 'keydown', 'input', 'wheel', 'touchstart']) {
      document.addEventListener(name, touch, {passive: true, capture: true});
    }
    touch();
    setInterval(() => { if (Date.now() - Math.max(touched, kept(TOUCHED)) >= after) lock(); }, every);
    window.addEventListener('storage', (event) => { if (event.key === OPENED) open(); });
  }

  // Signing out: first what is typed goes to the server, so that no copy of it has to stay in this browser.
  let leaving = false;
  document.addEventListener('submit', async (event) => {
    if (leaving || !event.target.matches('#logout-form,[data-sign-out]')) return;
    event.preventDefault();
    await settled('staff-sign-out');
    leaving = true;
    event.target.submit();
  });
}
