"""The article beside the writing, as readers will see it; and the screen that shares it by link."""

import re

import lxml.html
import pytest
from cast import person
from django.test import Client
from django.utils import timezone
from factories import change_post, make_author, make_picture, make_post, make_practice, make_topic
from html_pages import Page, faults

from blog.models import Image, Post, PreviewLink, Revision, Tag
from blog.publishing import newest_revision


class Screen:
    """A page of the staff side, as text and by XPath."""

    def __init__(self, answer):
        self.root = lxml.html.fromstring(answer.content.decode())
        self.text = " ".join(self.root.text_content().split())

    def all(self, xpath):
        return self.root.xpath(xpath)


FORM = {"title": "Lasers", "body": "<p>Words</p>"}


@pytest.fixture
def typed(editor):
    """``typed(post, title=…)`` is the page for a form with these values; ``post`` None for a new one."""

    def ask(post=None, **values):
        address = f"/admin/blog/post/{post.pk}/preview/" if post else "/admin/blog/post/add/preview/"
        answer = editor.client.post(address, FORM | values)
        assert answer.status_code == 200
        page = Page(answer)
        page.answer = answer
        return page

    return ask


def test_it_is_the_page_that_readers_get(editor, typed):
    make_practice(booking_url="https://book.example.com/", phone="(907) 555-0142")
    picture = make_picture()
    post = make_post(
        "Lasers",
        body=f'<h2>Costs</h2><p>Words</p><figure><img data-image="{picture.pk}" alt="A lamp"></figure>',
        topic="Skin",
        tags=("Light",),
        hero_image=picture,
        hero_alt="A lamp on a desk",
        key_points=["It is light"],
        excerpt="Short",
        subtitle="Long",
    )
    public = editor.client.get("/blog/lasers/").content.decode()
    # Only readers' taps are counted.
    public, taps = re.subn(r' ping="/tap/(?:call|book)/lasers/"', "", public)
    assert taps
    editor.open(post)
    answer = editor.client.post(f"/admin/blog/post/{post.pk}/preview/", editor.fields)
    body = re.compile(r"<body>.*</body>", re.DOTALL)
    blank = re.compile(r"\s+")
    assert blank.sub(" ", body.search(answer.content.decode())[0]) == blank.sub(" ", body.search(public)[0])
    assert faults(answer.content.decode()) == []
    saved = editor.client.get(f"/admin/blog/post/{post.pk}/preview/")
    assert saved.content == answer.content


def test_what_is_typed_shows_and_nothing_is_stored(editor, typed):
    post = make_post("Lasers", live=False, tags=("Light",))
    lamp, topic, author = make_picture(), make_topic("Skin"), make_author("Bea Moss")
    page = typed(
        post,
        title="Typed title",
        subtitle="Typed subtitle",
        key_points_0="Typed point",
        body="<p>Typed words</p>",
        hero_image=lamp.pk,
        hero_alt="Typed alt",
        topic=topic.pk,
        author=author.pk,
        tag_words="Light, Not yet there",
        published_at="2026-01-05",
        disclosure="Typed disclosure",
    )
    for words in (
        "Typed title Typed subtitle ByBea Moss PublishedJanuary 5, 2026",
        "Typed point",
        "Typed words",
        "Typed disclosure",
        "Light Not yet there",
    ):
        assert words in page.text
    assert page.all("//main//figure//img/@alt") == ["Typed alt"]
    assert page.all("//nav[@aria-label='Breadcrumb']//a/text()") == ["Blog", "Skin"]
    post.refresh_from_db()
    assert (post.title, Revision.objects.count(), Tag.objects.count()) == ("Lasers", 1, 1)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"title": ""}, "Untitled"),
        ({"title": "x" * 500}, "x" * 500),
        ({"published_at": "31.12."}, "Words"),
        ({"published_at": "2999-01-01"}, "Words"),
        ({"slug": "???", "topic": "x", "author": "999999", "hero_image": "-1", "kind": "nonsense"}, "Words"),
        ({"related_posts_0": "x", "related_posts_1": "99999999999999999999"}, "Words"),
        ({"tag_words": ",, ???, " + ", ".join(f"t{number}" for number in range(99))}, "Words"),
        ({"body": "<p>a</p>" * 50_000}, "This text is too long to be shown, and to be saved."),
        ({"body": "<script>alert(1)</script><p onclick='x()'>Safe"}, "Safe"),
        ({"title": "<script>alert(1)</script>"}, "<script>alert(1)</script>"),
    ],
)
def test_what_is_not_valid_shows_as_far_as_it_can(typed, values, words):
    post = make_post("Lasers", live=False)
    for page in (typed(post, **values), typed(None, **values)):
        assert words in page.text
        assert page.all("//script") == page.all("//@onclick") == []


