// Warning boxes in the text: a menu that puts a box in, around the selected paragraphs, or away again, and the keys at
// its edges. What a box says by itself (its level, whom to call) is added on readers' pages; see blog/content/boxes.py.
'use strict';
{
  const CKEDITOR = window.CKEDITOR;
  const ASKS = 'asks';
  const LEVELS = {care: 'Not urgent', urgent: 'Urgent: call us the same day', emergency: 'Emergency: call 911'};
  const NAMES = {warning: 'Warning', note: 'Note', ...LEVELS, asks: 'What patients ask'};
  const QUESTIONS = ['What does it cost?', 'How long is the downtime?', 'Who should not have it?', 'When should I call?'];
  const NO_BOX = 'none';

  const isBox = (node) => Boolean(node && node.type === CKEDITOR.NODE_ELEMENT && node.is('aside'));
  const isEmpty = (block) => !/[^\s\u200b]/.test(block.getText()) && !block.findOne('img,table,hr,[data-widget]');
  const boxAt = (editor) => {
    const path = editor.elementPath();
    return path && path.contains((element) => isBox(element));
  };
  const element = (name, attributes, words) => {
    const made = new CKEDITOR.dom.element(name);
    made.setAttributes(attributes || {});
    if (words) made.setText(words);
    else if (name === 'p') made.appendBogus();
    return made;
  };
  const nameBox = (box, kind) => box.setAttributes({'data-box': kind, role: 'note', 'aria-label': NAMES[kind]});
  const childrenOf = (box) => box.getChildren().toArray();

  // The child of ``root`` in which a place lies.
  const topOf = (root, place) => {
    let top = place;
    while (top && !top.equals(root) && !top.getParent().equals(root)) top = top.getParent();
    return top && !top.equals(root) ? top : null;
  };

  const placeCaret = (editor, block) => {
    const range = editor.createRange();
    range.moveToElementEditStart(block);
    editor.focus();
    range.select();
    block.scrollIntoView();
  };

  const addQuestions = (box) => {
    const asked = new Set(childrenOf(box).map((child) => child.getText().trim()));
    for (const question of QUESTIONS) {
      if (asked.has(question)) continue;
      box.append(element('h3', {}, question));
      box.append(element('p'));
    }
  };

  // Questions that came with the box and that nobody answered are nobody's words.
  const dropUnanswered = (box) => {
    for (const heading of box.find('h3').toArray()) {
      if (!QUESTIONS.includes(heading.getText().trim())) continue;
      const next = heading.getNext((node) => node.type === CKEDITOR.NODE_ELEMENT);
      const answered = next && next.getName() !== 'h3' && !isEmpty(next);
      if (answered) continue;
      if (next && next.is('p')) next.remove();
      heading.remove();
    }
  };

  const changing = (editor, work) => {
    editor.focus();
    editor.fire('saveSnapshot');
    work();
    editor.fire('saveSnapshot');
    editor.selectionChange(true);
  };

  const keepingSelection = (editor, work) => {
    const places = editor.getSelection().createBookmarks();
    work();
    editor.getSelection().selectBookmarks(places);
  };

  // Takes the box away and leaves what is in it.
  const unwrap = (box) => {
    if (box.getAttribute('data-box') === ASKS) dropUnanswered(box);
    for (const child of childrenOf(box)) child.insertBefore(box);
    box.remove();
  };

  const remove = (editor, box) => changing(editor, () => {
    const empty = element('p');
    empty.insertBefore(box);
    keepingSelection(editor, () => unwrap(box));
    // A box without words leaves an empty paragraph; one with words needs none.
    const next = empty.getNext();
    const inside = next && next.type === CKEDITOR.NODE_ELEMENT && isEmpty(next) && next.is('p');
    if (next && !inside && editor.getSelection().getStartElement()) empty.remove();
    else { if (inside) next.remove(); placeCaret(editor, empty); }
  });

  const changeKind = (editor, box, kind) => changing(editor, () => keepingSelection(editor, () => {
    if (box.getAttribute('data-box') === ASKS) {
      dropUnanswered(box);
      for (const heading of box.find('h3').toArray()) heading.renameNode('p');
      if (!box.getChildCount()) box.append(element('p'));
    }
    nameBox(box, kind);
    if (kind === ASKS) {
      for (const child of childrenOf(box)) if (child.is && child.is('p') && isEmpty(child) && !child.findOne('[data-cke-bookmark]')) child.remove();
      addQuestions(box);
    }
  }));

  // A box that ends the text has a line below it, so that a finger gets out of it, too.
  const withLineBelow = (editor, box) => {
    if (!box.getNext()) editor.editable().append(element('p'));
  };

  const wrap = (editor, kind, range) => changing(editor, () => {
    const root = editor.editable();
    const first = topOf(root, range.startContainer.equals(root) ? root.getChild(range.startOffset) : range.startContainer);
    let last = topOf(root, range.endContainer.equals(root) ? root.getChild(Math.max(range.endOffset - 1, 0)) : range.endContainer);
    if (!first || !last) return;
    // A selection by three clicks ends before the first word of the next paragraph.
    if (!last.equals(first) && range.checkBoundaryOfElement(last, CKEDITOR.START) && range.endOffset === 0) last = last.getPrevious() || last;
    keepingSelection(editor, () => {
      const box = element('aside');
      nameBox(box, kind);
      box.insertBefore(first);
      const inside = [first];
      while (!inside[inside.length - 1].equals(last) && inside[inside.length - 1].getNext()) inside.push(inside[inside.length - 1].getNext());
      for (const child of inside) {
        box.append(child);
        if (isBox(child)) unwrap(child);
      }
      if (kind === ASKS) addQuestions(box);
      withLineBelow(editor, box);
    });
  });

  const insert = (editor, kind, range) => changing(editor, () => {
    const root = editor.editable();
    const top = topOf(root, range && !range.startContainer.equals(root) ? range.startContainer : root.getChild(range ? range.startOffset : 0));
    const box = element('aside');
    nameBox(box, kind);
    if (!top) root.append(box);
    else if (top.is && top.is('p') && isEmpty(top)) box.replace(top);
    else if (range.checkStartOfBlock() && top.is && top.is('p', 'h2', 'h3', 'h4')) box.insertBefore(top);
    else box.insertAfter(top);
    if (kind === ASKS) addQuestions(box);
    else box.append(element('p'));
    withLineBelow(editor, box);
    placeCaret(editor, box.findOne('p'));
  });

  const choose = (editor, kind) => {
    editor.focus();
    const box = boxAt(editor);
    const selection = editor.getSelection();
    const range = selection && selection.getRanges()[0];
    if (box && kind === NO_BOX) remove(editor, box);
    else if (box && kind !== box.getAttribute('data-box')) changeKind(editor, box, kind);
    else if (!box && kind !== NO_BOX && range && !range.collapsed) wrap(editor, kind, range);
    else if (!box && kind !== NO_BOX) insert(editor, kind, range);
  };

  const menu = (editor) => editor.ui.addRichCombo('StaffBoxes', {
    label: 'Warning boxes', title: 'Warning boxes', allowedContent: 'aside[!data-box]',
    panel: {
      css: [CKEDITOR.skin.getPath('editor')], multiSelect: false, attributes: {'aria-label': 'Warning boxes'},
    },
    init() {
      // The list is a page of its own, without the styles of this one.
      const add = (kind, words) => this.add(kind, `<span style="display:block;font:14px/20px sans-serif;padding:7px 0">${words}</span>`, words);
      this.startGroup('Warning boxes');
      for (const kind of ['warning', 'note', ASKS]) add(kind, NAMES[kind]);
      this.startGroup('Care cards');
      for (const kind of ['care', 'urgent', 'emergency']) add(kind, LEVELS[kind]);
      add(NO_BOX, 'No box, keep the words');
    },
    onClick(kind) { choose(editor, kind); },
    onRender() {
      editor.on('selectionChange', () => {
        const box = boxAt(editor);
        const kind = box ? box.getAttribute('data-box') : '';
        if (kind !== this.getValue()) this.setValue(kind, box ? NAMES[kind].split(':')[0] : '');
      });
    },
    onOpen() {
      this.showAll();
      const inside = Boolean(boxAt(editor));
      if (!inside) this.hideItem(NO_BOX);
      this._.panel.element.$.classList.toggle('in-box', inside);
    },
  });

  // --- Keys at the edges ------------------------------------------------------------------------------------------

  const isOutermost = (block, box) => block && block.getParent().equals(box);

  // Enter in an empty last line leaves the box; where nothing else is in it, the box goes.
  const leave = (editor, box, block) => changing(editor, () => {
    const below = box.getNext();
    const line = below && below.is && below.is('p') && isEmpty(below) ? below : block;
    if (line === block) block.insertAfter(box);
    else block.remove();
    if (!childrenOf(box).some((child) => child.type === CKEDITOR.NODE_ELEMENT)) box.remove();
    placeCaret(editor, line);
  });

  // Backspace before the first word takes that line out of the box; the last one takes the box with it.
  const stepOut = (editor, box, block) => changing(editor, () => {
    block.insertBefore(box);
    if (!childrenOf(box).some((child) => child.type === CKEDITOR.NODE_ELEMENT)) box.remove();
    placeCaret(editor, block);
  });

  const keys = (editor) => editor.on('key', (event) => {
    const code = event.data.keyCode;
    if ((code !== 13 && code !== 8) || editor.mode !== 'wysiwyg') return;
    const box = boxAt(editor);
    const range = box && editor.getSelection().getRanges()[0];
    if (!range || !range.collapsed) return;
    const block = editor.elementPath().block;
    if (!isOutermost(block, box)) return;
    const isElement = (node) => node.type === CKEDITOR.NODE_ELEMENT;
    if (code === 13 && block.is('p') && isEmpty(block) && !block.getNext(isElement)) leave(editor, box, block);
    else if (code === 8 && !block.getPrevious(isElement) && range.checkStartOfBlock()) stepOut(editor, box, block);
    else return;
    event.cancel();
  }, null, null, 5);

  // --- Pasted boxes -----------------------------------------------------------------------------------------------

  const OWN = {
    callout: 'warning', 'callout callout--note': 'note', care: 'care', 'care care--urgent': 'urgent',
    'care care--emergency': 'emergency', asks: ASKS,
  };
  const FOREIGN = [
    ['warning', ['notice-warning', 'notice-error', 'alert-warning', 'alert-danger', 'ub_notify_warning']],
    ['note', ['notice-info', 'alert-info', 'ub_notify_info']],
  ];

  const kindOf = (div) => {
    const classes = [...div.classList].sort().join(' ');
    const own = OWN[classes];
    if (own && (!classes.startsWith('care') || div.querySelector(':scope > h2, :scope > h3'))) return own;
    const [kind] = FOREIGN.find(([, names]) => names.some((name) => div.classList.contains(name))) || [];
    return kind;
  };

  // Boxes copied from a page of this blog, and notices of other sites. What DOMParser reads runs nothing.
  const asBoxes = (html) => {
    const page = new DOMParser().parseFromString(html, 'text/html');
    for (const div of page.querySelectorAll('div[class]')) {
      const kind = kindOf(div);
      if (!kind || div.parentElement.closest('aside[data-box]')) continue;
      for (const call of div.querySelectorAll(':scope > p.call')) call.remove();
      const title = div.querySelector(':scope > h2, :scope > h3');
      if (title && kind === ASKS && title.textContent.trim() === NAMES.asks) title.remove();
      else if (title && kind !== ASKS) {
        title.querySelectorAll(':scope > span').forEach((level) => level.remove());
        const line = page.createElement('p');
        line.append(...title.childNodes);
        title.replaceWith(line);
      }
      const box = page.createElement('aside');
      box.setAttribute('data-box', kind);
      box.append(...div.childNodes);
      div.replaceWith(box);
    }
    return new CKEDITOR.dom.element(page.body).getHtml();
  };

  const pasting = (editor) => {
    editor.on('paste', ({data}) => {
      if (/<div\b[^>]*\bclass=/i.test(data.dataValue || '')) data.dataValue = asBoxes(data.dataValue);
    }, null, null, 1);
    editor.on('instanceReady', () => {
      if (editor.pasteFilter) editor.pasteFilter.allow('aside[!data-box]', 'boxes');
    });
  };

  if (CKEDITOR) {
    CKEDITOR.plugins.add('staffboxes', {
      requires: 'richcombo,clipboard',
      init(editor) {
        menu(editor);
        keys(editor);
        pasting(editor);
      },
      // The name is for people who hear the text; it is no part of it.
      afterInit(editor) {
        editor.dataProcessor.dataFilter.addRules({elements: {aside(box) {
          const name = NAMES[box.attributes['data-box']];
          if (name) Object.assign(box.attributes, {role: 'note', 'aria-label': name});
        }}});
        editor.dataProcessor.htmlFilter.addRules({elements: {aside(box) {
          delete box.attributes.role;
          delete box.attributes['aria-label'];
        }}});
      },
    });
  }
}
