"""Two browsers on one post, and two windows of one person, in real Chromium against the real server."""

import re

import pytest
import themes
from axe_playwright_python.sync_playwright import Axe
from live_site import LiveSite
from playwright.sync_api import expect

PATIENCE = 20_000  # two signs of life
PASSWORD = "a long password for tests"
MAKE = """
from django.contrib.auth.models import Group, User
from blog.models import Post
from blog.publishing import save_draft
dana, is_new = User.objects.get_or_create(username="dana", first_name="Dana", last_name="Ray", is_staff=True)
if is_new:
    dana.set_password("a long password for tests")
    dana.save()
    dana.groups.set(Group.objects.filter(name__in=["Writer", "Editor"]))
post = Post(title="Shared", body="<p>Rest for a day.</p><p>Most people feel it.</p>")
save_draft(User.objects.get(is_superuser=True), post, [])
print(post.pk)
"""
STORED = """
from blog.models import Post
post = Post.objects.get(pk={pk})
print(post.title, post.subtitle, post.revisions.filter(set_aside=True).count(), sep="|")
"""


@pytest.fixture(autouse=True)
def no_icon(expected_complaints):
    # A save or an autosave that meets other words is answered 409, which Chromium logs, like a sign of life held back.
    expected_complaints += ["favicon.ico", "409", "ERR_FAILED"]


class Desk:
    """One person's window on a post."""

    def __init__(self, page, pk) -> None:
        self.page = page
        page.set_default_timeout(30_000)
        page.on("dialog", lambda dialog: dialog.accept())
        page.goto(f"/admin/blog/post/{pk}/change/")
        page.wait_for_selector("html[data-editor-ready=yes]")

    def type(self, title=None, subtitle=None) -> None:
        for name, words in (("title", title), ("subtitle", subtitle)):
            if words:
                self.page.locator(f"#id_{name}").fill(words)

    def kept(self) -> None:
        expect(self.page.locator("[data-saved]")).to_contain_text("Draft saved", timeout=PATIENCE)

    def look(self) -> None:
        """What a person does who comes back to this window: it asks at once, and not at the next sign of life."""
        self.page.evaluate("() => { document.dispatchEvent(new Event('visibilitychange')); }")

    def hold_back(self) -> None:
        """From here on no sign of life gets through, so that the next words are typed before the window knows."""
        self.page.route("**/presence/", lambda route: route.abort())

    @property
    def here(self):
        return self.page.locator("[data-here]")

    @property
    def note(self):
        return self.page.locator(".st-behind")


@pytest.fixture
def pk(site):
    return int(site.python(MAKE).split()[-1])


@pytest.fixture
def stored(site, pk):
    return lambda: site.python(STORED.format(pk=pk)).strip().splitlines()[-1].split("|")


@pytest.fixture
def own(new_context, site, sign_in_as):
    """``own()`` is a page of the one person's browser."""
    context = new_context()
    sign_in_as(context.new_page(), site.username, site.password)
    return context.new_page


@pytest.fixture
def danas(new_context, sign_in_as, pk):
    page = new_context().new_page()
    sign_in_as(page, "dana", PASSWORD)
    return page


@pytest.fixture
def look_at(new_context, site, sign_in_as):
    """``look_at(address)`` asks axe about a page in both themes, and whether it fits a phone."""

    def look(address):
        # A colour that is still on its way from one theme to the other is none.
        phone = {"viewport": {"width": 390, "height": 844}, "reduced_motion": "reduce"}
        page = new_context(bypass_csp=True, **phone).new_page()
        sign_in_as(page, site.username, site.password)
        page.goto(address)
        for scheme in ("light", "dark"):
            themes.show(page, scheme)
            found = Axe().run(page).response["violations"]
            assert [f"{rule['id']}: {node['html'][:160]}" for rule in found for node in rule["nodes"]] == [], scheme
        assert page.evaluate("document.documentElement.scrollWidth") <= 390

    return look


@pytest.fixture
def elsewhere(site):
    """Another server process of the same site, with nothing in common but the database."""
    other = LiveSite(site.folder)
    other.environment["STATIC_ROOT"] = site.environment["STATIC_ROOT"]
    other.start()
    yield other
    other.stop()


