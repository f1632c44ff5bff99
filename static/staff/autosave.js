// Autosave: what is typed is on the server within three seconds of a pause, and in this browser until it is there.
//
// For other scripts: the server's answers go to the form as the event 'autosave-answer', with the answer as its detail
// (blog/admin/post_autosave.py lists them). The event 'autosave-stop', sent to the form, ends autosave in this window and
// makes the form one that can only be read; with {detail: {readOnly: false}} it only ends autosave. The form's data
// attributes post, person, open, version and base say what this window knows.
'use strict';
{
  const {postForm, localCopy} = window;
  const form = postForm && postForm.form;
  if (form && form.dataset.autosave && localCopy) {
    const PAUSE = 2000, LONGEST = 15000, COPY = 500, LOOK = 2000, AGAIN = 20000, PATIENCE = 20000, KEEPALIVE = 60000;
    const line = form.querySelector('[data-trouble-line]');
    const state = form.querySelector('#save-line [role=status]');
    const offlineNote = document.querySelector('[data-offline]');
    const publish = form.querySelector('[data-publish]');
    const person = form.dataset.person;
    const own = (name) => form.elements[name];
    const text = () => JSON.stringify(postForm.words());

    own('window').value = Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
    // What the server has. A form that came back with a refusal holds words that it has not.
    let confirmed = form.dataset.unsaved === 'yes' ? null : text();
    let stopped = form.dataset.stopped || '';
    let turn = 0, flight = null, timer = 0, copyTimer = 0, againTimer = 0, waitingSince = 0, copied = null, copiedSince = 0;
    let extra = {};
    const isDirty = () => text() !== confirmed;

    // --- The copy in this browser ----------------------------------------------------------------------------------

    const keepCopy = (words = text()) => {
      clearTimeout(copyTimer);
      copyTimer = 0;
      if (words === confirmed) return true;
      if (words === copied) return true;
      const copy = {at: Date.now(), words: JSON.parse(words), base: form.dataset.base, turn};
      if (!localCopy.write(person, form.dataset.post, own('window').value, copy)) return false;
      copied = words;
      copiedSince ||= copy.at;
      return true;
    };
    const dropCopy = (post) => {
      localCopy.remove(person, post, own('window').value);
      copied = null;
      copiedSince = 0;
    };
    postForm.isKept = () => !isDirty() || keepCopy();
    postForm.isOnServer = () => !isDirty();
    const whereKept = () => (keepCopy() ? 'Your text is kept in this browser.' : 'This browser keeps no copy: leave this page open.');

    // --- The save line ---------------------------------------------------------------------------------------------

    const clock = (moment) => new Intl.DateTimeFormat('en-US', {hour: 'numeric', minute: '2-digit', timeZone: form.dataset.zone})
      .format(moment).replace(/\u202f/g, ' ').toLowerCase();
    const trouble = (kind, sentence, rest = '', isRetried = false) => {
      form.dataset.trouble = kind;
      const strong = document.createElement('span');
      strong.className = kind === 'offline' ? 'st-warn' : 'st-bad';
      strong.textContent = sentence;
      line.replaceChildren(strong, ` ${rest}`);
      line.setAttribute('role', kind === 'offline' ? 'status' : 'alert');
      if (isRetried) {
        const button = document.createElement('button');
        button.type = 'button';
        button.className = 'st-linkbtn';
        button.textContent = 'Try again now';
        button.addEventListener('click', () => save());
        line.append(' ', button);
      }
      line.hidden = false;
      state.hidden = kind !== 'trashed';
      offlineNote.hidden = kind !== 'offline';
      if (publish && isRetried) publish.disabled = true;
    };
    const calm = () => {
      delete form.dataset.trouble;
      line.hidden = true;
      state.hidden = false;
      offlineNote.hidden = true;
      if (publish) publish.disabled = false;
    };
    const later = () => {
      clearTimeout(againTimer);
      againTimer = setTimeout(save, AGAIN);
    };
    const isAway = (kind) => {
      // Whether the words arrived is not known: they go again, also where the page says meanwhile what it said before.
      confirmed = null;
      const isCopied = keepCopy(), where = whereKept();
      if (kind === 'refused') trouble('refused', 'Not saved.', where, true);
      else trouble('offline', isCopied ? `Offline. Kept in this browser since ${clock(copiedSince)}.` : 'Offline.', isCopied ? 'Keep writing.' : where, true);
      later();
    };

    // --- Sending ---------------------------------------------------------------------------------------------------

    const post = (data, options = {}) => fetch(form.dataset.autosave, {
      method: 'POST', body: data, headers: {Accept: 'application/json'}, redirect: 'manual', ...options,
    });
    const dataNow = () => {
      turn += 1;
      const data = new URLSearchParams(postForm.data());
      for (const [name, value] of Object.entries({_as: person, _turn: turn, ...extra})) data.set(name, value);
      return data;
    };
    const remember = (answer) => {
      for (const [name, value] of [['open_revision', answer.open], ['open_version', answer.version], ['base', answer.base]]) {
        own(name).value = value ?? '';
      }
      Object.assign(form.dataset, {open: answer.open, version: answer.version, base: answer.base ?? ''});
      if (!form.dataset.post) {
        // The new post has come into being: from here on this is its page.
        dropCopy('');
        Object.assign(form.dataset, {post: answer.post, autosave: answer.autosave});
        form.action = answer.address;
      }
      hasItsAddress();
    };
    // Not while the form is being sent, which brings the browser there anyway.
    const hasItsAddress = () => {
      if (!form.dataset.post || form.dataset.sending || !form.getAttribute('action')) return;
      if (location.pathname !== new URL(form.action).pathname) history.replaceState(history.state, '', form.action);
    };
    form.addEventListener('not-sent', hasItsAddress);
    const isSaved = (answer, sent) => {
      remember(answer);
      extra = {};
      confirmed = sent;
      calm();
      postForm.meanwhile = answer.readers;
      if (isDirty()) {
        schedule();
      } else {
        dropCopy(form.dataset.post);
        postForm.calm();
        postForm.say(answer.saved, answer.readers);
      }
      if (answer.trashed) trouble('trashed', 'This post is in the trash.', 'Your words are kept with it.');
    };
    const stop = (kind) => {
      stopped = kind;
      for (const one of [timer, againTimer]) clearTimeout(one);
    };

    // One request, and what its answer means. A lost token is asked for anew, once.
    const round = async (mayAskToken = true) => {
      const sent = text();
      if (stopped) return;
      if (sent === confirmed) {
        // What was typed is taken back, and the server never got it.
        dropCopy(form.dataset.post);
        return;
      }
      keepCopy(sent);
      if (!form.dataset.trouble) postForm.say('Saving…');
      let response = null, answer = null;
      try {
        response = await post(dataNow(), {signal: AbortSignal.timeout(PATIENCE)});
        if ((response.headers.get('Content-Type') || '').includes('json')) answer = await response.json();
      } catch {
        isAway('offline');
        return;
      }
      if (!answer && response.status === 403 && mayAskToken) {
        let who = null;
        try {
          who = await postForm.whoIsIn();
        } catch {
          isAway('offline');
          return;
        }
        if (who.same) await round(false);
        else postForm.signedOut(who);
        return;
      }
      if (!answer) {
        isAway('refused');
        return;
      }
      if (answer.state === 'saved') {
        isSaved(answer, sent);
      } else if (answer.state === 'signed_out' || answer.state === 'other_person') {
        postForm.signedOut({signed_in: answer.state === 'other_person'});
      } else {
        stop(answer.state);
        // With two texts the note above says whose they are; on a phone this line stays short beside its buttons.
        const words = {conflict: 'Autosave has stopped so that nothing is overwritten.', stale: 'This window saves no more.'}[answer.state];
        trouble(answer.state, (!words && answer.sentence) || 'Not saved.', words || whereKept());
        if (answer.mine && !isDirtyAgainst(sent)) dropCopy(form.dataset.post);
      }
      form.dispatchEvent(new CustomEvent('autosave-answer', {detail: answer}));
    };
    const isDirtyAgainst = (sent) => text() !== sent;
    const save = () => {
      clearTimeout(timer);
      timer = waitingSince = 0;
      clearTimeout(againTimer);
      flight ||= round().finally(() => { flight = null; });
      return flight;
    };
    postForm.flush = async () => {
      if (flight) await flight;
      if (!stopped && isDirty()) await save();
    };
    // For words of an earlier window: what the server needs to know beside them.
    postForm.saveInstead = async () => {
      if (flight) await flight;
      extra = {_instead: '1'};
      own('open_revision').value = own('open_version').value = '';
      await save();
    };
    // A new post that an earlier window began, perhaps as far as the server: this window goes on as that one.
    postForm.goOnAs = (copy) => {
      own('window').value = copy.window;
      turn = copy.turn || 0;
    };
    postForm.clock = clock;

    // --- When ------------------------------------------------------------------------------------------------------

    const schedule = () => {
      if (!copyTimer) copyTimer = setTimeout(keepCopy, COPY);
      if (stopped) return;
      const now = Date.now();
      waitingSince ||= now;
      clearTimeout(timer);
      timer = setTimeout(() => { if (flight) flight.then(schedule); else save(); }, Math.max(0, Math.min(PAUSE, waitingSince + LONGEST - now)));
    };
    for (const kind of ['input', 'change', 'article-changed']) form.addEventListener(kind, () => schedule());
    form.addEventListener('signed-in-again', () => save());
    window.addEventListener('online', () => { if (form.dataset.trouble) save(); });
    window.addEventListener('pageshow', () => { if (isDirty()) schedule(); });

    // Text that an input method or a prediction put in gives no event of the editor's.
    let looked = null;
    setInterval(() => {
      const editor = window.CKEDITOR && window.CKEDITOR.instances.id_body;
      if (document.hidden || !editor || editor.status !== 'ready') return;
      const now = editor.editable().getHtml();
      if (looked !== null && now !== looked && !timer && !flight && isDirty()) form.dispatchEvent(new Event('article-changed'));
      looked = now;
    }, LOOK);

    // The page is put away, perhaps for good: what is not on the server goes there now, and stays in the copy.
    let isLeaving = false;
    form.addEventListener('submit', (event) => { isLeaving = !event.defaultPrevented; });
    const putAway = () => {
      const words = text();
      if (words === confirmed || isLeaving) return;
      keepCopy(words);
      if (stopped || form.dataset.trouble || document.querySelector('#signed-out[open]')) return;
      const data = dataNow();
      if (data.toString().length > KEEPALIVE) {
        if (document.visibilityState === 'hidden' && !flight) save();
        return;
      }
      post(data, {keepalive: true}).then(async (response) => {
        const answer = response.ok ? await response.json() : null;
        if (answer && answer.state === 'saved') isSaved(answer, words);
      }).catch(() => {});
    };
    document.addEventListener('visibilitychange', () => { if (document.visibilityState === 'hidden') putAway(); });
    window.addEventListener('pagehide', putAway);
    window.addEventListener('pageshow', () => { isLeaving = false; });

    // --- Stopping --------------------------------------------------------------------------------------------------

    form.addEventListener('autosave-stop', (event) => {
      stop('told');
      calm();
      if (event.detail && event.detail.readOnly === false) return;
      for (const field of form.elements) {
        if (field.matches('textarea,input:not([type=hidden],[type=checkbox],[type=radio])')) field.readOnly = true;
        else if (field.matches('select,button,[type=checkbox],[type=radio]')) field.disabled = true;
      }
      const editor = window.CKEDITOR && window.CKEDITOR.instances.id_body;
      if (editor && editor.status === 'ready') editor.setReadOnly(true);
      else if (editor) editor.on('instanceReady', () => editor.setReadOnly(true));
    });

    if (confirmed === null) schedule();
  }
}
