"""Every kind of page passes axe in both themes, and holds at 360 pixels with text at 200 %."""

import pytest
from axe_playwright_python.sync_playwright import Axe

READERS = {
    "index": "/blog/",
    "article": "/blog/who-pays-for-botulinum-toxin/",
    "article with a long name": "/blog/week-by-week-after-a-botulinum-toxin-treatment/",
    "article without a photo": "/blog/eleven-questions-to-ask-before-any-injectable-treatment/",
    "topic": "/topics/your-visit/",
    "tag": "/tags/costs/",
    "author": "/authors/sample-author/",
    "not found": "/blog/nothing-here/",
    "search": "/search/",
    "search with results": "/search/?q=botulinum+toxin",
    "search with a slip": "/search/?q=botx",
    "search that finds nothing": "/search/?q=qwertyuiop",
}
STAFF = {
    "work": "/admin/",
    "posts": "/admin/blog/post/",
    "new post": "/admin/blog/post/add/",
    "edit post": "/admin/blog/post/1/change/",
    "publish": "/admin/blog/post/1/publish/",
    "take off": "/admin/blog/post/1/take-off/",
    "trash": "/admin/blog/post/1/trash/",
    "pictures": "/admin/blog/image/",
    "add a picture": "/admin/blog/image/add/",
    "picture": "/admin/blog/image/1/change/",
    "authors": "/admin/blog/author/",
    "author": "/admin/blog/author/1/change/",
    "topics": "/admin/blog/topic/",
    "practice": "/admin/blog/practice/1/change/",
    "record": "/admin/blog/auditentry/",
    "logins": "/admin/auth/user/",
    "remove samples": "/admin/samples/remove/",
    "health": "/admin/health/",
    "help": "/admin/help/",
}


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


@pytest.fixture(scope="module")
def samples(site):
    site.load_samples()


def findings(page) -> list[str]:
    # In the article text stands what an editor wrote; what of it cannot be read is for the checks before publishing.
    found = Axe().run(page).response["violations"]
    return [f"{rule['id']}: {node['html'][:160]}" for rule in found for node in rule["nodes"]]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_readers_pages(samples, new_context, expected_complaints, scheme):
    expected_complaints.append("404")
    page = new_context(color_scheme=scheme, bypass_csp=True).new_page()
    for name, address in READERS.items():
        page.goto(address)
        assert findings(page) == [], name


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_staff_pages(samples, new_context, site, sign_in_as, scheme):
    page = new_context(color_scheme=scheme, bypass_csp=True).new_page()
    page.goto("/admin/login/")
    assert findings(page) == [], "login"
    sign_in_as(page, site.username, site.password)
    for name, address in STAFF.items():
        assert page.goto(address).status == 200, name
        page.wait_for_load_state("networkidle")
        assert findings(page) == [], name


@pytest.mark.parametrize("width", [320, 360])
def test_no_page_scrolls_sideways_on_a_small_phone(samples, new_context, expected_complaints, width):
    expected_complaints.append("404")
    page = new_context().new_page()
    page.set_viewport_size({"width": width, "height": 740})
    for name, address in READERS.items():
        page.goto(address)
        if width == 360:
            page.evaluate("document.documentElement.style.setProperty('font-size', '200%')")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, name
        assert page.evaluate(BROKEN_WORDS) == [], name


def test_staff_pages_fit_a_phone(samples, new_context, site, sign_in_as):
    page = new_context(has_touch=True).new_page()
    page.set_viewport_size({"width": 390, "height": 844})
    sign_in_as(page, site.username, site.password)
    for name, address in STAFF.items():
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, name
