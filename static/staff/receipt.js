// The receipt asks for the public page as a stranger would, without cookies and past every cache, and compares what
// comes with what the records say. Until it is the same it asks again for some ten seconds. Without this script the
// receipt says what the records say.
'use strict';
{
  const line = document.querySelector('[data-receipt]');
  const PATIENCE = 10000, PAUSE = 500;

  const ask = async (address) => {
    // Nobody reads what comes: the word keeps it out of the numbers of readers (blog/read_lines.py).
    const headers = {Purpose: 'prefetch'};
    const response = await fetch(address, {headers, credentials: 'omit', cache: 'no-store', signal: AbortSignal.timeout(PATIENCE)});
    const page = new DOMParser().parseFromString(await response.text(), 'text/html');
    const version = page.querySelector('meta[name=publication]');
    const addresses = [...page.querySelectorAll('main a[href]')].map((link) => new URL(link.getAttribute('href'), address).pathname);
    return {status: response.status, version: version ? version.content : '', addresses};
  };

  const look = async () => {
    const {receipt, expect, version, index, listed} = line.dataset;
    const path = new URL(receipt, location.href);
    const page = await ask(path.href);
    const isRight = expect === 'live' ? page.status === 200 && page.version === version : page.status === 410;
    if (!isRight || !listed) return {isRight, looked: isRight ? 'The page' : ''};
    const blog = await ask(new URL(index, location.href).href);
    const isListed = blog.addresses.includes(path.pathname);
    const words = isListed ? 'The page, and the blog page, which lists it' : 'The page, and the blog page, which does not list it';
    return {isRight: isListed === (listed === 'yes'), looked: words};
  };

  const compare = async () => {
    const begun = performance.now();
    const records = line.textContent.trim();
    let answer = null, failed = false;
    line.textContent = 'Asking for the page as a reader…';
    do {
      if (answer || failed) await new Promise((resolve) => { setTimeout(resolve, PAUSE); });
      failed = false;
      try {
        answer = await look();
      } catch {
        failed = true;
      }
    } while (!(answer && answer.isRight && !failed) && performance.now() - begun < PATIENCE);
    if (failed) {
      line.textContent = `${records} This browser could not reach the page to look at it. What you did is kept; check the connection, then load this page again.`;
    } else if (answer.isRight) {
      line.textContent = line.dataset.seen;
      document.querySelectorAll('[data-looked]').forEach((place) => { place.hidden = false; });
      document.querySelector('[data-looked-words]').textContent = `${answer.looked}: as it should be`;
    } else {
      line.textContent = `${records} The page still shows something else after 10 seconds. What you did is kept; load this page again in a minute, and if it stays so, tell the person who looks after the site.`;
      line.closest('.st-note').classList.replace('ok', 'warn');
    }
  };

  if (line) compare();

  for (const button of document.querySelectorAll('[data-copy]')) {
    button.hidden = !navigator.clipboard;
    button.addEventListener('click', async () => {
      const name = button.textContent;
      try {
        await navigator.clipboard.writeText(button.dataset.copy);
        button.textContent = 'Link copied';
      } catch {
        button.textContent = 'The browser did not allow it';
      }
      setTimeout(() => { button.textContent = name; }, 4000);
    });
  }
}
