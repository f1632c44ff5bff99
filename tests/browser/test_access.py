"""Every kind of page passes axe in both themes, and holds at 360 pixels with text at 200 %."""

import pytest
import themes
from axe_playwright_python.sync_playwright import Axe
from kinds_of_pages import READERS, STAFF

pytestmark = pytest.mark.samples

# Words whose letters stand on more than one line. At a soft hyphen a word may break, so the parts count as words.
BROKEN_WORDS = """() => {
  const broken = [], texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const range = document.createRange();
  const line = (text, at) => {
    range.setStart(text, at);
    range.setEnd(text, at + 1);
    return Math.round([...range.getClientRects()].at(-1)?.top);
  };
  while (texts.nextNode()) {
    const text = texts.currentNode;
    if (text.parentElement.closest(".hidden, script")) continue;
    for (const word of text.data.matchAll(/[\\p{L}\\p{N}'’]+/gu)) {
      const lines = [...word[0]].map((letter, index) => line(text, word.index + index));
      if (new Set(lines.filter((top) => !Number.isNaN(top))).size > 1) broken.push(word[0]);
    }
  }
  return broken;
}"""


def findings(page, *, loaded: bool = False, **options) -> list[str]:
    """What axe finds wrong; ``loaded`` where it looked at this very page before."""
    # In the article text stands what an editor wrote; what of it cannot be read is for the checks before publishing.
    if loaded:
        found = page.evaluate("options => axe.run(options)", options)["violations"]
    else:
        found = Axe().run(page, options=options).response["violations"]
    return [f"{rule['id']}: {node['html'][:160]}" for rule in found for node in rule["nodes"]]


def in_both_themes(page) -> list[str]:
    """Every rule in the light theme. In the dark one, which changes nothing else, those about colours."""
    themes.show(page, "light")
    found = findings(page)
    themes.show(page, "dark")
    colours = ["color-contrast", "link-in-text-block"]
    return found + [f"dark: {line}" for line in findings(page, loaded=True, runOnly=colours)]


def test_readers_pages(new_context, expected_complaints):
    expected_complaints.append("404")
    page = new_context(bypass_csp=True).new_page()
    for name, address in READERS.items():
        page.goto(address)
        assert in_both_themes(page) == [], name


def test_staff_pages(new_context, site, sign_in_as, expected_complaints):
    # axe reads style sheets by itself, and looks for what one of them imports beside the page. Browsers do not.
    expected_complaints.append("/admin/password_change/widgets.")
    page = new_context(bypass_csp=True).new_page()
    page.goto("/admin/login/")
    assert in_both_themes(page) == [], "login"
    sign_in_as(page, site.username, site.password)
    for name, address in STAFF.items():
        assert page.goto(address).status == 200, name
        page.wait_for_load_state("networkidle")
        assert in_both_themes(page) == [], name


@pytest.mark.parametrize("width", [320, 360])
def test_no_page_scrolls_sideways_on_a_small_phone(new_context, expected_complaints, width):
    expected_complaints.append("404")
    page = new_context().new_page()
    page.set_viewport_size({"width": width, "height": 740})
    for name, address in READERS.items():
        page.goto(address)
        if width == 360:
            page.evaluate("document.documentElement.style.setProperty('font-size', '200%')")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, name
        assert page.evaluate(BROKEN_WORDS) == [], name


def test_staff_pages_fit_a_phone(new_context, site, sign_in_as):
    page = new_context(has_touch=True).new_page()
    page.set_viewport_size({"width": 390, "height": 844})
    sign_in_as(page, site.username, site.password)
    for name, address in STAFF.items():
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, name
