// The slot above the title: add, change or remove the main photo.
'use strict';
{
  const slot = document.querySelector('[data-main-photo]');
  if (slot && window.photoSheet) {
    const find = (name) => slot.querySelector(name);
    const [add, box, file, words] = ['[data-add-photo]', '[data-photo]', '[data-photo-file]', '[data-photo-words]'].map(find);
    const id = find('[name=hero_image]'), alt = find('[name=hero_alt]');
    const decorative = find('[name=hero_is_decorative]'), caption = find('[name=hero_caption]');

    const describe = () => { words.textContent = decorative.checked ? 'Only decoration.' : alt.value; };
    const show = () => {
      add.hidden = id.value !== '';
      box.hidden = id.value === '';
      describe();
    };
    const changed = () => {
      show();
      id.dispatchEvent(new Event('change', {bubbles: true}));
    };
    const ask = async (current, dropped) => {
      const photo = await window.photoSheet.ask({title: 'Main photo', current, file: dropped});
      if (!photo) return;
      id.value = photo.id;
      alt.value = photo.decorative ? '' : photo.alt;
      decorative.checked = photo.decorative;
      caption.value = photo.caption;
      file.src = photo.src;
      changed();
      (find('[data-change-photo]') || add).focus();
    };

    add.addEventListener('click', () => ask(null));
    find('[data-change-photo]').addEventListener('click', () => ask({
      id: id.value, src: file.src, alt: alt.value, decorative: decorative.checked, caption: caption.value,
    }));
    find('[data-remove-photo]').addEventListener('click', () => {
      id.value = alt.value = caption.value = '';
      decorative.checked = false;
      changed();
      add.focus();
    });
    alt.addEventListener('input', describe);
    decorative.addEventListener('change', () => {
      if (decorative.checked) alt.value = '';
      describe();
    });
    slot.addEventListener('dragover', (event) => { if (event.dataTransfer.types.includes('Files')) event.preventDefault(); });
    slot.addEventListener('drop', (event) => {
      const dropped = event.dataTransfer.files[0];
      if (!dropped) return;
      event.preventDefault();
      ask(null, dropped);
    });
    id.form.addEventListener('words-put-back', () => {
      if (id.value !== '') file.src = slot.dataset.file.replace('/0/', `/${encodeURIComponent(id.value)}/`);
      show();
    });
    for (const part of slot.querySelectorAll('[data-needs-script]')) part.hidden = false;
    show();
  }
}
