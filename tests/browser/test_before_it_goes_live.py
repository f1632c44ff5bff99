"""What the checks find, beside the writing and on the way to readers: live, without getting in the way of a hand."""

import re

import pytest
from playwright.sync_api import expect

AUTHOR = """
from django.contrib.auth.models import User
from blog.models import Author, Phrase, Practice
Author.objects.get_or_create(slug="dana-ruiz", defaults={"name": "Dana Ruiz", "user": User.objects.get()})
for words in ("painless", "guaranteed"):
    Phrase.objects.get_or_create(kind="promise", words=words)
Practice.objects.update_or_create(defaults={"name": "Spruce Lane Clinic", "review_policy": "may"})
"""
TEXT = (
    "<p>It is pain<strong>less</strong> and quick.</p>"
    "<table><tbody><tr><td>A painless&nbsp;&nbsp;visit</td></tr></tbody></table>"
    "<ul><li>Results are guaranteed here</li></ul>"
)
SELECTED = "[String(getSelection()), getSelection().anchorNode.parentElement.closest('p,td,li').nodeName]"
MARKED = "[...CSS.highlights.get('needs-reason')].map(String)"
DATA = "CKEDITOR.instances.id_body.getData()"


@pytest.fixture(scope="module")
def _somebody_signs(site):
    site.python(AUTHOR)


@pytest.fixture
def writing(_somebody_signs, staff_page):
    """The page of a new post, ready for keys; ``page.asked`` counts the requests for checks."""
    page = staff_page
    page.asked = []
    page.on("request", lambda request: page.asked.append(request.url) if "/checks/" in request.url else None)
    page.goto("/admin/blog/post/add/")
    page.locator("html[data-editor-ready]").wait_for()
    return page


def put_text(page, html):
    page.evaluate("(html) => new Promise((done) => CKEDITOR.instances.id_body.setData(html, {callback: done}))", html)
    page.evaluate("document.getElementById('post_form').dispatchEvent(new Event('article-changed'))")


def test_a_promise_from_the_first_word_to_the_reason(writing, site):
    page = writing
    panel = page.locator("#checks")
    expect(panel).to_contain_text("Checks start when you write.")
    page.keyboard.type("Two weeks before")
    page.keyboard.press("Enter")
    page.keyboard.type("The injections are quick and painless. Come two weeks before.")
    assert page.asked == [], "nothing is asked while somebody types"
    line = panel.get_by_role("link", name=re.compile("painless.*Go to sentence"))
    expect(line).to_be_visible()
    expect(page.locator(".cke_editable")).to_be_focused()
    expect(page.locator("[data-checks-link]")).to_have_text("1 needs a reason")
    assert page.evaluate(MARKED) == ["painless"]
    expect(page.locator("[data-saved]")).to_contain_text("Draft saved")
    page.wait_for_timeout(500)
    assert len(page.asked) == 1, "and once for one pause"
    line.click()
    assert page.evaluate(SELECTED) == ["painless", "P"]

    page.get_by_role("button", name="Publish…").click()
    page.wait_for_url("**/publish/")
    page.get_by_role("link", name="Change the sentence").click()
    page.locator("html[data-editor-ready]").wait_for()
    page.wait_for_function("String(getSelection()) === 'painless'")
    page.get_by_role("button", name="Publish…").click()
    page.wait_for_url("**/publish/")
    expect(page.get_by_text("2 answers are missing: a reason, the review.")).to_be_visible()
    page.get_by_label("Or say why it can stand").fill("Said by a patient, and marked as that")
    expect(page.get_by_text("1 answer is missing: the review.")).to_be_visible()
    page.get_by_label("Do not wait.").check()
    expect(page.get_by_text("answer is missing")).to_be_hidden()
    page.get_by_role("button", name="Publish now").click()
    page.wait_for_url("**/receipt/")


def test_words_are_found_wherever_they_stand_and_the_text_stays(writing):
    page = writing
    page.keyboard.type("Everywhere")
    put_text(page, TEXT)
    lines = page.locator("[data-group=needs_reason] a")
    expect(lines).to_have_count(3)
    before = page.evaluate(DATA)
    found = []
    for line in lines.all():
        line.click()
        found.append(page.evaluate(SELECTED))
    assert found == [["painless", "P"], ["painless", "TD"], ["guaranteed", "LI"]]
    assert page.evaluate(MARKED) == ["painless", "painless", "guaranteed"]
    page.locator("[data-group=worth_a_look] a", has_text="main photo").first.click()
    expect(page.locator("[data-add-photo]")).to_be_focused()
    assert page.evaluate(DATA) == before


def test_without_an_answer_it_says_so_and_moves_nothing(writing, expected_complaints):
    expected_complaints.append("ERR_FAILED")
    page = writing
    page.keyboard.type("Two weeks before")
    put_text(page, TEXT)
    rest = page.locator("#checks [data-rest]")
    expect(rest).to_contain_text(re.compile(r"other checks: nothing found\. Checked at \d+:\d\d [ap]m\.$"))
    page.route("**/checks/", lambda route: route.abort())
    page.locator("[data-group=needs_reason] a").first.focus()
    page.evaluate("scrollTo(0, 120)")
    assert page.evaluate("scrollY") == 120
    put_text(page, TEXT.replace("painless", "calm"))
    expect(rest).to_contain_text("What came after is not checked yet.")
    page.unroute("**/checks/")
    put_text(page, TEXT.replace("painless", "easy"))
    expect(page.locator("[data-group=needs_reason] a")).to_have_count(2)
    expect(rest).not_to_contain_text("not checked yet")
    expect(page.locator("[data-group=needs_reason] a").first).to_be_focused()
    assert page.evaluate("scrollY") == 120
