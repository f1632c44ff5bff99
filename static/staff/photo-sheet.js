// The photo sheet: pick a picture of the library or upload one, and say what it shows. Used for the main photo and in
// the text. `photoSheet.ask({title, current, file})` opens it and promises {id, src, alt, decorative, caption}, or null.
'use strict';
{
  const dialog = document.getElementById('photo-sheet');
  const find = (selector) => dialog.querySelector(selector);
  const form = dialog && find('form');
  const NOT_SAID = 'Describe this photo for someone who cannot see it, or tick “Only decoration”.';
  const isNarrow = () => matchMedia('(max-width: 767px)').matches;
  const SIGNED_OUT = 'You may have been signed out. Log in again in another tab, then press “Use photo” once more.';

  // The token changes when somebody logs in again in another tab; the cookie has the newest one, and the post's form
  // gets it, too.
  const token = () => {
    const field = document.querySelector('#post_form [name=csrfmiddlewaretoken]');
    const newest = /(?:^|;\s*)(?:__Host-)?csrftoken=([^;]+)/.exec(document.cookie);
    if (newest) field.value = decodeURIComponent(newest[1]);
    return field.value;
  };

  class PhotoSheet {
    constructor() {
      this.error = find('[data-error]');
      this.input = find('#photo-file');
      this.picked = find('[data-picked]');
      this.preview = find('[data-picked] img');
      this.library = find('[data-library]');
      this.search = find('#photo-search');
      this.found = find('[data-found]');
      this.tiles = find('[data-tiles]');
      this.more = find('[data-more]');
      this.details = find('[data-details]');
      this.alt = find('#photo-alt');
      this.decorative = find('#photo-decorative');
      this.caption = find('#photo-caption');
      this.who = find('[data-who]');
      this.use = find('[data-use]');
      this.progress = find('[data-progress]');
      this.focalPart = find('[data-focal-part]');
      [this.across, this.down] = [find('#photo-focal-x'), find('#photo-focal-y')];
      this.focalPictures = this.focalPart.querySelectorAll('img');
      this.showFocal = window.focalPoint(find('[data-focal]'), this.across, this.down, find('.st-crops').children);
      this.asked = 0;

      if (this.input) this.input.addEventListener('change', () => this.input.files[0] && this.takeFile(this.input.files[0]));
      find('[data-other]').addEventListener('click', () => this.showLibrary());
      find('[data-cancel]').addEventListener('click', () => dialog.close());
      this.more.addEventListener('click', () => this.load(this.nextPage));
      this.search.addEventListener('input', () => {
        clearTimeout(this.pause);
        this.pause = setTimeout(() => this.load(1), 250);
      });
      this.search.addEventListener('keydown', (event) => {
        if (event.key !== 'Enter') return;
        event.preventDefault();
        clearTimeout(this.pause);
        this.load(1);
      });
      this.decorative.addEventListener('change', () => { this.alt.disabled = this.decorative.checked; });
      form.addEventListener('submit', (event) => {
        event.preventDefault();
        this.finish();
      });
      dialog.addEventListener('close', () => this.settle(null));
      dialog.addEventListener('dragover', (event) => event.preventDefault());
      dialog.addEventListener('drop', (event) => {
        event.preventDefault();
        const file = event.dataTransfer.files[0];
        if (file && this.input) this.takeFile(file);
      });
      dialog.addEventListener('paste', (event) => {
        const file = [...event.clipboardData.files].find((one) => one.type.startsWith('image/'));
        if (!file || !this.input) return;
        event.preventDefault();
        this.takeFile(file);
      });
    }

    ask({title, current = null, file = null}) {
      this.settle(null);
      find('h2').textContent = title;
      this.current = current;
      this.search.value = '';
      this.showLibrary();
      if (current && current.id) {
        this.choose({id: current.id, src: current.src, described: true}, current);
        if (isNarrow()) this.jumpToForm();
      }
      if (file && this.input) this.takeFile(file);
      else if (file) this.complain('Your login may not add photos. Pick one from the library.');
      dialog.showModal();
      if (file && this.input) this.alt.focus();
      else if (this.library.hidden) find('[data-other]').focus();
      else (this.input || this.search).focus();
      return new Promise((resolve) => { this.resolve = resolve; });
    }

    settle(photo) {
      const resolve = this.resolve;
      this.resolve = null;
      this.asked += 1;
      this.busy(false);
      if (this.url) URL.revokeObjectURL(this.url);
      this.url = this.file = null;
      if (resolve) resolve(photo);
    }

    showLibrary() {
      this.file = null;
      this.chosen = null;
      if (this.input) this.input.value = '';
      this.who.querySelectorAll('[type=radio],[type=checkbox]').forEach((box) => { box.checked = false; });
      this.who.querySelector('[name=consent]').value = '';
      this.picked.hidden = this.who.hidden = this.details.hidden = this.focalPart.hidden = true;
      this.focalPart.open = false;
      this.library.hidden = false;
      if (this.input) find('[data-drop]').hidden = false;
      this.complain('');
      this.load(1);
    }

    describe({alt = '', decorative = false, caption = ''}) {
      this.alt.value = alt;
      this.decorative.checked = decorative;
      this.alt.disabled = decorative;
      this.caption.value = caption;
      this.details.hidden = false;
    }

    choose(image, words) {
      this.file = null;
      this.chosen = image;
      this.who.hidden = image.described;
      this.complain('');
      this.describe(words);
      this.offerFocal(dialog.dataset.said && image.focal, image.src);
    }

    // Where a picture cannot be cropped anew, nothing is offered.
    offerFocal(focal, src) {
      this.focal = focal || null;
      this.focalPart.hidden = !focal;
      if (!focal) return;
      [this.across.value, this.down.value] = focal;
      for (const picture of this.focalPictures) picture.src = src;
      this.showFocal();
    }

    // On a phone the form takes the tiles' place, so that nobody has to look for it below them.
    jumpToForm() {
      this.preview.src = this.chosen.src;
      this.picked.hidden = false;
      this.library.hidden = true;
      if (this.input) find('[data-drop]').hidden = true;
      find('[data-body]').scrollTop = dialog.scrollTop = 0;
      find('[data-other]').focus();
    }

    takeFile(file) {
      this.file = file;
      this.chosen = null;
      if (this.url) URL.revokeObjectURL(this.url);
      this.url = URL.createObjectURL(file);
      this.preview.src = this.url;
      this.picked.hidden = this.who.hidden = false;
      this.library.hidden = find('[data-drop]').hidden = true;
      this.complain('');
      this.describe({});
      this.offerFocal([0.5, 0.5], this.url);
      this.alt.focus();
    }

    async load(page) {
      const asked = (this.asked += 1);
      const query = new URLSearchParams({q: this.search.value.trim(), page});
      let answer = null;
      try {
        const response = await fetch(`${dialog.dataset.choose}?${query}`, {headers: {Accept: 'application/json'}});
        answer = await response.json();
      } catch {
        answer = {error: 'The library did not answer. Check the connection and that you are signed in, then search again.'};
      }
      if (asked !== this.asked) return;
      if (page === 1) this.tiles.querySelectorAll('label').forEach((tile) => tile.remove());
      if (answer.error) {
        this.found.textContent = answer.error;
        this.more.hidden = true;
        return;
      }
      this.tiles.append(...answer.images.map((image) => this.tile(image)));
      this.nextPage = answer.next;
      this.more.hidden = !answer.next;
      const photos = answer.total === 1 ? '1 photo' : `${answer.total} photos`;
      this.found.textContent = answer.total || !this.search.value.trim() ? photos : 'Nothing found';
    }

    tile(image) {
      const label = document.createElement('label');
      label.className = 'st-tile';
      const radio = document.createElement('input');
      radio.type = 'radio';
      radio.name = 'photo';
      radio.value = image.id;
      radio.checked = this.chosen !== null && String(this.chosen.id) === String(image.id);
      radio.addEventListener('change', () => {
        const same = this.current && String(this.current.id) === String(image.id);
        this.choose(image, same ? this.current : {alt: image.alt_text, decorative: image.decorative, caption: image.caption});
      });
      // Arrow keys walk through the tiles; a finger or a mouse has chosen at once.
      label.addEventListener('click', (event) => {
        if (isNarrow() && event.detail > 0) setTimeout(() => { if (this.chosen) this.jumpToForm(); });
      });
      const picture = document.createElement('img');
      picture.src = image.thumbnail || image.src;
      picture.alt = image.name;
      picture.loading = 'lazy';
      label.append(radio, picture);
      return label;
    }

    complain(sentence, place) {
      this.error.textContent = sentence;
      this.error.hidden = !sentence;
      if (!sentence) return;
      if (place) place.focus();
    }

    busy(on) {
      this.use.disabled = on;
      this.use.textContent = on ? 'Uploading…' : 'Use photo';
      this.progress.hidden = !on;
      this.progress.value = 0;
    }

    get whoIsSaid() { return form.querySelector('[name=depicts]:checked'); }

    get point() { return [Number(this.across.value), Number(this.down.value)]; }

    async finish() {
      if (this.use.disabled) return;
      const words = {
        alt: this.alt.value.trim(), decorative: this.decorative.checked, caption: this.caption.value.trim(),
      };
      if (!this.file && !this.chosen) {
        this.complain('Choose a photo first.', this.input || this.search);
        return;
      }
      if (!words.decorative && !words.alt) {
        this.complain(NOT_SAID, this.alt);
        return;
      }
      if (words.decorative) words.alt = '';
      let image = this.chosen;
      if ((this.file || !image.described) && !this.whoIsSaid) {
        this.complain('Say who is in it.', form.querySelector('[name=depicts]'));
        return;
      }
      if (!this.file && !image.described && !dialog.dataset.said) {
        this.complain('Nobody has described this photo in the library yet, and your login may not. Pick another one.', this.search);
        return;
      }
      const moved = this.focal && this.point.some((share, axis) => Math.abs(share - this.focal[axis]) > 0.005);
      if (this.file) image = await this.send(dialog.dataset.upload, words);
      else if (moved || !image.described) image = await this.send(dialog.dataset.said.replace('/0/', `/${image.id}/`), words);
      if (!image) return;
      this.settle({id: String(image.id), src: image.src, ...words});
      dialog.close();
    }

    // Sends the photo, or what is new about one of the library; promises the server's answer, or null after a complaint.
    async send(address, words) {
      const asked = (this.asked += 1);
      const data = new FormData();
      if (this.file) data.append('file', this.file);
      data.append('alt_text', words.alt);
      if (words.decorative) data.append('is_decorative', 'on');
      data.append('caption', words.caption);
      data.append('depicts', this.whoIsSaid ? this.whoIsSaid.value : this.chosen.depicts);
      for (const field of this.who.querySelectorAll('input,select')) {
        if (field.name !== 'depicts' && (field.type !== 'checkbox' || field.checked)) data.append(field.name, field.value);
      }
      if (this.focal) this.point.forEach((share, axis) => data.append(['focal_x', 'focal_y'][axis], share));
      this.complain('');
      this.busy(true);
      const answer = await this.request(address, data);
      if (asked !== this.asked) return null;
      this.busy(false);
      if (!answer.error) {
        this.offerConsent(answer);
        return answer;
      }
      const places = {alt_text: this.alt, is_decorative: this.decorative, caption: this.caption};
      const place = places[answer.field] || (answer.field && this.who.querySelector(`[name=${CSS.escape(answer.field)}]`));
      this.complain(answer.error, place);
      return null;
    }

    // A consent that was just written down can be chosen for the next picture, and the number after it is proposed.
    offerConsent({consent, next_reference: next}) {
      if (!consent) return;
      const list = this.who.querySelector('[name=consent]');
      if (![...list.options].some((option) => option.value === String(consent.id))) list.add(new Option(consent.label, consent.id));
      this.who.querySelector('[name=new_reference]').value = next;
    }

    request(address, data) {
      return new Promise((resolve) => {
        const request = new XMLHttpRequest();
        request.open('POST', address);
        request.setRequestHeader('X-CSRFToken', token());
        request.setRequestHeader('Accept', 'application/json');
        request.upload.addEventListener('progress', (event) => {
          if (event.lengthComputable) this.progress.value = event.loaded / event.total;
        });
        request.addEventListener('error', () => {
          resolve({error: 'The photo did not get through. Check the connection, then press “Use photo” again.'});
        });
        request.addEventListener('load', () => {
          try {
            resolve(JSON.parse(request.responseText));
          } catch {
            resolve({error: request.status >= 500 ? 'The server did not answer. Nothing is lost; try again.' : SIGNED_OUT});
          }
        });
        request.send(data);
      });
    }
  }

  if (dialog) window.photoSheet = new PhotoSheet();
}
