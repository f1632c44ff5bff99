// Citations in the text: a number that nobody types, a whole thing like a picture. The number is counted from the list of
// sources beside the text (sources.js) and is no change of the text; what the text cites joins that list.
'use strict';
{
  const CKEDITOR = window.CKEDITOR;
  const KEY = /^[1-9][0-9]{0,17}$/;

  const citations = (editor) => {
    const list = () => window.sourceList;
    const all = () => (editor.editable() ? editor.editable().find('a[data-source]').toArray() : []);
    const keyOf = (link) => Number(link.getAttribute('data-source'));

    // Counting anew is no typing: it can neither be undone nor does it make the text a changed one.
    const count = () => {
      const wasDirty = editor.checkDirty();
      editor.fire('lockSnapshot');
      for (const link of all()) {
        const number = String((list() && list().numberOf(keyOf(link))) || '•');
        if (link.getText() === number) continue;
        link.setText(number);
        link.getParent().setAttribute('aria-label', `Source ${number}`);
      }
      editor.fire('unlockSnapshot');
      if (!wasDirty) editor.resetDirty();
    };

    editor.widgets.add('staffCite', {
      inline: true,
      draggable: false,
      pathName: 'source',
      upcast: (element) => element.name === 'a' && KEY.test(element.attributes['data-source'] || ''),
      downcast: (element) => { element.setHtml('•'); },
      // A number among words is no landmark of the page.
      init() { this.on('ready', () => this.wrapper.setAttribute('role', 'group')); },
      getLabel() { return `Source ${this.element.getText()}`; },
    });

    editor.addCommand('staffCite', {
      requiredContent: 'a[data-source]',
      async exec() {
        if (!list()) return;
        const place = editor.getSelection() && editor.getSelection().createBookmarks2(true);
        const source = await list().ask('Cite a source');
        editor.focus();
        try {
          if (place) editor.getSelection().selectBookmarks(place);
        } catch { /* The text changed meanwhile; the caret stays. */ }
        if (!source) return;
        editor.fire('saveSnapshot');
        // Behind what is selected, and never within a link.
        const range = editor.getSelection().getRanges()[0];
        if (range) {
          range.collapse();
          const link = range.startContainer.getAscendant('a', true);
          if (link) range.moveToPosition(link, CKEDITOR.POSITION_AFTER_END);
          range.select();
        }
        const citation = document.createElement('a');
        citation.setAttribute('href', '#sources');
        citation.setAttribute('data-source', source.id);
        citation.textContent = '•';
        const before = new Set(Object.keys(editor.widgets.instances));
        editor.insertHtml(citation.outerHTML);
        const [put] = Object.entries(editor.widgets.instances).filter(([key]) => !before.has(key));
        if (put) {
          // The words go on behind it.
          const behind = editor.createRange();
          behind.moveToPosition(put[1].wrapper, CKEDITOR.POSITION_AFTER_END);
          behind.select();
        }
        count();
        editor.fire('saveSnapshot');
      },
    });
    editor.ui.addButton('StaffCite', {label: 'Cite a source…', command: 'staffCite', icon: 'superscript'});

    let pause = 0;
    const settle = () => { if (list()) list().hold([...new Set(all().map(keyOf))]); };
    editor.on('change', () => {
      clearTimeout(pause);
      pause = setTimeout(settle, 300);
    });
    editor.on('instanceReady', () => {
      if (!list()) return;
      list().citations = {
        count: (key) => all().filter((link) => keyOf(link) === key).length,
        remove(key) {
          editor.fire('saveSnapshot');
          for (const widget of Object.values(editor.widgets.instances)) {
            if (widget.name !== 'staffCite' || keyOf(widget.element) !== key) continue;
            const {wrapper} = widget;
            editor.widgets.destroy(widget, true);
            wrapper.remove();
          }
          editor.fire('saveSnapshot');
        },
      };
      editor.element.$.form.addEventListener('sources-changed', count);
      settle();
    });
  };

  if (CKEDITOR) CKEDITOR.plugins.add('staffcite', {requires: 'widget', init: citations});
}
