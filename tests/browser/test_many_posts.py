"""Acting on many posts with the keyboard alone, and taking it back."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

MAKE = """
from django.contrib.auth.models import User
from blog.models import Post, Topic
from blog.publishing import save_draft
Topic.objects.create(name="Lasers", slug="lasers")
for title in ("One", "Two", "Three"):
    save_draft(User.objects.first(), Post(title=title, body="<p>Words.</p>"), [])
"""
TOPICS = "from blog.models import Post; print([post.topic and post.topic.name for post in Post.objects.order_by('pk')])"


@pytest.fixture
def posts(site):
    site.python(MAKE)


def looks_right(page):
    found = Axe().run(page).response["violations"]
    assert [f"{rule['id']}: {node['html'][:160]}" for rule in found for node in rule["nodes"]] == []


def test_select_set_a_topic_and_undo(posts, site, new_context, sign_in_as):
    page = new_context(bypass_csp=True).new_page()
    sign_in_as(page, site.username, site.password)

    def press_on(target, key):
        target.focus()
        expect(target).to_be_focused()
        page.keyboard.press(key)

    def topics():
        return site.python(TOPICS).strip()

    page.goto("/admin/blog/post/")
    for title in ("One", "Three"):
        press_on(page.get_by_role("row", name=title).get_by_role("checkbox"), "Space")
    expect(page.locator(".action-counter")).to_have_text("2 of 3 selected")
    page.get_by_label("With those selected:").select_option(label="Set the topic…")
    press_on(page.get_by_role("button", name="Go on"), "Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Set the topic: 2 posts")
    looks_right(page)
    press_on(page.get_by_role("radio", name="Lasers"), "Space")
    press_on(page.get_by_role("button", name="Set the topic of 2 posts"), "Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Topic set to “Lasers”")
    looks_right(page)
    assert topics() == "['Lasers', None, 'Lasers']"
    page.goto("/admin/blog/post/")
    press_on(page.get_by_role("button", name="Undo (until"), "Enter")
    expect(page.get_by_text("Undone for 2 posts.")).to_be_visible()
    assert topics() == "[None, None, None]"
