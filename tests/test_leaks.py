"""The leak walk: what readers must not see is on no public surface, whatever the method or header."""

from datetime import timedelta

import pytest
from cast import person
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone
from public_pages import every_address

from blog.models import Author, Image, Post, Tag, Topic
from blog.publishing import newest_revision, publish, save_draft, take_off, unschedule

pytestmark = pytest.mark.django_db

METHODS = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE", "TRACE", "CONNECT", "PROPFIND", "BREW")
HEADERS = (
    {},
    {"HTTP_IF_NONE_MATCH": "*"},
    {"HTTP_IF_MODIFIED_SINCE": "Thu, 01 Jan 1970 00:00:00 GMT"},
    {"HTTP_RANGE": "bytes=0-10000"},
    {"HTTP_ACCEPT": "application/json"},
    {"HTTP_X_REQUESTED_WITH": "XMLHttpRequest"},
    {"HTTP_COOKIE": "sessionid=0000000000000000; csrftoken=0"},
    {"HTTP_AUTHORIZATION": "Basic c3RhZmY6c3RhZmY="},
    {"HTTP_X_FORWARDED_HOST": "elsewhere.example", "HTTP_X_ORIGINAL_URL": "/admin/"},
    {"HTTP_X_HTTP_METHOD_OVERRIDE": "PUT"},
)
QUERIES = (
    "",
    "?page=1",
    "?page=2",
    "?preview=1",
    "?draft=1",
    "?state=draft",
    "?q={word}",
    "?revision=1",
    "?_method=PUT",
)


def marked(word: str, actor, picture, **values) -> Post:
    """A saved draft that carries ``word`` in every text, and in names that nothing else uses."""
    low = word.lower()
    post = Post(
        title=f"{word} title",
        subtitle=f"{word} subtitle",
        excerpt=f"{word} excerpt",
        key_points=[f"{word} point"],
        body=f'<h2>{word} heading</h2><p>{word} text</p><figure><img data-image="{picture.pk}" alt="{word}"></figure>',
        hero_image=picture,
        hero_alt=f"{word} photo",
        hero_caption=f"{word} caption",
        seo_title=f"{word} seo",
        meta_description=f"{word} description",
        topic=Topic.objects.create(name=f"{word} topic", slug=f"{low}-topic"),
        author=Author.objects.create(name=f"{word} author", slug=f"{low}-author"),
        **values,
    )
    save_draft(actor, post, [Tag.objects.create(name=f"{word} tag", slug=f"{low}-tag")])
    return post


def rewrite_as(word: str, post: Post, actor) -> None:
    """Change every text, the topic, the author, the tags and the address of a post's draft to carry ``word``."""
    low = word.lower()
    post.refresh_from_db()
    for name in ("title", "subtitle", "excerpt", "hero_alt", "hero_caption", "seo_title", "meta_description"):
        setattr(post, name, f"{word} {name}")
    post.key_points, post.body, post.slug = [f"{word} point"], f"<p>{word} text</p>", f"{low}-title"
    post.topic = Topic.objects.create(name=f"{word} topic", slug=f"{low}-topic")
    post.author = Author.objects.create(name=f"{word} author", slug=f"{low}-author")
    tag = Tag.objects.create(name=f"{word} tag", slug=f"{low}-tag")
    save_draft(actor, post, [tag], base_id=newest_revision(post).pk)


def admin_addresses() -> list[str]:
    """Every staff address, with a 1 for whatever an address takes."""

    def walk(patterns, prefix):
        for entry in patterns:
            if isinstance(entry, URLResolver):
                yield from walk(entry.url_patterns, prefix + str(entry.pattern))
            elif isinstance(entry, URLPattern):
                yield prefix + str(entry.pattern)

    import re

    addresses = set()
    for route in walk(get_resolver().url_patterns, "/"):
        if route.startswith("/admin/"):
            plain = re.sub(r"<[^>]*>", "1", route)
            addresses.add(re.sub(r"\(\?P1[^)]*\)|\(\?P<\w+>[^)]*\)|[\^$]|\\Z", "", plain))
    return sorted(addresses)


def surfaces(client, words):
    """Everything that anybody can ask for, as (what was asked, the whole answer as text, status)."""
    for address in every_address():
        asked = [("GET", address + query.format(word=words[0]), {}) for query in QUERIES]
        if address == reverse("blog:search"):
            # Each word, and each mistyped: what is hidden is neither found nor offered.
            asked += [("GET", f"{address}?q={typed}", {}) for word in words for typed in (word, word[:-1] + "x")]
        asked += [(method, address + query, {}) for method in METHODS for query in ("", "?preview=1")]
        asked += [("GET", address, headers) for headers in HEADERS]
        for method, path, headers in asked:
            response = client.generic(method, path, **headers)
            body = b"".join(response) if response.streaming else response.content
            assert not response.cookies, f"{method} {path} sets a cookie"
            text = f"{response.reason_phrase}\n{dict(response.headers)}\n{body.decode('utf-8', 'replace')}"
            yield f"{method} {path} {headers}", text, response.status_code
    for address in admin_addresses():
        for method in ("GET", "POST", "HEAD", "OPTIONS"):
            response = client.generic(method, address)
            yield (
                f"{method} {address}",
                f"{dict(response.headers)}\n{response.content.decode('utf-8', 'replace')}",
                (response.status_code),
            )


