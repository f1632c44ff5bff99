"""Publishing by clicks, and after each what a reader gets."""

import re
import time

import pytest
from playwright.sync_api import expect

MAKE = """
from django.contrib.auth.models import User
from blog.models import Author, Post
from blog.publishing import save_draft
ada, _ = Author.objects.get_or_create(slug="ada-ray", defaults={{"name": "Ada Ray"}})
post = Post(title="{title}", body="<p>First words.</p>", author=ada)
save_draft(User.objects.first(), post, [])
print(post.pk)
"""
CHANGE = """
from django.contrib.auth.models import User
from blog.models import Post
from blog.publishing import newest_revision, save_draft
post = Post.objects.get(pk={pk})
post.body = "<p>Second words.</p>"
save_draft(User.objects.first(), post, [], base_id=newest_revision(post).pk)
"""


class Article:
    """A draft, and what readers get at its address."""

    def __init__(self, site, page, title):
        self.site, self.page = site, page
        self.pk = int(site.python(MAKE.format(title=title)).split()[-1])
        self.address = f"{site.url}/blog/{title.lower().replace(' ', '-')}/"

    def open(self, screen):
        self.page.goto(f"{self.site.url}/admin/blog/post/{self.pk}/{screen}/")

    def change(self):
        self.site.python(CHANGE.format(pk=self.pk))

    def reader_gets(self, status, text=""):
        """Within a second of the act, readers get this answer."""
        deadline = time.monotonic() + 1
        while True:
            answer = self.page.request.get(self.address)
            if (answer.status == status and text in answer.text()) or time.monotonic() > deadline:
                break
            time.sleep(0.05)
        assert (answer.status, text in answer.text()) == (status, True)


@pytest.fixture
def article(site, staff_page):
    """``article("A title")`` makes a draft."""
    return lambda title: Article(site, staff_page, title)


def press(page, name):
    page.get_by_role("button", name=name, exact=True).click()


def test_now_and_again(article, staff_page):
    note = article("A note on light")
    note.reader_gets(404)
    note.open("publish")
    expect(staff_page.get_by_role("status")).to_contain_text(re.compile(r"Goes live now, \d+:\d\d [ap]m"))
    press(staff_page, "Publish now")
    link = staff_page.get_by_role("link", name="Open the live page").first
    expect(link).to_be_visible()
    note.reader_gets(200, "First words.")

    note.change()
    note.reader_gets(200, "First words.")
    note.open("publish")
    expect(staff_page.get_by_text("It replaces the text that has been live since")).to_be_visible()
    expect(staff_page.get_by_text("1 word of the text changes. Everything else stays.")).to_be_visible()
    staff_page.get_by_label(re.compile("Show “Updated")).check()
    press(staff_page, "Publish changes")
    expect(staff_page.get_by_text("It is live.")).to_be_visible()
    note.reader_gets(200, "Second words.")
    # The way a line of what must be fixed leads.
    note.open("change")
    staff_page.goto(f"{staff_page.url}#id_body")
    staff_page.reload()
    expect(staff_page.locator(".cke_editable")).to_be_focused()


def test_at_a_set_time_and_taken_back(article, staff_page):
    note = article("A note on time")
    note.open("publish")
    button = staff_page.locator("[data-act]")
    expect(staff_page.get_by_label("Date")).to_be_hidden()
    staff_page.get_by_label("At a set time").check()
    expect(button).to_have_text(re.compile(r"^Schedule for \w+day 9:00 am$"))
    staff_page.get_by_label("Date").fill("2026-01-02")
    expect(button).to_have_text("That day has passed")
    expect(button).to_be_disabled()
    expect(staff_page.get_by_role("status")).to_contain_text("That day has passed. Choose a later one")
    staff_page.get_by_label("Date").fill("2031-01-02")
    expect(button).to_be_enabled()
    expect(button).to_have_text("Schedule for January 2, 2031, 9:00 am")
    expect(staff_page.get_by_role("status")).to_have_text("Goes live January 2, 2031, 9:00 am, Alaska time.")
    staff_page.get_by_label("Now").check()
    expect(button).to_have_text("Publish now")
    expect(staff_page.get_by_label("Time, Alaska time")).to_be_hidden()
    staff_page.get_by_label("At a set time").check()
    staff_page.get_by_label("Time, Alaska time").fill("14:30")
    button.click()
    expect(staff_page.get_by_text("Scheduled for January 2, 2031, 2:30 pm, Alaska time.").first).to_be_visible()
    note.reader_gets(404)

    note.open("publish")
    expect(staff_page.get_by_text("Goes live January 2, 2031, 2:30 pm, Alaska time.")).to_be_visible()
    press(staff_page, "Unschedule")
    expect(staff_page.get_by_text("It is not scheduled any more.")).to_be_visible()
    press(staff_page, "Publish now")
    note.reader_gets(200, "First words.")


