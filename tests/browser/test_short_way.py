"""The short way: from the work list to a live post with a photo in at most 8 presses and 3 decisions; then the proof.

Presses and decisions are counted in the page itself, from what the mouse really did, over every page of the way.
"""

import re
import time
from concurrent.futures import ThreadPoolExecutor
from urllib.error import HTTPError

import pytest
from live_site import OPENER
from playwright.sync_api import expect

COUNT = """
const isChoice = (field) => field.matches('[type=radio],[type=checkbox],select');
for (const [kind, counts] of [['pointerdown', () => true], ['change', isChoice]]) {
  addEventListener(kind, (event) => {
    if (!event.isTrusted || !counts(event.target)) return;
    sessionStorage.setItem(kind, Number(sessionStorage.getItem(kind) || 0) + 1);
  }, true);
}
"""
AUTHOR = """
from django.contrib.auth.models import User
from blog.models import Author, Topic
Author.objects.get_or_create(slug="dana-ruiz", defaults={"name": "Dana Ruiz", "user": User.objects.get()})
Topic.objects.get_or_create(slug="botox", defaults={"name": "Botox and similar"})
"""
SEEN = re.compile(r"^A reader sees this version since today \d+:\d\d [ap]m, Alaska time\.$")


class Way:
    """One person on the way to a live post."""

    def __init__(self, page, site):
        self.page, self.site = page, site
        page.add_init_script(COUNT)

    def count(self, kind):
        return int(self.page.evaluate(f"sessionStorage.getItem('{kind}')") or 0)

    def begin(self, title):
        """Count from here: New post, then title and text without taking the hands off the keys."""
        self.page.goto("/admin/")
        self.page.evaluate("sessionStorage.clear()")
        self.page.get_by_role("link", name="New post").first.click()
        self.page.locator("html[data-editor-ready]").wait_for()
        expect(self.page.locator("#id_title")).to_be_focused()
        self.page.keyboard.type(title)
        self.page.keyboard.press("Enter")
        expect(self.page.locator(".cke_editable")).to_be_focused()
        self.page.keyboard.type("Two weeks before is a good time.")
        self.page.get_by_role("button", name="Add main photo").click()

    def finish(self):
        """Topic, Publish…, Publish now; returns when the receipt has looked."""
        self.page.locator("#id_topic").get_by_text("Botox and similar").click()
        self.page.get_by_role("button", name="Publish…").click()
        self.page.get_by_role("button", name="Publish now").click()
        self.page.wait_for_url("**/receipt/")
        expect(self.page.get_by_role("status")).to_have_text(SEEN)


@pytest.fixture(scope="module")
def _somebody_signs(site):
    site.python(AUTHOR)


@pytest.fixture
def way(site, _somebody_signs, staff_page):
    return Way(staff_page, site)


def test_with_a_photo_from_the_computer_and_then_one_of_the_library(way, site, page, tmp_path):
    from PIL import Image

    Image.effect_mandelbrot((640, 480), (-2, -1.2, 1, 1.2), 20).save(tmp_path / "desk.png")
    way.begin("Botox before a big day")
    with page.expect_file_chooser() as chooser:
        page.get_by_label("Take or choose a photo").click()
    chooser.value.set_files(tmp_path / "desk.png")
    expect(page.locator("#photo-alt")).to_be_focused()
    page.keyboard.type("A syringe on a white desk")
    page.get_by_label("Nobody").click()
    page.get_by_role("button", name="Use photo").click()
    expect(page.locator("#photo-sheet")).to_be_hidden()
    way.finish()
    assert way.count("pointerdown") <= 8
    assert way.count("change") + 1 <= 3, "who is in it, the topic, and to publish"
    expect(page.get_by_text("The page, and the blog page, which lists it: as it should be")).to_be_visible()
    page.get_by_role("link", name="Open the live page").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Botox before a big day")
    expect(page.get_by_alt_text("A syringe on a white desk")).to_be_visible()
    expect(page.get_by_role("link", name="Dana Ruiz").first).to_be_visible()

    way.begin("Botox after a big day")
    page.locator("[data-tiles] label").first.click()
    expect(page.locator("#photo-alt")).to_have_value("A syringe on a white desk")
    expect(page.get_by_text("Who is in it?")).to_be_hidden()
    page.get_by_role("button", name="Use photo").click()
    way.finish()
    assert way.count("pointerdown") <= 7
    assert way.count("change") + 1 <= 3


