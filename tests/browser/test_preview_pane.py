"""The article beside the writing: it follows what is typed, in the width that was chosen; and a link that is copied."""

import re

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.samples

PATIENCE = 20_000


@pytest.fixture(autouse=True)
def no_icon(expected_complaints):
    expected_complaints.append("favicon.ico")


@pytest.fixture
def post():
    return "/admin/blog/post/1/change/"


def open_preview(page, post):
    page.goto(post)
    page.locator(".cke_editable").wait_for()
    page.locator("[data-preview]:visible").click()
    shown = page.frame_locator("#preview-pane iframe")
    expect(shown.locator("h1")).to_be_visible(timeout=PATIENCE)
    return shown


def test_typing_shows_in_the_frame_where_it_was_scrolled_to(staff_page, post):
    page = staff_page
    shown = open_preview(page, post)
    frame = page.frame(url=re.compile("/preview/$"))
    page.locator("#id_title").fill("A title that was just typed")
    expect(shown.locator("h1")).to_have_text("A title that was just typed", timeout=PATIENCE)
    frame.evaluate("scrollTo(0, 900)")
    text = page.locator(".cke_editable")
    text.click()
    page.keyboard.press("Control+End")
    page.keyboard.type(" Words at the very end.")
    expect(shown.locator(".prose")).to_contain_text("Words at the very end.", timeout=PATIENCE)
    assert frame.evaluate("scrollY") == 900
    # No link leads the frame away.
    with page.expect_popup() as opened:
        shown.locator("nav.crumbs a").first.click()
    assert opened.value.url.endswith("/blog/")
    expect(shown.locator("h1")).to_have_text("A title that was just typed")


def test_the_width_is_switched_and_the_server_may_be_away(staff_page, post, site, expected_complaints):
    page = staff_page
    shown = open_preview(page, post)
    frame = page.frame(url=re.compile("/preview/$"))
    for name, width in (("Phone", 390), ("Tablet", 820), ("Computer", 1280)):
        page.get_by_role("button", name=name, exact=True).click()
        assert frame.evaluate("innerWidth") == width
        assert page.locator("#preview-pane [aria-pressed=true]").inner_text() == name
        box, pane = page.locator("#preview-pane iframe").bounding_box(), page.locator("#preview-pane").bounding_box()
        assert box["x"] >= pane["x"] and box["width"] <= pane["width"] <= 720
        assert page.locator("#id_title").bounding_box()["x"] + 300 < pane["x"]
    expected_complaints += ["Failed to fetch", "ERR_", "Failed to load resource"]
    page.route("**/preview/", lambda route: route.abort())
    page.locator("#id_title").fill("Typed meanwhile")
    expect(page.locator("#preview-pane [role=status]")).to_contain_text("Your text is not touched.", timeout=PATIENCE)
    page.unroute("**/preview/")
    expect(shown.locator("h1")).to_have_text("Typed meanwhile", timeout=PATIENCE)
    page.keyboard.press("Escape")
    page.locator("#preview-pane [data-close]").press("Escape")
    expect(page.locator("#preview-pane")).to_be_hidden()


def test_on_a_phone_it_lies_over_the_form_and_gives_the_place_back(new_context, sign_in_as, site, post):
    page = new_context(viewport={"width": 390, "height": 844}, has_touch=True).new_page()
    sign_in_as(page, site.username, site.password)
    open_preview(page, f"{site.url}{post}")
    assert page.locator("#preview-pane").bounding_box()["width"] == 390
    assert page.locator("#container").evaluate("box => box.inert")
    page.locator("#preview-pane [data-close]").click()
    assert not page.locator("#container").evaluate("box => box.inert")
    expect(page.locator(".st-preview-below [data-preview]")).to_be_focused()


def test_a_link_is_copied_by_a_button(new_context, sign_in_as, site, post):
    context = new_context(permissions=["clipboard-read", "clipboard-write"])
    page = context.new_page()
    sign_in_as(page, site.username, site.password)
    page.goto(f"{site.url}/admin/blog/post/1/preview-links/")
    page.get_by_role("button", name="Make a link").click()
    page.get_by_role("button", name="Copy link").click()
    expect(page.get_by_text("Copied.")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == page.locator("#link").input_value()
    reader = new_context().new_page()
    reader.goto(copied)
    expect(reader.locator(".preview-bar")).to_contain_text("Preview. Not public.")
