// The point of a picture that stays in every crop: by pointer on the picture, by arrow keys on it, or by two fields with
// numbers from 0 to 1. `focalPoint(box, across, down, crops)` ties them together; it gives a function that shows them anew.
'use strict';
{
  const inside = (share) => Math.min(1, Math.max(0, share));
  const percent = (share) => `${Math.round(share * 100)}%`;
  const STEPS = {ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1]};

  window.focalPoint = (box, across, down, crops) => {
    const dot = box.querySelector('.st-dot');

    const show = () => {
      const [x, y] = [percent(across.value), percent(down.value)];
      dot.style.left = x;
      dot.style.top = y;
      for (const crop of crops) crop.style.objectPosition = `${x} ${y}`;
      box.setAttribute('aria-label', `Point that stays: ${x} from the left, ${y} from the top. Arrow keys move it.`);
    };
    const move = (x, y) => {
      across.value = inside(x).toFixed(2);
      down.value = inside(y).toFixed(2);
      show();
      across.dispatchEvent(new Event('input', {bubbles: true}));
    };
    const follow = (event) => {
      const frame = box.querySelector('img').getBoundingClientRect();
      move((event.clientX - frame.left) / frame.width, (event.clientY - frame.top) / frame.height);
    };

    box.addEventListener('click', follow);
    // With a mouse or pen the point follows; a finger goes on scrolling the page, and taps.
    box.addEventListener('pointermove', (event) => {
      if (event.pointerType !== 'touch' && event.buttons === 1) follow(event);
    });
    box.addEventListener('dragstart', (event) => event.preventDefault());
    box.addEventListener('keydown', (event) => {
      const step = STEPS[event.key];
      if (!step || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      const far = event.shiftKey ? 0.1 : 0.01;
      move(Number(across.value) + step[0] * far, Number(down.value) + step[1] * far);
    });
    across.addEventListener('input', show);
    down.addEventListener('input', show);
    box.tabIndex = 0;
    box.setAttribute('role', 'group');
    box.classList.add('st-clickable');
    dot.hidden = false;
    show();
    return show;
  };
}
