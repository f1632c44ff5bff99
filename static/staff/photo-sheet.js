// The photo sheet: pick a picture of the library or upload one, and say what it shows. Used for the main photo and in
// the text. `photoSheet.ask({title, current, file})` opens it and promises {id, src, alt, decorative, caption}, or null.
'use strict';
{
  const dialog = document.getElementById('photo-sheet');
  const find = (selector) => dialog.querySelector(selector);
  const form = dialog && find('form');
  const NOT_SAID = 'Describe this photo for someone who cannot see it, or tick “Only decoration”.';
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
    }

    ask({title, current = null, file = null}) {
      this.settle(null);
      find('h2').textContent = title;
      this.current = current;
      this.search.value = '';
      this.showLibrary();
      if (current && current.id) this.choose({id: current.id, src: current.src}, current);
      if (file && this.input) this.takeFile(file);
      else if (file) this.complain('Your login may not add photos. Pick one from the library.');
      dialog.showModal();
      if (file && this.input) this.alt.focus();
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
      form.querySelectorAll('[name=depicts]').forEach((radio) => { radio.checked = false; });
      this.picked.hidden = this.who.hidden = this.details.hidden = true;
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
      this.who.hidden = true;
      this.complain('');
      this.describe(words);
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
        if (matchMedia('(max-width: 767px)').matches) this.details.scrollIntoView({block: 'nearest'});
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
    }

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
      if (this.file) {
        if (!form.querySelector('[name=depicts]:checked')) {
          this.complain('Say who is in it.', form.querySelector('[name=depicts]'));
          return;
        }
        image = await this.upload(words);
        if (!image) return;
      }
      this.settle({id: String(image.id), src: image.src, ...words});
      dialog.close();
    }

    async upload(words) {
      const asked = (this.asked += 1);
      const data = new FormData();
      data.append('file', this.file);
      data.append('alt_text', words.alt);
      if (words.decorative) data.append('is_decorative', 'on');
      data.append('caption', words.caption);
      data.append('depicts', form.querySelector('[name=depicts]:checked').value);
      this.busy(true);
      let answer = null;
      try {
        const response = await fetch(dialog.dataset.upload, {
          method: 'POST', body: data, headers: {'X-CSRFToken': token(), Accept: 'application/json'},
        });
        const isJson = (response.headers.get('Content-Type') || '').includes('application/json');
        answer = isJson ? await response.json() : {error: response.status >= 500 ? 'The server did not answer. Nothing is lost; try again.' : SIGNED_OUT};
      } catch {
        answer = {error: 'The photo did not get through. Check the connection, then press “Use photo” again.'};
      }
      if (asked !== this.asked) return null;
      this.busy(false);
      if (!answer.error) return answer;
      const places = {alt_text: this.alt, caption: this.caption, depicts: form.querySelector('[name=depicts]')};
      this.complain(answer.error, places[answer.field]);
      return null;
    }
  }

  if (dialog) window.photoSheet = new PhotoSheet();
}
