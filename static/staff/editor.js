// What this blog adds to CKEditor: photos of the library with captions, links and tables through sheets of the page
// instead of CKEditor's dialogs, and the More button. Text from the server is put in as nodes, never as markup.
'use strict';
{
  const CKEDITOR = window.CKEDITOR;
  const FILE = /^(?:https?:\/\/[^/]+)?(?:\/[^?#]*)?\/image\/([1-9][0-9]{0,17})\/file\/(?:[?#].*)?$/;

  // Opens a dialog of the page and gives the caret its place in the text back when it closes.
  const keepingPlace = async (editor, work) => {
    const place = editor.getSelection() && editor.getSelection().createBookmarks2(true);
    const result = await work();
    editor.focus();
    if (place) {
      try { editor.getSelection().selectBookmarks(place); } catch { /* The text changed meanwhile; the caret stays. */ }
    }
    return result;
  };

  const node = (name, attributes = {}, ...children) => {
    const element = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    element.append(...children);
    return element;
  };

  // A photo or a table stands between paragraphs: the caret goes to the nearer edge of the one it is in.
  const stepOutOfWords = (editor) => {
    const range = editor.getSelection() && editor.getSelection().getRanges()[0];
    const root = editor.editable();
    if (!range || range.startContainer.equals(root) || !root.contains(range.startContainer)) return;
    let block = range.startContainer;
    while (!block.getParent().equals(root)) block = block.getParent();
    const words = block.getText();
    if (block.type !== CKEDITOR.NODE_ELEMENT || (block.is('p') && !/[^\s\u200b]/.test(words))) return;
    const before = document.createRange();
    before.setStart(block.$, 0);
    before.setEnd(range.startContainer.$, range.startOffset);
    const isNearStart = before.toString().length * 2 < words.length;
    range.moveToPosition(block, isNearStart ? CKEDITOR.POSITION_BEFORE_START : CKEDITOR.POSITION_AFTER_END);
    range.select();
  };

  const insert = (editor, element) => {
    editor.fire('saveSnapshot');
    stepOutOfWords(editor);
    editor.insertHtml(element.outerHTML);
    const last = editor.editable().getLast();
    if (last && last.type === CKEDITOR.NODE_ELEMENT && !last.is('p', 'h2', 'h3', 'h4', 'ul', 'ol')) {
      editor.editable().append(new CKEDITOR.dom.element('p')).appendBogus();
    }
    editor.fire('saveSnapshot');
  };

  // --- Photos -----------------------------------------------------------------------------------------------------

  const askForPhoto = (editor, current, file) =>
    keepingPlace(editor, () => window.photoSheet.ask({title: 'Photo in the text', current, file}));

  const insertPhoto = (editor, photo) => insert(editor, node(
    'figure', {class: 'image'},
    node('img', {'data-image': photo.id, src: photo.src, alt: photo.alt}),
    node('figcaption', {}, photo.caption),
  ));

  const changePhoto = async (editor, widget) => {
    const image = widget.element.findOne('img');
    const caption = widget.editables.caption;
    const alt = image.getAttribute('alt');
    const photo = await askForPhoto(editor, {
      id: image.getAttribute('data-image'), src: image.getAttribute('src'),
      alt: alt || '', decorative: alt === '', caption: caption.getText().trim(),
    });
    if (!photo) return;
    editor.fire('saveSnapshot');
    image.setAttributes({'data-image': photo.id, src: photo.src, 'data-cke-saved-src': photo.src, alt: photo.alt});
    if (photo.caption !== caption.getText().trim()) caption.setText(photo.caption);
    editor.fire('saveSnapshot');
  };

  const takeFiles = async (editor, files) => {
    for (const file of files) {
      const photo = await askForPhoto(editor, null, file);
      if (!photo) return;
      insertPhoto(editor, photo);
    }
  };

  const photos = (editor) => {
    editor.widgets.add('staffPhoto', {
      pathName: 'photo',
      editables: {caption: {selector: 'figcaption', allowedContent: 'strong em sub sup br; a[!href,data-post,data-fragment,data-source,data-off]'}},
      upcast: (element) => element.name === 'figure' && element.find('img', true).length === 1,
      getLabel() { return `Photo: ${this.element.findOne('img').getAttribute('alt') || 'only decoration'}`; },
      // A photo is a group of things in the text, not a landmark of the page.
      init() { this.on('ready', () => this.wrapper.setAttribute('role', 'group')); },
      edit() { changePhoto(editor, this); },
      downcast(element) {
        const caption = element.find('figcaption', true)[0];
        if (caption && !/\S/.test(caption.getHtml().replace(/<br[^>]*>|&nbsp;/g, ''))) caption.remove();
      },
    });
    // Pictures that are not of the library go; those that are stand in a figure with room for a caption.
    editor.on('toHtml', ({data}) => {
      let left = 0;
      const all = (name) => {
        const found = [];
        data.dataValue.forEach((element) => { if (element.name === name) found.push(element); }, CKEDITOR.NODE_ELEMENT, true);
        return found;
      };
      for (const image of all('img')) {
        const own = FILE.exec(image.attributes['data-cke-saved-src'] || image.attributes.src || '');
        if (!image.attributes['data-image'] && own) image.attributes['data-image'] = own[1];
        if (!/^[1-9][0-9]{0,17}$/.test(image.attributes['data-image'] || '')) {
          image.remove();
          left += 1;
        }
      }
      for (const link of all('a')) {
        const address = (link.attributes['data-cke-saved-href'] || link.attributes.href || '').replace(/[\s\x00-\x1f]/g, '');
        if (/^[^/?#]*:/.test(address) && !/^(https?|mailto|tel):/i.test(address)) link.replaceWithChildren();
      }
      for (const figure of all('figure')) {
        if (!figure.find('img', true).length) figure.replaceWithChildren();
        else if (!figure.find('figcaption', true).length) figure.add(new CKEDITOR.htmlParser.element('figcaption'));
      }
      if (left && editor.status === 'ready') sayLeftOut(left);
    }, null, null, 7);
    // What is pasted is read more than once on its way in, and is one thing to be told.
    let note = null, most = 0;
    editor.on('paste', () => { most = 0; }, null, null, 1);
    const sayLeftOut = (left) => {
      most = Math.max(most, left);
      const pictures = most === 1 ? '1 picture was' : `${most} pictures were`;
      const message = `${pictures} left out. Add pictures with “Photo…”, which asks for their description.`;
      if (note && note.isVisible()) note.update({message, duration: 8000});
      else note = editor.showNotification(message, 'warning', 8000);
    };
    editor.addCommand('staffPhoto', {
      async exec() {
        const focused = editor.widgets.focused;
        if (focused && focused.name === 'staffPhoto') {
          await changePhoto(editor, focused);
          return;
        }
        const photo = await askForPhoto(editor, null);
        if (photo) insertPhoto(editor, photo);
      },
      requiredContent: 'figure',
    });
    editor.ui.addButton('StaffPhoto', {label: 'Photo…', command: 'staffPhoto', icon: 'image'});
    CKEDITOR.plugins.clipboard.addFileMatcher(editor, (file) => file.type.startsWith('image/'));
    editor.on('paste', (event) => {
      const transfer = event.data.dataTransfer;
      const files = Array.from({length: transfer.getFilesCount()}, (_, number) => transfer.getFile(number));
      const pictures = files.filter((file) => file && file.type.startsWith('image/'));
      // A word processor sends its text as a picture as well; there the words count.
      const words = (event.data.dataValue || '').replace(/<!--[^]*?-->|<(style|script|title)\b[^]*?<\/\1>|<[^>]*>|&nbsp;/gi, '');
      if (!pictures.length || /\S/.test(words)) return;
      event.cancel();
      takeFiles(editor, pictures);
    }, null, null, 2);
  };

  // Titles and headings of word processors as this blog has them: the page's own title is its only heading 1. What the
  // clipboard holds is read more than once, by each of CKEditor's filters for word processors, so each gets it mapped.
  const headings = (editor) => {
    const levels = {h1: 'h2', h5: 'h4', h6: 'h4'};
    const mapped = (html) => html
      .replace(/<(\/?)(h[156])(?=[\s>])/gi, (_, end, name) => `<${end}${levels[name.toLowerCase()]}`)
      .replace(/<p(\s[^>]*class="?MsoTitle[\s">][^>]*|\sclass="?MsoTitle"?)>([^]*?)<\/p>/gi, '<h2$1>$2</h2>');
    editor.on('paste', ({data}) => {
      const transfer = data.dataTransfer;
      if (transfer.getTransferType(editor) !== CKEDITOR.DATA_TRANSFER_EXTERNAL) return;
      const read = transfer.getData.bind(transfer);
      transfer.getData = (type, native) => (type === 'text/html' ? mapped(read(type, native) || '') : read(type, native));
      if (data.dataValue) data.dataValue = mapped(data.dataValue);
    }, null, null, 1);
  };

  // --- Sheets for links and tables --------------------------------------------------------------------------------

  const openSheet = (dialog) => new Promise((resolve) => {
    dialog.returnValue = '';
    dialog.showModal();
    dialog.addEventListener('close', () => resolve(dialog.returnValue), {once: true});
  });

  const links = (editor) => {
    const linkAt = () => {
      const path = editor.elementPath();
      return path && path.contains((element) => element.is('a') && element.hasAttribute('href'));
    };
    const unlink = new CKEDITOR.style({element: 'a', type: CKEDITOR.STYLE_INLINE, alwaysRemoveElement: 1});
    const refresh = function (_, path) {
      const inside = path.contains('a');
      this.setState(inside ? CKEDITOR.TRISTATE_OFF : CKEDITOR.TRISTATE_DISABLED);
    };
    editor.addCommand('staffUnlink', {
      exec: () => editor.removeStyle(unlink), contextSensitive: 1, startDisabled: 1, refresh, requiredContent: 'a[href]',
    });
    editor.addCommand('staffLink', {
      requiredContent: 'a[href]',
      async exec() {
        const link = linkAt();
        const selected = editor.getSelection();
        const bare = !link && (!selected || selected.getRanges().every((range) => range.collapsed));
        const address = link ? link.data('cke-saved-href') || link.getAttribute('href') : '';
        const {answer, href, words, post} = await keepingPlace(editor, () => window.linkSheet.ask({address, inside: Boolean(link), bare}));
        if (answer === 'remove') editor.execCommand('staffUnlink');
        if (answer !== 'set') return;
        const attributes = {href};
        if (post) {
          attributes['data-post'] = String(post.id);
          if (post.fragment) attributes['data-fragment'] = post.fragment;
          if (!post.live) attributes['data-off'] = 'yes';
        }
        editor.fire('saveSnapshot');
        if (link) {
          for (const name of ['data-post', 'data-fragment', 'data-off']) link.removeAttribute(name);
          link.setAttributes({...attributes, 'data-cke-saved-href': href});
        } else if (bare) {
          editor.insertHtml(node('a', attributes, words).outerHTML);
        } else {
          const all = {...attributes, 'data-cke-saved-href': href};
          editor.applyStyle(new CKEDITOR.style({element: 'a', attributes: all, type: CKEDITOR.STYLE_INLINE}));
        }
        editor.fire('saveSnapshot');
      },
    });
    editor.setKeystroke(CKEDITOR.CTRL + 75, 'staffLink');
    editor.ui.addButton('StaffLink', {label: 'Link…', command: 'staffLink', icon: 'link'});
    editor.ui.addButton('StaffUnlink', {label: 'Remove link', command: 'staffUnlink', icon: 'unlink'});
  };

  const tables = (editor) => {
    editor.addCommand('staffTable', {
      requiredContent: 'table',
      async exec() {
        const dialog = document.getElementById('table-sheet');
        const inside = editor.elementPath().contains('table', false, true);
        dialog.querySelector('[data-new]').hidden = Boolean(inside);
        dialog.querySelector('[data-change]').hidden = !inside;
        const answer = await keepingPlace(editor, () => openSheet(dialog));
        if (answer && answer !== 'new') editor.execCommand(answer);
        if (answer !== 'new') return;
        const size = (id, most) => Math.min(Math.max(parseInt(dialog.querySelector(id).value, 10) || 1, 1), most);
        const [rows, columns] = [size('#table-rows', 30), size('#table-columns', 8)];
        const hasHead = dialog.querySelector('#table-head').checked;
        const row = (name, attributes) => node('tr', {}, ...Array.from({length: columns}, () => node(name, attributes)));
        const table = node('table');
        if (hasHead) table.append(node('thead', {}, row('th', {scope: 'col'})));
        const below = Math.max(rows - (hasHead ? 1 : 0), 1);
        table.append(node('tbody', {}, ...Array.from({length: below}, () => row('td', {}))));
        insert(editor, table);
      },
    });
    editor.ui.addButton('StaffTable', {label: 'Table…', command: 'staffTable', icon: 'table'});
  };

  document.addEventListener('DOMContentLoaded', () => {
    const dialog = document.getElementById('table-sheet');
    if (!dialog) return;
    dialog.querySelector('form').addEventListener('submit', (event) => {
      event.preventDefault();
      dialog.close('new');
    });
    dialog.querySelectorAll('[data-cancel]').forEach((button) => button.addEventListener('click', () => dialog.close('')));
    dialog.querySelectorAll('[data-run]').forEach((button) => button.addEventListener('click', () => dialog.close(button.dataset.run)));
  });

  // --- The toolbar ------------------------------------------------------------------------------------------------

  const more = (editor) => {
    editor.addCommand('staffMore', {
      readOnly: 1, canUndo: false, editorFocus: false,
      exec() {
        const open = editor.container.$.classList.toggle('st-more-on');
        this.setState(open ? CKEDITOR.TRISTATE_ON : CKEDITOR.TRISTATE_OFF);
      },
    });
    editor.ui.addButton('More', {label: 'More', command: 'staffMore', isToggle: true});
    // Arrow keys pass over what More hides.
    editor.on('instanceReady', () => {
      editor.editable().$.addEventListener('input', () => {
        if (editor.container.$.classList.contains('st-more-on')) editor.execCommand('staffMore');
      });
      let back = false;
      editor.ui.space('top').$.addEventListener('keydown', (event) => {
        back = event.key === 'ArrowLeft' || event.key === 'ArrowUp' || (event.key === 'Tab' && event.shiftKey);
      }, true);
      const items = editor.toolbox.toolbars.flatMap((bar) => bar.items).filter((item) => item.focus);
      items.forEach((item, place) => {
        const focus = item.focus;
        item.focus = function () {
          const element = document.getElementById(this.id);
          const beside = items[(place + (back ? items.length - 1 : 1)) % items.length];
          if (element && element.offsetParent === null) beside.focus();
          else focus.call(this);
        };
      });
    });
  };

  // Enter at the end of the title goes on in the text, so that hands stay on the keyboard.
  const fromTitle = (editor) => {
    const title = document.getElementById('id_title');
    if (!title) return;
    title.addEventListener('keydown', (event) => {
      if (event.key === 'Enter' && !event.isComposing && !event.ctrlKey && !event.metaKey) editor.focus();
    });
  };

  // An empty article says where to write.
  const hint = (editor) => {
    const show = () => {
      const text = editor.editable();
      if (!text) return;
      const isEmpty = !/[^\s\u200b]/.test(text.getText()) && !text.findOne('figure,table,li,blockquote,aside,h2,h3,h4');
      if (isEmpty) text.setAttribute('data-hint', 'Write here');
      else text.removeAttribute('data-hint');
    };
    editor.on('instanceReady', () => {
      show();
      editor.editable().$.addEventListener('input', show);
    });
    editor.on('change', show);
  };

  if (CKEDITOR) {
    CKEDITOR.plugins.add('staff', {
      requires: 'widget,clipboard,tabletools,toolbar',
      beforeInit(editor) {
        const words = editor.lang.format;
        Object.assign(words, {label: 'Paragraph', tag_p: 'Paragraph', panelTitle: 'Paragraph or heading'});
      },
      init(editor) {
        photos(editor);
        headings(editor);
        links(editor);
        tables(editor);
        more(editor);
        hint(editor);
        fromTitle(editor);
        // A double click opens no dialog of CKEditor's own.
        editor.on('doubleclick', (event) => { event.data.dialog = ''; }, null, null, 998);
        const form = editor.element.$.form;
        if (!form) return;
        // Text that nobody touched goes back exactly as it came.
        form.addEventListener('submit', () => { if (editor.checkDirty()) editor.updateElement(); }, true);
        editor.on('change', () => form.dispatchEvent(new Event('article-changed')));
        editor.on('instanceReady', () => { document.documentElement.dataset.editorReady = 'yes'; });
      },
    });
  }
}