def test_the_receipt_waits_for_the_page_and_says_when_it_does_not_come(site, way, page, expected_complaints):
    expected_complaints.append("ERR_FAILED")
    way.begin("A slow page")
    page.keyboard.press("Escape")
    way.finish()
    address = page.get_by_role("link", name="Open the live page").get_attribute("href")
    old = page.request.get(address).text().replace('name="publication"', 'name="other"')
    asked = []

    def old_page_twice(route):
        asked.append(route.request.headers.get("cookie"))
        if len(asked) < 3:
            route.fulfill(status=200, body=old, content_type="text/html")
        else:
            route.continue_()

    page.route(f"**{address}", old_page_twice)
    page.reload()
    expect(page.get_by_role("status")).to_have_text(SEEN)
    assert asked == [None, None, None], "asked until it was right, as somebody without cookies"

    page.unroute(f"**{address}")
    page.clock.install()
    page.route(f"**{address}", lambda route: route.fulfill(status=200, body=old, content_type="text/html"))
    page.reload()
    expect(page.get_by_role("status")).to_have_text("Asking for the page as a reader…")
    _let_pass(page, "The page still shows something else after 10 seconds. What you did is kept;")
    page.unroute(f"**{address}")
    page.route(f"**{address}", lambda route: route.abort())
    page.reload()
    _let_pass(page, "This browser could not reach the page to look at it. What you did is kept;")


def _let_pass(page, sentence):
    """Let the page's own clock run until it says so, with a moment of real time for each request to be answered."""
    deadline = time.monotonic() + 20
    while sentence not in page.get_by_role("status").inner_text():
        assert time.monotonic() < deadline, page.get_by_role("status").inner_text()
        page.clock.run_for(500)
        page.wait_for_timeout(100)


def test_a_picked_post_is_linked_by_its_number_and_gone_everywhere_within_a_second(
    site, way, page, expected_complaints
):
    expected_complaints.append("410")
    way.begin("Where links lead")
    page.keyboard.press("Escape")
    way.finish()
    target = page.url.split("/")[-3]
    address = page.get_by_role("link", name="Open the live page").get_attribute("href")

    page.goto("/admin/blog/post/add/")
    page.locator("html[data-editor-ready]").wait_for()
    page.keyboard.type("A post with a link")
    page.keyboard.press("Enter")
    page.keyboard.press("Control+k")
    page.get_by_label("Address", exact=True).last.fill("links lead")
    page.locator("[data-posts]").get_by_role("button", name="Where links lead Live").click()
    expect(page.locator("[data-leads]")).to_have_text(
        "Leads to the post “Where links lead”, whatever its address becomes."
    )
    page.get_by_role("button", name="Set link").click()
    expect(page.locator(".cke_editable a")).to_have_attribute("data-post", target)
    page.get_by_role("button", name="Save draft").click()
    page.wait_for_url("**/change/")
    expect(page.locator(".cke_editable a")).to_have_attribute("data-post", target)

    draft = page.url
    page.goto(f"/admin/blog/post/{target}/take-off/")
    page.get_by_label("Why does it go?").fill("Out of date")
    page.get_by_role("button", name="Take off the site now").click()
    page.wait_for_url("**/receipt/")
    off = time.monotonic()
    with ThreadPoolExecutor(16) as readers:
        while time.monotonic() < off + 1:
            first = list(readers.map(_status, [site.url + address] * 32))
            if set(first) == {410}:
                break
        assert set(readers.map(_status, [site.url + address] * 64)) == {410}, "on both of gunicorn's processes"
    page.goto(draft)
    page.locator("html[data-editor-ready]").wait_for()
    expect(page.locator(".cke_editable a[data-off]")).to_have_text("Where links lead")


def _status(address):
    try:
        with OPENER.open(address, timeout=20) as answer:
            return answer.status
    except HTTPError as error:
        return error.code
