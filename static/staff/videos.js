// Videos of other sites in the text: what is pasted or typed of them becomes a link, and a note says why. The server does
// the same to what comes in another way (blog/content/videos.py); it also writes the address anew.
'use strict';
{
  const CKEDITOR = window.CKEDITOR;
  const SITES = [
    [/^(?:(?:www|m|music)\.)?(?:youtube(?:-nocookie)?\.com)$/, 'YouTube', /^\/(?:watch$|(?:embed|shorts|live|v)\/[\w-]{6,20}\/?$)/],
    [/^(?:www\.)?youtu\.be$/, 'YouTube', /^\/[\w-]{6,20}\/?$/],
    [/^(?:www\.|player\.)?vimeo\.com$/, 'Vimeo', /^\/(?:(?:video|channels\/[\w-]+)\/)?\d{4,15}(?:\/[0-9a-f]{6,20})?\/?$/],
    [/^(?:www\.)?instagram\.com$/, 'Instagram', /^\/(?:[\w.]+\/)?(?:p|reels?|tv)\/[\w-]{5,40}(?:\/embed(?:\/captioned)?)?\/?$/],
    [/^(?:www\.|m\.)?tiktok\.com$/, 'TikTok', /^\/(?:@[\w.-]+\/video\/|embed\/(?:v2\/)?)\d{5,25}\/?$/],
    [/^vm\.tiktok\.com$/, 'TikTok', /^\/[A-Za-z0-9]{5,20}\/?$/],
  ];
  const NO_TITLE = /^(?:(?:youtube|vimeo) video player)?$/i;

  const videoAt = (text) => {
    const address = text.trim();
    if (!/^(?:https?:)?\/\/\S+$/i.test(address)) return null;
    let url = null;
    try { url = new URL(address, 'https://x.invalid'); } catch { return null; }
    const site = SITES.find(([host, , path]) => host.test(url.hostname) && path.test(url.pathname));
    if (!site || url.username || url.port) return null;
    const kind = site[1] === 'Instagram' && url.pathname.includes('/p/') ? 'Post' : 'Video';
    return {href: url.href, name: `${kind} on ${site[1]}`, site: site[1]};
  };

  const linkTo = (video, title = '') => {
    const link = document.createElement('a');
    link.setAttribute('href', video.href);
    link.textContent = NO_TITLE.test(title.trim()) ? video.name : title.trim();
    return link;
  };

  // The parts of pasted HTML that would play a video, as links. What DOMParser reads runs nothing and loads nothing.
  const framesAsLinks = (html) => {
    const page = new DOMParser().parseFromString(html, 'text/html');
    let video = null;
    for (const frame of page.querySelectorAll('iframe, blockquote.tiktok-embed, blockquote.instagram-media')) {
      const found = videoAt(frame.getAttribute('src') || frame.getAttribute('cite') || frame.dataset.instgrmPermalink || '');
      if (!found) continue;
      video = found;
      const paragraph = page.createElement('p');
      paragraph.append(linkTo(found, frame.getAttribute('title') || ''));
      frame.replaceWith(paragraph);
    }
    return video && {video, html: new CKEDITOR.dom.element(page.body).getHtml()};
  };

  const tell = (editor, video) => editor.showNotification(
    'Videos do not play inside the article, because that would tell ' + video.site +
    ' about your patients. The link stands there instead. Its words can be changed like any others.', 'info', 12000);

  if (CKEDITOR) {
    CKEDITOR.plugins.add('staffvideos', {
      requires: 'clipboard,notification',
      init(editor) {
        editor.on('paste', (event) => {
          const typed = event.data.dataTransfer.getData('text/plain') || '';
          let video = videoAt(typed);
          if (video) {
            event.data.dataValue = linkTo(video).outerHTML;
          } else {
            // The code for «embedding» comes as plain words; frames within a copied page come as HTML.
            const isCode = /^\s*<(?:iframe|blockquote)\s[^]*>\s*$/i.test(typed);
            const html = isCode ? typed : event.data.dataValue || '';
            const found = /<iframe|tiktok-embed|instagram-media/i.test(html) ? framesAsLinks(html) : null;
            if (!found) return;
            video = found.video;
            event.data.dataValue = found.html;
          }
          event.data.type = 'html';
          editor.once('afterPaste', () => tell(editor, video));
        }, null, null, 2);
        // An address that was typed on a line by itself, once the line is left.
        editor.on('afterCommandExec', ({data}) => {
          if (data.name !== 'enter') return;
          const path = editor.elementPath();
          const line = path && path.block && path.block.getPrevious();
          if (!line || !line.is || !line.is('p')) return;
          const video = videoAt(line.getText().replace(/[\u200b\xa0]/g, ''));
          if (!video) return;
          line.setHtml('');
          line.append(new CKEDITOR.dom.element(linkTo(video)));
          line.getFirst().data('cke-saved-href', video.href);
          editor.fire('saveSnapshot');
          tell(editor, video);
        });
      },
    });
  }
}
