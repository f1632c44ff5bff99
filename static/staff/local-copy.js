// A copy of what is typed in this browser, until the server has it. It belongs to one person, one post and one window, and
// is offered to nobody else. What comes back from here is put into fields as text, never as markup.
'use strict';
{
  const PREFIX = 'post-words';
  const keyOf = (person, post, name) => [PREFIX, person, post || 'new', name].join(':');

  window.localCopy = {
    // Whether it is kept: a browser may have no room, or keep nothing at all.
    write(person, post, name, copy) {
      try {
        localStorage.setItem(keyOf(person, post, name), JSON.stringify(copy));
        return true;
      } catch {
        return false;
      }
    },
    remove(person, post, name) {
      try { localStorage.removeItem(keyOf(person, post, name)); } catch { /* There is none, then. */ }
    },
    // Copies that other windows of this person left for this post, the newest first.
    left(person, post, name) {
      const found = [];
      try {
        const start = keyOf(person, post, '');
        for (const key of Object.keys(localStorage)) {
          if (!key.startsWith(start) || key === start + name) continue;
          try {
            const copy = JSON.parse(localStorage.getItem(key));
            if (Array.isArray(copy.words)) found.push({...copy, window: key.slice(start.length)});
          } catch { /* No copy of ours. */ }
        }
      } catch { /* This browser keeps nothing. */ }
      return found.sort((one, other) => other.at - one.at);
    },
  };
}
