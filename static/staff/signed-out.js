// Over the page when its writer is signed out, or when somebody else is signed in: the text stays as it is, and goes on by
// itself once the same person is back, in whatever window that happens.
'use strict';
{
  const postForm = window.postForm;
  const dialog = document.getElementById('signed-out');
  if (postForm && dialog) {
    const LOOK = 2000;
    const part = (name) => dialog.querySelector(`[data-${name}]`);
    const owner = postForm.form.dataset.personName;
    let timer = 0, looking = false;

    const show = (other) => {
      const isKept = postForm.isKept();
      dialog.dataset.other = other ? 'yes' : 'no';
      part('out-title').textContent = other ? 'Somebody else is logged in' : 'Please log in again';
      part('out-words').textContent = other
        ? `This text is ${owner}’s. ${isKept ? `It is kept in this browser for ${owner}, and nobody else is offered it.` : 'It stands on this page only: leave it open.'} Log out, then log in as ${owner} to go on.`
        : `You were signed out. ${isKept ? 'Your text is safe in this browser' : 'This browser keeps no copy: leave this page open. Your text stands here'} and will be saved as soon as you are back.`;
      part('login').textContent = other ? 'Go to log out' : 'Log in';
      part('login').href = other ? postForm.form.dataset.home : postForm.form.dataset.login;
      part('copy').hidden = other;
    };
    const look = async () => {
      if (looking || !dialog.open) return;
      looking = true;
      try {
        const answer = await postForm.whoIsIn();
        if (answer.same) back();
        else show(answer.signed_in);
      } catch { /* The server is away as well; ask again. */ }
      looking = false;
    };
    const back = () => {
      clearInterval(timer);
      dialog.close();
      postForm.form.dispatchEvent(new Event('signed-in-again'));
    };

    postForm.signedOut = (answer) => {
      show(Boolean(answer.signed_in));
      if (dialog.open) return;
      dialog.showModal();
      clearInterval(timer);
      timer = setInterval(look, LOOK);
    };
    dialog.addEventListener('cancel', (event) => event.preventDefault());
    dialog.addEventListener('keydown', (event) => { if (event.key === 'Escape') event.preventDefault(); });
    window.addEventListener('focus', look);
    document.addEventListener('visibilitychange', look);
    if (window.BroadcastChannel) new BroadcastChannel('staff-login').addEventListener('message', look);

    part('copy').addEventListener('click', async () => {
      const words = new Map(postForm.words());
      const page = new DOMParser().parseFromString(words.get('body') || '', 'text/html');
      for (const block of page.querySelectorAll('p,li,h2,h3,h4,td,th,figcaption,blockquote')) block.append('\n');
      const text = `${words.get('title')}\n\n${page.body.textContent}`;
      try {
        await navigator.clipboard.writeText(text);
        part('copied').textContent = 'Copied.';
      } catch {
        part('copied').textContent = 'This browser does not let the page copy. Your text stands here as it was.';
      }
    });
  }
}