def test_two_people_see_each_other_and_choose_between_their_texts(pk, own, danas, stored):
    mine, theirs = Desk(own(), pk), Desk(danas, pk)
    expect(theirs.here).to_have_text("staff has this post open too. Talk before you both write.")
    mine.look()
    expect(mine.here).to_have_text("Dana Ray has this post open too. Talk before you both write.", timeout=PATIENCE)
    mine.type(title="Mine", subtitle="Mine too")
    mine.kept()
    mine.hold_back()
    theirs.type(title="Theirs")
    theirs.page.get_by_role("button", name="Save draft").click()
    expect(theirs.page.locator("[data-saved]")).to_contain_text("Draft saved", timeout=PATIENCE)
    # The words that were saved by themselves have met Dana's; more are typed, and go to the page with both texts, too.
    mine.type(subtitle="Mine, and more")
    expect(mine.note).to_contain_text("Dana Ray saved this post, too. Both texts are kept.", timeout=PATIENCE)
    expect(mine.page.locator("#save-line")).to_contain_text("Not saved. Autosave has stopped")
    mine.type(subtitle="Mine, and still more")
    mine.note.get_by_role("button", name="See both texts").click()
    page = mine.page
    expect(page.get_by_role("heading", level=1)).to_have_text("Dana Ray saved this post before you")
    save = page.locator("[data-save]")
    expect(save).to_have_text("Save this draft (2 choices left)")
    save.click()
    expect(page).to_have_url(re.compile("/change/$"))
    expect(save).to_have_text("Save this draft (2 choices left)")
    # By keyboard: arrow keys choose within a place.
    page.locator("input[name=choice-title]").first.focus()
    page.keyboard.press("Space")
    expect(save).to_have_text("Save this draft (1 choice left)")
    page.locator("input[name=choice-subtitle]").first.focus()
    page.keyboard.press("ArrowRight")
    expect(save).to_have_text("Save this draft")
    save.click()
    page.wait_for_selector("html[data-editor-ready=yes]")
    title, subtitle, aside = stored()
    assert (title, subtitle) == ("Theirs", "Mine, and still more") and int(aside) >= 1
    # Nothing is offered of what this browser kept: the server has it all.
    expect(page.locator("[data-newer]")).to_be_hidden()
    # Dana's window rests on a text that is not the newest, and has nothing to lose.
    theirs.look()
    expect(theirs.note).to_contain_text("staff saved this post", timeout=PATIENCE)
    theirs.page.goto("/admin/")
    mine.page.unroute("**/presence/")
    mine.look()
    expect(mine.here).to_be_hidden(timeout=PATIENCE)


def test_who_is_here_is_known_in_every_process(pk, own, elsewhere, playwright):
    mine = Desk(own(), pk)
    dana = playwright.request.new_context(base_url=elsewhere.url, extra_http_headers={"Referer": elsewhere.url})

    def send(address, **fields):
        token = next(one["value"] for one in dana.storage_state()["cookies"] if "csrftoken" in one["name"])
        return dana.post(address, form={**fields, "csrfmiddlewaretoken": token})

    dana.get("/admin/login/")
    assert send("/admin/login/", username="dana", password=PASSWORD, next="/admin/").ok
    answer = send(f"/admin/blog/post/{pk}/presence/", window="dana’s", arriving="1")
    assert answer.json()["here"] == "staff has this post open too. Talk before you both write."
    expect(mine.here).to_have_text("Dana Ray has this post open too. Talk before you both write.", timeout=PATIENCE)
    send(f"/admin/blog/post/{pk}/presence/", window="dana’s", leaving="1")
    mine.look()
    expect(mine.here).to_be_hidden(timeout=PATIENCE)
    dana.dispose()


def test_a_window_that_fell_behind_can_be_read_only_and_loads_the_newest_words(pk, own, stored, look_at):
    first, second = Desk(own(), pk), Desk(own(), pk)
    second.type(title="On the phone")
    second.kept()
    first.page.bring_to_front()
    first.look()
    expect(first.note).to_have_text(
        re.compile(r"You went on writing this post in another window at \d+:\d\d [ap]m\. Go on there, or load"),
        timeout=PATIENCE,
    )
    page = first.page
    expect(page.locator("#id_title")).not_to_be_editable()
    expect(page.locator(".cke_editable")).to_have_attribute("contenteditable", "false")
    for name in ("Save draft", "Publish…"):
        expect(page.get_by_role("button", name=name)).to_be_disabled()
    page.keyboard.press("Control+s")
    page.get_by_role("button", name="Load the newest words").click()
    expect(page.locator("#id_title")).to_have_value("On the phone")
    expect(page.locator("#id_title")).to_be_editable()
    # The second window is behind now as soon as the first one writes; with words of its own both are shown.
    second.hold_back()
    first.type(title="At the desk")
    first.kept()
    second.page.bring_to_front()
    second.type(subtitle="Typed behind")
    expect(second.note).to_contain_text("Both texts are kept.", timeout=PATIENCE)
    second.note.get_by_role("button", name="See both texts").click()
    expect(second.page.get_by_role("heading", level=1)).to_contain_text("in two windows")
    look_at(second.page.locator("form[data-both]").get_attribute("action"))
    second.page.get_by_role("button", name="Keep this window’s").click()
    second.page.locator("[data-save]").click()
    second.page.wait_for_selector("html[data-editor-ready=yes]")
    assert stored()[:2] == ["On the phone", "Typed behind"]