def test_a_new_post_has_a_preview_before_it_is_saved(editor, typed):
    assert "Lasers" in typed(None).text
    blank = Page(editor.client.get("/admin/blog/post/add/preview/"))
    assert blank.one("//h1") == "Untitled"
    assert Post.objects.count() == 0


def test_the_one_page_that_may_stand_in_a_frame_of_our_own(editor, typed):
    post = make_post("Lasers", live=False)
    for answer in (typed(post).answer, editor.client.get(f"/admin/blog/post/{post.pk}/preview/")):
        assert answer["X-Frame-Options"] == "SAMEORIGIN"
        policy = answer["Content-Security-Policy"]
        assert "frame-ancestors 'self'" in policy and "script-src 'none'" in policy
        assert "noindex" in answer["X-Robots-Tag"]
        assert "no-store" in answer["Cache-Control"]
    for address in (f"/admin/blog/post/{post.pk}/change/", f"/admin/blog/post/{post.pk}/preview-links/", "/blog/"):
        answer = editor.client.get(address)
        assert answer["X-Frame-Options"] == "DENY" and "frame-ancestors 'none'" in answer["Content-Security-Policy"]


def test_a_preview_is_read_by_those_who_may_read_the_post(editor, writer, screen_of):
    post = make_post("Lasers", live=False)
    address = f"/admin/blog/post/{post.pk}/preview/"
    assert Client().get(address).status_code == 302
    assert "/admin/login/" in Client().post(address, FORM)["Location"]
    nora = screen_of(person("nora")).client
    assert nora.get(address).status_code == nora.post(address, FORM).status_code == 403
    assert nora.post("/admin/blog/post/add/preview/", FORM).status_code == 403
    assert writer.client.get(address).status_code == 200
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(editor.user)
    assert strict.post(address, FORM).status_code == 403
    assert editor.client.get("/admin/blog/post/999/preview/").status_code == 404


def test_ones_own_open_words_come_first(editor):
    post = make_post("Lasers", live=False)
    base = newest_revision(post)
    for user, words in ((person("otto", "Writer", "Editor"), "Otto’s"), (editor.user, "Mine")):
        Revision.objects.create(
            post=post,
            base=base,
            saved_by=user,
            saved_at=timezone.now(),
            **(base.article_values() | {"body": f"<p>{words}</p>"}),
        )
    assert "Mine" in Page(editor.client.get(f"/admin/blog/post/{post.pk}/preview/")).text


def test_a_replaced_picture_does_not_come_back_by_typing_it(editor, typed):
    old, new = make_picture(), make_picture(410, 300)
    Image.objects.filter(pk=old.pk).update(replaced_by=new, replaced_at=timezone.now())
    body = f'<figure><img data-image="{old.pk}" alt="x"></figure><p>Words</p>'
    assert typed(None, hero_image=old.pk, hero_alt="x", body=body).all("//main//img") == []


