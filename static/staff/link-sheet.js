// The link sheet: type an address, or words of a title and pick the post. A picked post is kept by its number, so that
// the link follows it. `linkSheet.ask({address, inside, bare})` opens it and promises {answer, href, words, post}:
// `answer` is set, remove or blank; `post` is what the server said of a picked post, or null.
'use strict';
{
  const dialog = document.getElementById('link-sheet');
  const find = (selector) => dialog.querySelector(selector);
  const WRONG = 'Type an address such as https://example.com, name@example.com or a phone number, or pick a post from the list.';

  const asAddress = (typed) => {
    const text = typed.trim();
    if (/^[^\s@/:]+@[^\s@/:]+\.[^\s@/:]+$/.test(text)) return `mailto:${text}`;
    if (/^\+?[\d\s().-]{7,20}$/.test(text)) return `tel:${text.replace(/[^\d+]/g, '')}`;
    if (/^(https?:\/\/\S+|mailto:\S+|tel:\S+|[/#]\S*)$/i.test(text)) return text;
    if (/^[\w-]+(\.[\w-]+)+([/?#:]\S*)?$/.test(text)) return `https://${text}`;
    return null;
  };

  const whole = (post) => (post.fragment ? `${post.address}#${post.fragment}` : post.address);

  class LinkSheet {
    constructor() {
      this.address = find('#link-address');
      this.words = find('#link-words');
      this.error = find('[data-error]');
      this.posts = find('[data-posts]');
      this.found = find('[data-leads]');
      this.asked = 0;
      this.address.addEventListener('input', () => {
        this.post = null;
        clearTimeout(this.pause);
        this.pause = setTimeout(() => this.search(), 250);
      });
      this.posts.addEventListener('click', (event) => {
        const button = event.target.closest('button');
        if (button) this.pick(this.offered[Number(button.value)]);
      });
      find('form').addEventListener('submit', (event) => {
        event.preventDefault();
        if (!this.post && !asAddress(this.address.value)) {
          this.error.textContent = WRONG;
          this.error.hidden = false;
          this.address.focus();
          return;
        }
        dialog.close('set');
      });
      find('[data-cancel]').addEventListener('click', () => dialog.close(''));
      find('[data-remove]').addEventListener('click', () => dialog.close('remove'));
    }

    async ask({address, inside, bare}) {
      this.address.value = address;
      this.words.value = '';
      this.post = null;
      this.error.hidden = true;
      find('[data-words]').hidden = !bare;
      find('[data-remove]').hidden = !inside;
      this.show([], '');
      dialog.returnValue = '';
      dialog.showModal();
      this.search();
      await new Promise((resolve) => { dialog.addEventListener('close', resolve, {once: true}); });
      clearTimeout(this.pause);
      this.asked += 1;
      const post = this.post;
      const href = post ? whole(post) : asAddress(this.address.value);
      const words = this.words.value.trim() || (post ? post.title : this.address.value.trim());
      return {answer: dialog.returnValue, href, words, post};
    }

    // An address of this blog is known as its post at once; other addresses lead away and need no search.
    async search() {
      const asked = (this.asked += 1);
      const text = this.address.value.trim();
      const known = asAddress(text);
      const isOwn = known && (known.startsWith('/') || known.startsWith(`${location.origin}/`));
      if (!text || (known && !isOwn)) {
        this.show([], '');
        return;
      }
      let answer = {posts: []};
      try {
        const response = await fetch(`${dialog.dataset.find}?${new URLSearchParams({q: text})}`, {headers: {Accept: 'application/json'}});
        answer = await response.json();
      } catch {
        answer = {posts: [], error: 'The list of posts did not answer. An address works without it.'};
      }
      if (asked !== this.asked || !dialog.open) return;
      if (known && answer.posts && answer.posts.length === 1) {
        this.pick(answer.posts[0]);
        return;
      }
      const nothing = known ? '' : 'Nothing found';
      this.show(answer.posts || [], answer.error || (answer.posts.length ? '' : nothing));
    }

    pick(post) {
      this.post = post;
      this.address.value = whole(post);
      this.error.hidden = true;
      const state = post.live ? '' : ` Readers cannot open it now (${post.word.toLowerCase()}): until it is live they see only the words.`;
      this.show([], `Leads to the post “${post.title}”, whatever its address becomes.${state}`);
      this.address.focus();
    }

    show(posts, sentence) {
      this.offered = posts;
      this.found.textContent = sentence;
      this.posts.replaceChildren(...posts.map((post, number) => {
        const item = document.createElement('li');
        const button = document.createElement('button');
        button.type = 'button';
        button.value = number;
        const word = document.createElement('span');
        word.className = 'st-sub';
        word.textContent = post.word;
        button.append(post.title, ' ', word);
        item.append(button);
        return item;
      }));
    }
  }

  if (dialog) window.linkSheet = new LinkSheet();
}
