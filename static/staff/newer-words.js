// Words that an earlier window of the same person left in this browser, because the server did not have them: both texts
// are shown, and none is thrown away. The one that is not taken is kept among the versions, or as a draft of its own.
'use strict';
{
  const {postForm, localCopy} = window;
  const note = document.querySelector('[data-newer]');
  if (postForm && localCopy && note) {
    const form = postForm.form;
    const dialog = document.getElementById('compare-words');
    const part = (name) => document.querySelector(`[data-newer-${name}]`);
    const person = form.dataset.person;
    let copy = null;

    const normal = (html) => {
      const editor = window.CKEDITOR && window.CKEDITOR.instances.id_body;
      if (!editor || editor.status !== 'ready') return html.trim();
      return editor.dataProcessor.toDataFormat(editor.dataProcessor.toHtml(html)).trim();
    };
    // By field name, each value as it compares.
    const byName = (words) => {
      const found = new Map();
      for (const [name, value] of words) {
        const plain = name === 'body' ? normal(value) : value.replace(/\r\n/g, '\n').trim();
        found.set(name, [...(found.get(name) || []), plain]);
      }
      return found;
    };
    const differing = (one, other) => {
      const [here, there] = [byName(one), byName(other)];
      const names = new Set([...here.keys(), ...there.keys()]);
      return [...names].filter((name) => (here.get(name) || []).join('\n') !== (there.get(name) || []).join('\n'));
    };

    const lines = (words, name) => {
      const values = words.filter(([one]) => one === name).map(([, value]) => value);
      if (name === 'body') {
        const page = new DOMParser().parseFromString(values[0] || '', 'text/html');
        const blocks = [...page.querySelectorAll('p,li,h2,h3,h4,td,th,figcaption,img')];
        return blocks.map((block) => (block.matches('img') ? `[Photo: ${block.alt || 'only decoration'}]` : block.textContent.trim())).filter(Boolean);
      }
      return values.flatMap((value) => {
        const fields = form.querySelectorAll(`[name="${CSS.escape(name)}"]`);
        if (fields[0] && fields[0].matches('select')) {
          const option = [...fields[0].options].find((one) => one.value === value);
          return [option ? option.textContent.trim() : value];
        }
        const choice = [...fields].find((field) => field.matches('[type=radio],[type=checkbox]') && field.value === value);
        if (choice) return [choice.matches('[type=checkbox]') ? 'Yes' : (choice.closest('label') || choice).textContent.trim()];
        return value.trim() ? value.split('\n') : [];
      });
    };
    const labelOf = (name) => {
      if (name === 'hero_image') return 'Main photo';
      const field = form.querySelector(`[name="${CSS.escape(name)}"]`);
      const label = document.querySelector(`label[for="id_${name}"]`);
      const legend = field && field.closest('fieldset') && field.closest('fieldset').querySelector('legend');
      return (label || legend || (field && field.closest('label')) || {textContent: field && field.getAttribute('aria-label') || name}).textContent.trim();
    };
    const column = (heading, own, other) => {
      const box = document.createElement('div');
      const title = document.createElement('h4');
      title.textContent = heading;
      box.append(title);
      for (const line of own.length ? own : ['Nothing']) {
        const paragraph = document.createElement('p');
        const place = other.includes(line) ? paragraph : document.createElement('mark');
        place.textContent = line;
        if (place !== paragraph) paragraph.append(place);
        box.append(paragraph);
      }
      return box;
    };
    const moment = (at) => {
      const day = new Intl.DateTimeFormat('en-US', {weekday: 'long', timeZone: form.dataset.zone}).format(at);
      const today = new Intl.DateTimeFormat('en-US', {weekday: 'long', timeZone: form.dataset.zone}).format(Date.now());
      return day === today && Date.now() - at < 86400000 ? postForm.clock(at) : `${day} ${postForm.clock(at)}`;
    };

    const compare = () => {
      const here = postForm.words();
      part('fields').replaceChildren(...differing(copy.words, here).map((name) => {
        const section = document.createElement('section');
        const title = document.createElement('h3');
        title.textContent = labelOf(name);
        const pair = document.createElement('div');
        pair.className = 'st-two-texts';
        const [one, other] = [lines(copy.words, name), lines(here, name)];
        pair.append(column(`In this browser, ${moment(copy.at)}`, one, other), column('On this page', other, one));
        section.append(title, pair);
        return section;
      }));
      dialog.showModal();
    };
    const forget = () => {
      localCopy.remove(person, copy.post, copy.window);
      note.hidden = true;
      dialog.close();
    };
    const say = (sentence) => {
      part('done').textContent = sentence;
      part('done').hidden = false;
    };
    const use = async () => {
      const taken = copy;
      dialog.close();
      note.hidden = true;
      // What stands on the page goes to the server first, so that it is among the versions.
      await postForm.flush();
      if (!form.dataset.post) postForm.goOnAs(taken);
      await postForm.putBack(taken.words);
      if (form.dataset.post) await postForm.saveInstead();
      else await postForm.flush();
      if (postForm.isOnServer()) {
        localCopy.remove(person, taken.post, taken.window);
        say('The words of this browser stand here now. The others are kept among the earlier versions.');
      } else {
        note.hidden = false;
      }
      offer();
    };
    const keep = async () => {
      const data = new URLSearchParams(copy.words);
      const known = {base: copy.base || '', window: copy.window, _as: person, _turn: String((copy.turn || 0) + 1)};
      if (copy.post) known._beside = '1';
      for (const [name, value] of Object.entries(known)) data.set(name, value);
      let answer = null;
      try {
        await postForm.whoIsIn();
        data.set('csrfmiddlewaretoken', form.elements.csrfmiddlewaretoken.value);
        const address = copy.post ? form.dataset.autosave : form.dataset.autosaveNew;
        const response = await fetch(address, {method: 'POST', body: data, headers: {Accept: 'application/json'}});
        answer = await response.json();
      } catch { /* Said below. */ }
      if (answer && ['kept', 'saved'].includes(answer.state)) {
        forget();
        say(answer.state === 'kept' ? 'The words of this browser are kept among the earlier versions.' : 'The words of this browser are a draft of their own now, under Posts.');
        offer();
      } else {
        dialog.close();
        say('The server did not take them. They stay in this browser; try again.');
      }
    };

    const offer = () => {
      copy = null;
      for (const left of localCopy.left(person, form.dataset.post, form.elements.window.value)) {
        left.post = form.dataset.post;
        if (differing(left.words, postForm.words()).length) {
          copy = left;
          break;
        }
        // The same words as here: they are on the server, or this window keeps them from now on.
        if (postForm.isKept()) localCopy.remove(person, left.post, left.window);
      }
      note.hidden = !copy;
      if (!copy) return;
      const stored = Date.parse(form.dataset.savedAt || '') || 0;
      const against = stored ? ` (${moment(copy.at)} against ${moment(stored)})` : ` (${moment(copy.at)})`;
      if (!form.dataset.post) part('title').textContent = 'This browser holds words of a new post';
      else part('title').textContent = copy.at > stored ? 'This browser holds newer words than the server' : 'This browser holds other words than the server';
      part('when').textContent = `${against}.`;
    };

    part('compare').addEventListener('click', compare);
    for (const button of document.querySelectorAll('[data-newer-use]')) button.addEventListener('click', use);
    for (const button of document.querySelectorAll('[data-newer-keep]')) button.addEventListener('click', keep);
    part('close').addEventListener('click', () => dialog.close());
    // A window that saves no more takes no words either; they are offered again where it is loaded anew.
    form.addEventListener('autosave-stop', () => {
      note.hidden = true;
      dialog.close();
    });
    const editor = window.CKEDITOR && window.CKEDITOR.instances.id_body;
    if (editor && editor.status !== 'ready') editor.on('instanceReady', offer);
    else offer();
  }
}
