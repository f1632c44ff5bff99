// Several pictures at once: one request each, one after the other, each with its bar. What fails says why and can be tried
// again; what came in waits in the queue for its description. Words of the server are put in as text.
'use strict';
{
  const part = document.querySelector('[data-many]');
  const find = (selector) => part.querySelector(selector);
  const token = () => {
    const newest = /(?:^|;\s*)(?:__Host-)?csrftoken=([^;]+)/.exec(document.cookie);
    return newest ? decodeURIComponent(newest[1]) : document.querySelector('[name=csrfmiddlewaretoken]').value;
  };
  const node = (name, attributes, ...children) => {
    const element = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    element.append(...children);
    return element;
  };

  // One file on its way. Promises the server's answer, or {error: a sentence}.
  const send = (file, progress) => new Promise((resolve) => {
    const request = new XMLHttpRequest();
    request.open('POST', part.dataset.upload);
    request.setRequestHeader('X-CSRFToken', token());
    request.setRequestHeader('Accept', 'application/json');
    request.upload.addEventListener('progress', (event) => {
      if (event.lengthComputable) progress(event.loaded / event.total);
    });
    request.addEventListener('error', () => resolve({error: 'It did not get through. Check the connection, then try again.'}));
    request.addEventListener('load', () => {
      try {
        resolve(JSON.parse(request.responseText));
      } catch {
        resolve({error: request.status >= 500
          ? 'The server did not answer. Try again in a moment.'
          : 'You may have been signed out. Log in again in another tab, then try again.'});
      }
    });
    const data = new FormData();
    data.append('file', file);
    data.append('later', '1');
    request.send(data);
  });

  class Uploads {
    constructor() {
      this.list = find('[data-files]');
      this.sum = find('[data-sum]');
      this.then = find('[data-then]');
      this.waiting = [];
      this.counts = {all: 0, came: 0, known: 0, failed: 0};
      this.undescribed = new Set();
      this.input = find('#many-files');
      this.input.addEventListener('change', () => {
        this.add(this.input.files);
        this.input.value = '';
      });
      const drop = find('[data-drop]');
      drop.addEventListener('dragover', (event) => event.preventDefault());
      drop.addEventListener('drop', (event) => {
        event.preventDefault();
        this.add(event.dataTransfer.files);
      });
      window.addEventListener('beforeunload', (event) => { if (this.running) event.preventDefault(); });
    }

    add(files) {
      for (const file of files) {
        const bar = node('progress', {max: 1, value: 0, 'aria-label': file.name});
        const state = node('span', {class: 'st-sub'}, 'Waits');
        const item = node('li', {}, node('span', {class: 'n'}, file.name), bar, state);
        this.list.append(item);
        this.counts.all += 1;
        this.waiting.push({file, bar, state, item});
      }
      this.say();
      this.run();
    }

    async run() {
      if (this.running) return;
      this.running = true;
      while (this.waiting.length) await this.one(this.waiting.shift());
      this.running = false;
      this.say();
    }

    async one(upload) {
      const {file, bar, state, item} = upload;
      state.textContent = 'On its way';
      const answer = await send(file, (share) => {
        bar.value = share;
        if (share === 1) state.textContent = 'Being prepared';
      });
      if (answer.error) {
        this.counts.failed += 1;
        state.textContent = answer.error;
        item.classList.add('bad');
        const again = node('button', {type: 'button', class: 'st-btn small', 'aria-label': `Try again: ${file.name}`}, 'Try again');
        again.addEventListener('click', () => {
          this.counts.failed -= 1;
          item.classList.remove('bad');
          again.remove();
          bar.value = 0;
          state.textContent = 'Waits';
          this.waiting.push(upload);
          this.run();
          this.input.focus();
        });
        item.append(again);
      } else {
        bar.value = 1;
        this.counts.came += 1;
        if (answer.known) this.counts.known += 1;
        if (!answer.described) this.undescribed.add(answer.id);
        state.textContent = answer.known ? 'The library had it already' : 'In the library';
        if (answer.thumbnail) item.prepend(node('img', {src: answer.thumbnail, alt: ''}));
      }
      this.say();
    }

    say() {
      const {all, came, known, failed} = this.counts;
      const describe = this.undescribed.size;
      const words = [`${came} of ${all} in the library`];
      if (known) words.push(`${known} had been there already`);
      if (failed) words.push(`${failed} did not come in`);
      this.sum.textContent = `${words.join(', ')}.`;
      this.then.hidden = !describe || this.running;
      const link = this.then.querySelector('a');
      link.textContent = describe === 1 ? 'Describe it: 1 needs a description' : `Describe them: ${describe} need a description`;
      link.href = `${part.dataset.describe}?of=${describe}`;
    }
  }

  if (part) {
    part.hidden = document.querySelector('[data-or]').hidden = false;
    new Uploads();
  }
}
