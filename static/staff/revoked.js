// After a revocation: asks for each file as a stranger would, without cookies and past every cache, and says what came.
'use strict';
{
  const line = document.querySelector('[data-revoked]');

  const isGone = async (address) => {
    const response = await fetch(address, {credentials: 'omit', cache: 'no-store', signal: AbortSignal.timeout(10000)});
    return response.status === 404 || response.status === 410;
  };

  const look = async () => {
    line.textContent = 'Asking for the files as a reader…';
    try {
      const gone = await Promise.all(line.dataset.revoked.split(' ').map(isGone));
      line.textContent = gone.every(Boolean)
        ? 'A reader who asks for the files now gets nothing.'
        : 'A file still answers. Tell the person who looks after the site.';
      if (!gone.every(Boolean)) line.closest('.st-note').classList.replace('ok', 'warn');
    } catch {
      line.textContent = 'This browser could not reach the site to look. What you did is kept.';
    }
  };

  if (line) look();
}
