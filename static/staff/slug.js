// Shows the address that a title will give, while the address follows the title. The server decides it when saving.
'use strict';
{
  // The same rule as the server's slugify(): plain letters and digits, hyphens between.
  const slugify = (text) => text.normalize('NFKD').replace(/[^\x00-\x7f]/g, '').toLowerCase()
    .replace(/[^\w\s-]/g, '').replace(/[-\s]+/g, '-').replace(/^[-_]+|[-_]+$/g, '');

  const title = document.getElementById('id_title');
  const own = document.getElementById('id_slug');
  const shown = document.querySelector('[data-slug-shown]');
  if (title && own && shown) {
    const stored = shown.dataset.stored;
    const storedTitle = slugify(shown.dataset.storedTitle);
    const show = () => {
      const typed = own.value.trim();
      let slug = stored;
      if (typed !== '' && typed !== stored) {
        slug = slugify(typed);
      } else if (shown.dataset.follows === 'yes' && (slugify(title.value) !== storedTitle || stored === '')) {
        slug = slugify(title.value).slice(0, 200);
      }
      shown.textContent = slug || '…';
    };
    title.addEventListener('input', show);
    own.addEventListener('input', show);
    show();
  }
}