def test_the_editor_offers_it_without_a_script_too(editor):
    post = make_post("Lasers", live=False)
    for opened_post, address in (
        (post, f"/admin/blog/post/{post.pk}/preview/"),
        (None, "/admin/blog/post/add/preview/"),
    ):
        opened = editor.open(opened_post)
        button, below = opened.page.xpath(
            "//form[@id='post_form']//button[@formaction][contains(@formaction,'preview')]"
        )
        assert button.get("formaction") == address
        assert button.get("formtarget") == below.get("formtarget") == "_blank"
        assert opened.page.xpath("//aside[@id='preview-pane']//iframe[@sandbox='allow-same-origin']")
        assert opened.page.xpath("//script[contains(@src,'staff/preview')]")
        # Enter in a field still saves.
        first = opened.page.xpath("//form[@id='post_form']//button[@type='submit']")[0]
        assert first.get("name") == "_continue"


# --- By link ----------------------------------------------------------------------------------------------------------


def test_a_link_is_made_shown_once_and_ended(editor):
    post = make_post("Lasers", live=False)
    screen = f"/admin/blog/post/{post.pk}/preview-links/"
    assert "No link works now." in Screen(editor.client.get(screen)).text
    made = editor.client.post(screen, {"shows": "newest", "days": "7"})
    page = Screen(made)
    address = page.all("//input[@id='link']/@value")[0]
    assert re.fullmatch(r"http://[^/]+/preview/[\w-]{43}/", address)
    assert "no-store" in made["Cache-Control"]
    link = PreviewLink.objects.get()
    assert (link.made_by, link.revision, (link.expires_at - link.made_at).days) == (editor.user, None, 7)
    assert address.split("/")[4] not in editor.client.get(screen).content.decode()
    path = "/" + address.split("/", 3)[3]
    assert "slowly explained" in Page(Client().get(path)).text
    listed = Screen(editor.client.get(screen)).text
    assert "The newest draft, whenever it is opened" in listed
    assert re.search(r"Made today .* by erin\. Ends .* Last opened today ", listed)
    end = f"{screen}{link.pk}/end/"
    assert editor.client.get(end).status_code == 405
    assert "to nobody who has it" in Screen(editor.client.post(end, follow=True)).text
    assert Client().get(path).status_code == 404


def test_a_link_to_this_draft_stays_with_it(editor):
    post = make_post("Lasers", live=False)
    screen = f"/admin/blog/post/{post.pk}/preview-links/"
    address = Screen(editor.client.post(screen, {"shows": "this", "days": "1"})).all("//input[@id='link']/@value")[0]
    change_post(post, body="<p>Later words</p>")
    assert "slowly explained" in Page(Client().get("/" + address.split("/", 3)[3])).text


@pytest.mark.parametrize(
    "sent", [{}, {"shows": "newest"}, {"shows": "x", "days": "1"}, {"shows": "this", "days": "400"}]
)
def test_a_wrong_form_makes_no_link(editor, sent):
    post = make_post("Lasers", live=False)
    page = Screen(editor.client.post(f"/admin/blog/post/{post.pk}/preview-links/", {"csrf": "x", **sent}))
    assert page.all("//ul[contains(@class,'errorlist')]") != []
    assert not PreviewLink.objects.exists()


def test_only_who_may_edit_gets_the_screen(editor, writer):
    post, other = make_post("Lasers", live=False), make_post("Other", live=False)
    screen = f"/admin/blog/post/{post.pk}/preview-links/"
    editor.client.post(screen, {"shows": "newest", "days": "7"})
    link = PreviewLink.objects.get()
    for answer in (
        writer.client.get(screen),
        writer.client.post(screen, {"shows": "newest", "days": "7"}),
        writer.client.post(f"{screen}{link.pk}/end/"),
    ):
        assert answer.status_code == 403
    assert editor.client.post(f"/admin/blog/post/{other.pk}/preview-links/{link.pk}/end/").status_code == 404
    link.refresh_from_db()
    assert link.revoked_at is None and PreviewLink.objects.count() == 1


def test_the_closed_site_is_mentioned(editor, settings):
    post = make_post("Lasers", live=False)
    screen = f"/admin/blog/post/{post.pk}/preview-links/"
    assert "password for readers" not in Screen(editor.client.get(screen)).text
    settings.SITE_OPEN = False
    assert "password for readers" in Screen(editor.client.get(screen)).text