def leaks(client, words) -> list[str]:
    """What was asked and answered with one of the words where the address itself did not bring it."""
    found = []
    for asked, text, status in surfaces(client, words):
        assert status < 500, asked
        for word in words:
            told = text.lower().replace(asked.split()[1].lower(), "")
            # The search says what it was asked for: in its field, its title, and the line over the results.
            for echo in ('value="{}"', "<title>search results for {} |", "“<bdi>{}</bdi>”"):
                told = told.replace(echo.format(word.lower()), "")
            if word.lower() in told:
                found.append(f"{asked}: {word}")
    return found


def test_nothing_shows_until_it_is_published(client, picture):
    erin = person("erin", "Writer", "Editor")
    now = timezone.now()
    other = Post(title="In plain sight", body="<p>Text</p>", author=Author.objects.create(name="Ada", slug="ada"))
    save_draft(erin, other, [])
    publish(erin, newest_revision(other), now=now - timedelta(days=9))

    draft = marked("Quillwort", erin, picture)
    scheduled = marked("Marabunta", erin, picture)
    publish(erin, newest_revision(scheduled), at=now + timedelta(days=1))
    gone = marked("Oxbowlake", erin, picture)
    publish(erin, newest_revision(gone), now=now - timedelta(days=3))
    gone.slug = "oxbowlake-renamed"
    save_draft(erin, gone, gone.tags.all(), base_id=newest_revision(gone).pk)
    publish(erin, newest_revision(gone), now=now - timedelta(days=2))
    take_off(erin, gone, "Oxbowlake reason", now=now - timedelta(days=1))
    withdrawn = marked("Pumpernickel", erin, picture)
    publish(erin, newest_revision(withdrawn), at=now + timedelta(days=1))
    unschedule(erin, withdrawn)
    changed = marked("Fernweh", erin, picture)
    publish(erin, newest_revision(changed), now=now - timedelta(days=3))
    rewrite_as("Thistledown", changed, erin)
    # What the library says of a picture is not what a page says of its use.
    Image.objects.update(alt_text="Kumquat alt", caption="Kumquat caption")

    words = ["Quillwort", "Marabunta", "Oxbowlake", "Pumpernickel", "Thistledown", "Kumquat"]
    assert leaks(client, words) == []
    for post, status in ((draft, 404), (scheduled, 404), (withdrawn, 404), (gone, 410)):
        assert client.get(f"/blog/{post.slug}/").status_code == status
    assert client.get("/blog/oxbowlake-title/").status_code == 410

    # The same walk finds the words once they are published, so it does look.
    publish(erin, newest_revision(draft))
    publish(erin, newest_revision(gone))
    found = leaks(client, words)
    shown = [line for line in found if line.endswith((": Quillwort", ": Oxbowlake"))]
    for word, address in (("Quillwort", "quillwort-title"), ("Oxbowlake", "oxbowlake-renamed")):
        low = word.lower()
        search = f"/search/?q={word}"
        for path in ("/blog/", f"/blog/{address}/", f"/topics/{low}-topic/", f"/tags/{low}-tag/", "/feed/", search):
            assert f"GET {path} {{}}: {word}" in shown
    assert found == shown, "the others stay hidden"


def test_what_is_scheduled_shows_from_its_minute(client, picture, monkeypatch):
    erin = person("erin", "Writer", "Editor")
    nine = timezone.now() + timedelta(days=1)
    publish(erin, newest_revision(marked("Marabunta", erin, picture)), at=nine)
    monkeypatch.setattr("django.utils.timezone.now", lambda: nine - timedelta(microseconds=1))
    assert leaks(client, ["Marabunta"]) == []
    monkeypatch.setattr("django.utils.timezone.now", lambda: nine)
    shown = leaks(client, ["Marabunta"])
    for path in ("/blog/marabunta-title/", "/search/?q=Marabunta", "/search/?q=Marabuntx"):
        assert f"GET {path} {{}}: Marabunta" in shown


def test_the_walk_reaches_the_staff_side(client):
    addresses = admin_addresses()
    assert reverse("admin:index") in addresses
    assert sum("/post/" in address for address in addresses) > 3
