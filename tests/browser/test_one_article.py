"""One article from idea to live to corrected to off the site, by a writer, an editor and a reviewer, each at a browser.

At every step a reader without a login looks at the page. ``WALK=<folder>`` keeps a recording of each person's window
(``playwright show-trace``) and a picture of every step there.
"""

import os
from pathlib import Path

import pytest
from patience import open_until
from playwright.sync_api import expect

PASSWORD = "a long password for tests"
TEAM = f"""
from django.contrib.auth.models import Group, User
from blog.models import Author, Practice, Topic
for name, last, role in (("wilma", "Fox", "Writer"), ("erin", "Moss", "Editor"), ("rita", "Day", "Medical reviewer")):
    user = User.objects.create_user(name, password={PASSWORD!r}, is_staff=True, first_name=name.title(), last_name=last)
    user.groups.set(Group.objects.filter(name=role))
    author = Author(name=f"{{name.title()}} {{last}}", slug=name, user=user)
    if role == "Medical reviewer":
        author.credentials, author.license_type, author.is_medical_reviewer = "NP", "NP", True
    author.save()
Topic.objects.create(name="Skin", slug="skin")
Practice.objects.filter(pk=1).update(name="Northlight", review_policy="may")
"""
ADDRESS = "/blog/after-a-peel/"
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


@pytest.fixture
def window(site, new_context, sign_in_as):
    """``window("wilma")`` is the window of somebody who has signed in; ``window("")`` that of a reader."""
    folder = os.environ.get("WALK")
    pages = []

    def open_for(name, **kwargs):
        page = new_context(**kwargs).new_page()
        if folder:
            page.context.tracing.start(screenshots=True)
        page.set_default_timeout(30_000)
        page.on("dialog", lambda dialog: dialog.accept())
        if name:
            sign_in_as(page, name, PASSWORD)
        pages.append((name or "reader", page))
        return page

    yield open_for
    for name, page in pages if folder else ():
        page.context.tracing.stop(path=Path(folder) / f"{name}.zip")


class Walk:
    """What the reader sees after each step, and a picture of it and of the window in which the step was done."""

    def __init__(self, reader, site):
        self.reader, self.site, self.steps = reader, site, 0

    def reader_sees(self, status, *, words="", done_in=None):
        def is_so(answer):
            on_index = ADDRESS in self.reader.request.get(f"{self.site.url}/blog/").text()
            has_words = words in self.reader.locator("main").inner_text()
            return answer.status == status and has_words and on_index == (status == 200)

        open_until(self.reader, self.site.url + ADDRESS, is_so)
        self.steps += 1
        if folder := os.environ.get("WALK"):
            for name, page in (("reader", self.reader), ("staff", done_in)):
                if page is not None:
                    page.screenshot(path=Path(folder) / f"{self.steps:02}-{name}.png", full_page=True)


def write(page, words):
    """Set the caret at the end of the text and type."""
    page.locator("html[data-editor-ready]").wait_for()
    page.locator(".cke_editable").click()
    page.keyboard.press("Control+End")
    page.keyboard.type(words)


def test_from_idea_to_live_to_corrected_to_off_the_site(site, window, expected_complaints):
    expected_complaints += ["404", "410", "favicon.ico"]
    site.python(TEAM)
    reader = window("")
    walk = Walk(reader, site)
    wilma, erin, rita = window("wilma"), window("erin"), window("rita", **PHONE)

    # Idea: a writer types, and never presses Save.
    wilma.goto("/admin/")
    wilma.get_by_role("link", name="New post").first.click()
    wilma.locator("html[data-editor-ready]").wait_for()
    wilma.locator("#id_title").fill("After a peel")
    write(wilma, "Your skin will feel tight for two days.")
    expect(wilma.locator("[data-saved]")).to_contain_text("Draft saved", timeout=15_000)
    expect(wilma.locator("[data-readers]")).to_have_text("Only staff can see it.")
    walk.reader_sees(404, done_in=wilma)

    # Asked for a review; the reviewer finds it and sends it back with a note.
    wilma.locator("#id_topic").get_by_text("Skin").click()
    wilma.get_by_role("button", name="Ask for review…").click()
    wilma.get_by_role("button", name="Ask for a review", exact=True).click()
    rita.goto("/admin/")
    rita.get_by_role("link", name="After a peel").first.click()
    rita.get_by_role("link", name="Send back…").click()
    rita.get_by_label("What should change?").fill("Say “may feel”. Not everybody does.")
    rita.get_by_role("button", name="Send back with this note").click()
    expect(rita.get_by_text("After a peel").first).to_be_visible()
    walk.reader_sees(404, done_in=rita)

    # Mended and sent again; approved.
    wilma.goto("/admin/")
    expect(wilma.get_by_text("Say “may feel”").first).to_be_visible()
    wilma.get_by_role("link", name="After a peel").first.click()
    wilma.locator("html[data-editor-ready]").wait_for()
    wilma.locator(".cke_editable").click()
    wilma.keyboard.press("Control+a")
    wilma.keyboard.type("Your skin may feel tight for two days.")
    wilma.get_by_role("button", name="Ask for review…").click()
    wilma.get_by_role("button", name="Ask for a review", exact=True).click()
    rita.goto("/admin/")
    rita.get_by_role("link", name="After a peel").first.click()
    rita.get_by_role("button", name="Approve these exact words").click()
    rita.get_by_text("is approved, these exact words").wait_for()
    walk.reader_sees(404, done_in=rita)

    # Live: the editor publishes what was approved, and the receipt looks as a reader does.
    erin.goto("/admin/")
    erin.get_by_role("link", name="After a peel").first.click()
    erin.get_by_role("button", name="Publish…").click()
    erin.get_by_role("button", name="Publish now").click()
    expect(erin.get_by_text("A reader sees this version since")).to_be_visible(timeout=15_000)
    walk.reader_sees(200, words="Your skin may feel tight for two days.", done_in=erin)
    assert "Medically reviewed by" in reader.locator("main").inner_text()

    # Corrected: typing changes nothing for readers until the changes are published.
    erin.get_by_role("link", name="Back to writing").click()
    write(erin, " Call us if it lasts longer.")
    expect(erin.locator("[data-readers]")).to_contain_text("Readers still see", timeout=15_000)
    walk.reader_sees(200, words="Your skin may feel tight for two days.", done_in=erin)
    assert "Call us if it lasts longer" not in reader.locator("main").inner_text()
    erin.get_by_role("button", name="Publish…").click()
    erin.get_by_text("Do not wait.").click()
    erin.get_by_role("button", name="Publish changes").click()
    expect(erin.get_by_text("A reader sees this version since")).to_be_visible(timeout=15_000)
    walk.reader_sees(200, words="Call us if it lasts longer.", done_in=erin)
    assert "eviewed by" not in reader.locator("main").inner_text(), "these words are not the reviewed ones"

    # Off the site: the reviewer may take it off without the right to publish.
    rita.goto("/admin/blog/post/")
    rita.get_by_role("link", name="After a peel").first.click()
    rita.get_by_role("link", name="Take off the site…").click()
    rita.get_by_label("Why", exact=False).fill("The advice changed")
    rita.get_by_role("button", name="Take off the site now").click()
    rita.wait_for_url("**/receipt/")
    walk.reader_sees(410, done_in=rita)
