// Finds words in the article and in fields, and shows them: the n-th occurrence of a quote, across bold words and links,
// in tables and captions too. White space counts as one blank, whatever kind it is; a paragraph's end is one as well.
'use strict';
{
  const BLOCKS = new Set('P H1 H2 H3 H4 H5 H6 LI UL OL DIV FIGURE FIGCAPTION BLOCKQUOTE TABLE CAPTION THEAD TBODY TFOOT TR TD TH DETAILS SUMMARY'.split(' '));
  // What CKEditor keeps in the text for itself.
  const OWN = '[data-cke-hidden-sel],[data-cke-bookmark],.cke_widget_drag_handler_container,.cke_widget_mask';
  const UNSEEN = /[\u00ad\u200b-\u200d\u2060\ufeff]/;
  const BLANK = /\s/;

  // Text as it is compared, and for each of its characters where it stands.
  class Reading {
    constructor() {
      this.text = '';
      this.nodes = [];
      this.offsets = [];
    }

    take(node, raw) {
      let taken = '';
      for (let at = 0; at < raw.length; at += 1) {
        const letter = raw[at];
        if (UNSEEN.test(letter)) continue;
        const isBlank = BLANK.test(letter);
        if (isBlank && (taken ? taken.endsWith(' ') : this.text === '' || this.text.endsWith(' '))) continue;
        taken += isBlank ? ' ' : letter;
        this.nodes.push(node);
        this.offsets.push(at);
      }
      this.text += taken;
    }

    end() {
      if (this.text === '' || this.text.endsWith(' ')) return;
      this.text += ' ';
      this.nodes.push(this.nodes.at(-1));
      this.offsets.push(this.offsets.at(-1));
    }

    // The first and the last character of every occurrence of a quote.
    all(quote) {
      const wanted = quote.replace(new RegExp(UNSEEN, 'g'), '').replace(/\s+/g, ' ').trim();
      const found = [];
      for (let at = wanted ? this.text.indexOf(wanted) : -1; at >= 0; at = this.text.indexOf(wanted, at + wanted.length)) {
        found.push([at, at + wanted.length - 1]);
      }
      return found;
    }
  }
  // Where fewer are left than were counted, words were taken out meanwhile: the last one is the nearest.
  const nthOf = (found, nth) => found[Math.min(nth, found.length - 1)];

  const readElement = (root) => {
    const reading = new Reading();
    const walk = (node) => {
      for (let child = node.firstChild; child; child = child.nextSibling) {
        if (child.nodeType === Node.TEXT_NODE) {
          reading.take(child, child.data);
        } else if (child.nodeName === 'BR') {
          reading.end();
        } else if (child.nodeType === Node.ELEMENT_NODE && !child.matches(OWN)) {
          const isBlock = BLOCKS.has(child.nodeName);
          if (isBlock) reading.end();
          walk(child);
          if (isBlock) reading.end();
        }
      }
    };
    walk(root);
    return reading;
  };

  const rangeIn = (reading, quote, nth) => {
    const found = nthOf(reading.all(quote), nth);
    if (!found) return null;
    const [first, last] = found;
    const range = document.createRange();
    range.setStart(reading.nodes[first], reading.offsets[first]);
    range.setEnd(reading.nodes[last], reading.offsets[last] + 1);
    return range;
  };

  const showRange = (range) => {
    const box = range.getBoundingClientRect();
    const isInSight = box.top > innerHeight * 0.2 && box.bottom < innerHeight * 0.8;
    if (!isInSight) window.scrollBy({top: box.top - innerHeight / 2, behavior: 'instant'});
  };

  window.wordsInText = {
    // The ranges of many {quote, nth} in an element, read once; null for what is not there.
    ranges(root, wanted) {
      const reading = readElement(root);
      return wanted.map(({quote, nth}) => rangeIn(reading, quote, nth));
    },
    // Selects the n-th occurrence in the text of an editor. False where the words are not there (any more).
    selectInEditor(editor, quote, nth) {
      const root = editor.editable().$;
      if (!rangeIn(readElement(root), quote, nth)) return false;
      // The text is read once it has the focus: CKEditor tidies it up then.
      editor.focus();
      const range = rangeIn(readElement(root), quote, nth);
      // A caption is a small text of its own inside its photo.
      const place = range.startContainer.parentElement.closest('[contenteditable=true]') || root;
      place.focus({preventScroll: true});
      const selection = getSelection();
      selection.removeAllRanges();
      selection.addRange(range);
      showRange(range);
      return true;
    },
    // Selects the n-th occurrence in some fields, counted through all of them. False where it is in none.
    selectInFields(fields, quote, nth) {
      const found = fields.flatMap((field) => {
        const reading = new Reading();
        reading.take(field, field.value);
        return reading.all(quote).map(([first, last]) => ({field, from: reading.offsets[first], to: reading.offsets[last] + 1}));
      });
      const chosen = nthOf(found, nth);
      if (!chosen) return false;
      chosen.field.focus();
      chosen.field.setSelectionRange(chosen.from, chosen.to);
      return true;
    },
  };
}
