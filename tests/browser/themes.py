"""A page in its light or dark theme, settled."""

from playwright.sync_api import Page

# The colours of the other theme are drawn, and none of them is still on its way.
SETTLED = """async () => {
  for (let frame = 0; frame < 2; frame++) await new Promise(requestAnimationFrame);
  await Promise.allSettled(document.getAnimations().map((animation) => animation.finished));
}"""


def show(page: Page, scheme: str) -> None:
    """Put the page into the ``light`` or ``dark`` theme; returns once every colour is what it will be."""
    page.emulate_media(color_scheme=scheme)
    page.evaluate(SETTLED)