def test_off_the_site_and_back(article, staff_page, expected_complaints):
    expected_complaints.append("410")  # the receipt asks for the page, as a reader
    note = article("A note on leaving")
    note.open("publish")
    press(staff_page, "Publish now")
    note.reader_gets(200)

    note.open("take-off")
    press(staff_page, "Take off the site now")
    expect(staff_page.get_by_text("Say in a few words why it goes.")).to_be_visible()
    note.reader_gets(200)
    staff_page.get_by_label("Why does it go?").fill("The offer has ended")
    press(staff_page, "Take off the site now")
    expect(staff_page.get_by_text("It is off the site.")).to_be_visible()
    expect(staff_page.get_by_role("status")).to_have_text("A reader who asks for it now is told so.")
    note.reader_gets(410, "no longer here")

    note.open("publish")
    expect(staff_page.get_by_text("It comes back at the same address.")).to_be_visible()
    press(staff_page, "Publish now")
    note.reader_gets(200, "First words.")


def test_leaving_at_a_set_time_and_kept_after_all(article, staff_page):
    note = article("A note on staying")
    note.open("publish")
    press(staff_page, "Publish now")
    expect(staff_page.get_by_text("It is live.")).to_be_visible()
    note.open("take-off")
    staff_page.get_by_label("At a set time").check()
    staff_page.get_by_label("Date").fill("2031-01-02")
    staff_page.get_by_label("Why does it go?").fill("The offer ends")
    press(staff_page, "Take off the site: January 2, 2031, 9:00 am")
    expect(staff_page.get_by_text("It leaves the site on January 2, 2031, 9:00 am, Alaska time.")).to_be_visible()
    note.reader_gets(200)
    note.open("take-off")
    press(staff_page, "Keep it on the site")
    expect(staff_page.get_by_text("It stays on the site.")).to_be_visible()
    note.reader_gets(200)


def test_without_script_a_double_press_and_a_phone(article, site, new_context, sign_in_as):
    page = new_context(java_script_enabled=False).new_page()
    page.set_viewport_size({"width": 390, "height": 844})
    sign_in_as(page, site.username, site.password)
    note = Article(site, page, "A note on paper")
    note.open("publish")
    page.get_by_role("button", name="Publish", exact=True).dblclick()
    page.wait_for_url("**/receipt/")
    expect(page.get_by_text("By the records a reader sees this version")).to_be_visible()
    note.reader_gets(200, "First words.")


def test_the_login_card_has_a_margin_all_around(site, page):
    page.goto(f"{site.url}/admin/login/")
    card, button = page.locator("#container").bounding_box(), page.get_by_role("button", name="Log in").bounding_box()
    assert button["y"] + button["height"] + 16 <= card["y"] + card["height"]


def test_the_record_on_a_phone(article, site, new_context, sign_in_as):
    page = new_context(viewport={"width": 390, "height": 844}).new_page()
    sign_in_as(page, site.username, site.password)
    note = Article(site, page, "A note with a long title of many words")
    note.open("publish")
    press(page, "Publish now")
    page.goto(f"{site.url}/admin/blog/auditentry/")
    row = page.locator("#result_list tbody tr").first
    for name in ("post_link", "who", "reason"):
        box = row.locator(f".field-{name}").bounding_box()
        assert box["x"] >= 0 and box["x"] + box["width"] <= 390 and box["height"] < 30, name


def test_a_picture_is_described_and_focused(site, staff_page, tmp_path):
    from PIL import Image

    Image.effect_mandelbrot((640, 480), (-2, -1.2, 1, 1.2), 20).save(tmp_path / "light.png")
    staff_page.goto("/admin/blog/image/add/")
    staff_page.get_by_label("Picture file").set_input_files(tmp_path / "light.png")
    staff_page.get_by_label("Describe this photo").fill("A pattern of light")
    staff_page.get_by_label("Nobody").check()
    press(staff_page, "Add to the library")
    expect(staff_page.get_by_text("The picture is in the library.")).to_be_visible()
    box = staff_page.locator("[data-focal]")
    frame = box.bounding_box()
    box.click(position={"x": frame["width"] * 0.25, "y": frame["height"] * 0.75})
    expect(staff_page.get_by_label("From the left", exact=True)).to_have_value("0.25")
    expect(staff_page.get_by_label("From the top", exact=True)).to_have_value("0.75")
    staff_page.locator("input[name=_save]").click()
    expect(staff_page.get_by_text("“A pattern of light”: saved.")).to_be_visible()
    expect(staff_page.locator(".st-tile")).to_have_count(1)
