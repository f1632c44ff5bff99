"""The feeds: whole articles in RSS 2.0, Atom and JSON Feed, valid by their specifications whatever staff write."""

import json
import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from uuid import UUID
from xml.etree.ElementTree import Element

import defusedxml.ElementTree
import lxml.html
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from factories import change_post, make_author, make_editor, make_picture, make_post, make_practice
from test_odd_titles import TITLES

from blog.models import Post
from blog.publishing import take_off

pytestmark = pytest.mark.django_db

SITE = "https://blog.example.com"
LONG_AGO = datetime(2026, 1, 15, 21, 0, tzinfo=UTC)
DAY = timedelta(days=1)
FEEDS = ("/feed/", "/feed/atom/", "/feed/json/")
TYPES = {
    "/feed/": "application/rss+xml; charset=utf-8",
    "/feed/atom/": "application/atom+xml; charset=utf-8",
    "/feed/json/": "application/feed+json",
}
ATOM = "{http://www.w3.org/2005/Atom}"
DC = "{http://purl.org/dc/elements/1.1/}"
CONTENT = "{http://purl.org/rss/1.0/modules/content/}"
MEDIA = "{http://search.yahoo.com/mrss/}"
RFC_3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
RFC_822 = re.compile(r"[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d [+-]\d{4}")


@pytest.fixture(autouse=True)
def _public_address(settings):
    settings.SITE_URL = SITE


def ask(client, path: str) -> bytes:
    response = client.get(path)
    assert (response.status_code, response["Content-Type"]) == (200, TYPES[path])
    assert "no-cache" in response["Cache-Control"]
    return response.content


def one(element: Element, name: str) -> str:
    """The text of the one child by this name."""
    found = element.findall(name)
    assert len(found) == 1, f"{name}: {len(found)}"
    return found[0].text or ""


def is_whole(address: str) -> bool:
    return re.fullmatch(r"https?://[a-z0-9.-]+(:\d+)?/[!-~]*", address) is not None


def bytes_at(client, address: str) -> bytes:
    return b"".join(client.get(address.removeprefix(SITE)).streaming_content)


# --- What the specifications ask for. Each reader fails where a feed breaks a rule, and gives entries all alike. -----


def read_rss(data: bytes) -> list[dict]:
    """RSS 2.0 (rssboard.org/rss-specification) and the profile's advice on self links, authors and guids."""
    rss = defusedxml.ElementTree.fromstring(data)
    assert (rss.tag, rss.get("version")) == ("rss", "2.0")
    (channel,) = rss
    assert channel.tag == "channel"
    assert one(channel, "title") and is_whole(one(channel, "link"))
    assert channel.find("description") is not None
    (itself,) = channel.findall(f"{ATOM}link")
    assert (itself.get("rel"), itself.get("href")) == ("self", f"{SITE}/feed/")
    assert re.fullmatch(r"[a-z]{2}-[A-Za-z]{2}", one(channel, "language"))
    assert RFC_822.fullmatch(one(channel, "lastBuildDate"))
    entries = []
    for item in channel.findall("item"):
        assert item.find("author") is None, "RSS's own author element holds an e-mail address"
        assert RFC_822.fullmatch(one(item, "pubDate"))
        assert item.find("guid").get("isPermaLink") == "false"
        picture = item.find(f"{MEDIA}content")
        entries.append(
            {
                "id": one(item, "guid"),
                "title": one(item, "title"),
                "url": one(item, "link"),
                "summary": lxml.html.fromstring(f"<p>{one(item, 'description')}</p>").text_content(),
                "html": one(item, f"{CONTENT}encoded"),
                "author": one(item, f"{DC}creator"),
                "published": parsedate_to_datetime(one(item, "pubDate")),
                "tags": [category.text for category in item.findall("category")],
                "picture": picture.get("url") if picture is not None else None,
            }
        )
    return entries


def read_atom(data: bytes) -> list[dict]:
    """RFC 4287."""
    feed = defusedxml.ElementTree.fromstring(data)
    assert feed.tag == f"{ATOM}feed"
    assert one(feed, f"{ATOM}title") and is_whole(one(feed, f"{ATOM}id"))
    assert RFC_3339.fullmatch(one(feed, f"{ATOM}updated"))
    links = {link.get("rel"): link.get("href") for link in feed.findall(f"{ATOM}link")}
    assert links == {"alternate": f"{SITE}/blog/", "self": f"{SITE}/feed/atom/"}
    entries = []
    for entry in feed.findall(f"{ATOM}entry"):
        (link,) = entry.findall(f"{ATOM}link")
        assert link.get("rel", "alternate") == "alternate"
        (author,) = entry.findall(f"{ATOM}author")
        assert {child.tag for child in author} == {f"{ATOM}name", f"{ATOM}uri"} and is_whole(one(author, f"{ATOM}uri"))
        assert entry.find(f"{ATOM}content").get("type") == entry.find(f"{ATOM}summary").get("type") == "html"
        for name in ("published", "updated"):
            assert RFC_3339.fullmatch(one(entry, f"{ATOM}{name}"))
        assert all(category.get("term") for category in entry.findall(f"{ATOM}category"))
        picture = entry.find(f"{MEDIA}content")
        entries.append(
            {
                "id": one(entry, f"{ATOM}id"),
                "title": one(entry, f"{ATOM}title"),
                "url": link.get("href"),
                "summary": lxml.html.fromstring(f"<p>{one(entry, f'{ATOM}summary')}</p>").text_content(),
                "html": one(entry, f"{ATOM}content"),
                "author": one(author, f"{ATOM}name"),
                "published": datetime.fromisoformat(one(entry, f"{ATOM}published")),
                "updated": datetime.fromisoformat(one(entry, f"{ATOM}updated")),
                "tags": [category.get("term") for category in entry.findall(f"{ATOM}category")],
                "picture": picture.get("url") if picture is not None else None,
            }
        )
    return entries


def read_json(data: bytes) -> list[dict]:
    """JSON Feed 1.1 (jsonfeed.org/version/1.1)."""
    feed = json.loads(data.decode("utf-8"))
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert feed["title"] and feed["feed_url"] == f"{SITE}/feed/json/" and feed["home_page_url"] == f"{SITE}/blog/"
    assert is_whole(feed["icon"]) and is_whole(feed["favicon"])
    assert "author" not in feed, "of version 1.0"
    entries = []
    for item in feed["items"]:
        assert isinstance(item["id"], str)
        assert all(RFC_3339.fullmatch(item[name]) for name in ("date_published", "date_modified"))
        (author,) = item["authors"]
        assert author.keys() == {"name", "url"} and is_whole(author["url"])
        entries.append(
            {
                "id": item["id"],
                "title": item["title"],
                "url": item["url"],
                "summary": item["summary"],
                "html": item["content_html"],
                "author": author["name"],
                "published": datetime.fromisoformat(item["date_published"]),
                "updated": datetime.fromisoformat(item["date_modified"]),
                "tags": item["tags"],
                "picture": item.get("image"),
            }
        )
    return entries


READERS = {"/feed/": read_rss, "/feed/atom/": read_atom, "/feed/json/": read_json}


def entries(client, path: str) -> list[dict]:
    """What a feed reader makes of a feed, after checking what all three formats ask for."""
    found = READERS[path](ask(client, path))
    ids = [entry["id"] for entry in found]
    assert len(ids) == len(set(ids))
    for entry in found:
        assert UUID(entry["id"].removeprefix("urn:uuid:")) and entry["id"].startswith("urn:uuid:")
        assert is_whole(entry["url"])
        assert entry["published"].utcoffset() is not None
        assert entry["title"] and entry["html"]
        for element in lxml.html.fragment_fromstring(entry["html"], create_parent="div").iter():
            assert not {"srcset", "sizes", "loading", "id", "data-image"} & set(element.attrib)
            assert element.tag not in ("picture", "source", "script", "style", "iframe")
            for name in ("href", "src"):
                address = element.get(name, SITE)
                assert re.match(r"(https?://|mailto:|tel:)", address), address
    return found


# --- What they hold --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", FEEDS)
def test_an_article_is_there_whole(client, path):
    make_practice(disclaimer="No replacement for <your> clinician.")
    picture = make_picture(1300, 800)
    make_post(
        "How lasers work",
        unchecked=True,  # links to a page that is not there
        excerpt="Slowly explained.",
        topic="Skin",
        tags=("Light", "Skin"),
        author=make_author(credentials="RN"),
        disclosure="We offer this & more.",
        hero_image=picture,
        hero_alt="A lamp",
        body=f'<h2>One</h2><p>See <a href="/blog/other/">other</a>, <a href="#one">One</a> or '
        f'<a href="tel:+19075550142">call</a>.</p><figure><img data-image="{picture.pk}" alt="Lit & warm"></figure>'
        "<table><tr><td>1</td></tr></table>",
        now=LONG_AGO,
    )
    (entry,) = entries(client, path)
    html, image = entry.pop("html"), entry.pop("picture")
    post = Post.objects.get()
    assert entry == {
        "id": f"urn:uuid:{post.uuid}",
        "title": "How lasers work",
        "url": f"{SITE}/blog/how-lasers-work/",
        "summary": "Slowly explained.",
        "author": "Ada Ray",
        "published": LONG_AGO,
        "tags": ["Skin", "Light"],
    } | ({"updated": LONG_AGO} if "updated" in entry else {})
    assert image.startswith(f"{SITE}/media/") and bytes_at(client, image)
    page = lxml.html.fragment_fromstring(html, create_parent="div")
    assert page.xpath("//a/@href") == [
        f"{SITE}/blog/other/",
        f"{SITE}/blog/how-lasers-work/#one",
        "tel:+19075550142",
    ]
    (shown,) = page.xpath("//img")
    assert (shown.get("alt"), shown.get("width")) == ("Lit & warm", "800")
    assert bytes_at(client, shown.get("src"))
    assert page.xpath("//h2/text()") == ["One"] and page.xpath("//td/text()") == ["1"]
    paragraphs = [paragraph.text_content() for paragraph in page.xpath("//p")]
    assert paragraphs[1:] == ["We offer this & more.", "No replacement for <your> clinician."]


@pytest.mark.parametrize("path", FEEDS)
def test_a_link_that_leads_nowhere_breaks_no_feed(client, path):
    make_post(unchecked=True, body='<p><a href="//[">odd</a></p>')
    (entry,) = entries(client, path)
    assert f'href="{SITE}/blog/how-lasers-work/"' in entry["html"]


@pytest.mark.parametrize("path", FEEDS)
def test_without_a_summary_the_first_words_stand(client, path):
    make_post(body="<h2>One</h2><p>Light, slowly explained.</p>")
    (entry,) = entries(client, path)
    assert entry["summary"] == "Light, slowly explained." and entry["picture"] is None


@pytest.mark.parametrize("path", FEEDS)
def test_the_twenty_newest_that_may_be_indexed(client, path):
    for number in range(22):
        make_post(f"Post {number}", now=LONG_AGO + number * DAY)
    make_post("Hidden", noindex=True)
    assert [entry["title"] for entry in entries(client, path)] == [f"Post {number}" for number in range(21, 1, -1)]


def test_fewer_where_they_are_very_long(client, monkeypatch):
    for number in range(3):
        make_post(f"Post {number}", body=f"<p>{'word ' * 100}</p>", now=LONG_AGO + number * DAY)
    monkeypatch.setattr("blog.reading.lists.FEED_TEXT", 1100)
    assert [entry["title"] for entry in entries(client, "/feed/")] == ["Post 2", "Post 1"]
    monkeypatch.setattr("blog.reading.lists.FEED_TEXT", 100)
    assert [entry["title"] for entry in entries(client, "/feed/")] == ["Post 2"]


@pytest.mark.parametrize("path", FEEDS)
def test_an_article_stays_the_same_entry_at_another_address(client, path):
    post = make_post(now=LONG_AGO)
    (before,) = entries(client, path)
    change_post(post, slug="lasers", title="Lasers")
    (after,) = entries(client, path)
    assert (after["id"], after["published"]) == (before["id"], before["published"])
    assert after["url"] == f"{SITE}/blog/lasers/"


@pytest.mark.parametrize("path", ["/feed/atom/", "/feed/json/"])
def test_an_article_is_updated_when_its_page_says_so(client, path):
    post = make_post(now=LONG_AGO)
    change_post(post, subtitle="A comma.", now=LONG_AGO + DAY)
    assert entries(client, path)[0]["updated"] == LONG_AGO
    change_post(post, subtitle="News.", show_updated=True, now=LONG_AGO + 2 * DAY)
    assert entries(client, path)[0]["updated"] == LONG_AGO + 2 * DAY
    assert entries(client, path)[0]["published"] == LONG_AGO


def test_a_feed_is_as_new_as_its_newest_change(client):
    first = make_post("First", now=LONG_AGO)
    make_post("Second", now=LONG_AGO + DAY)
    change_post(first, subtitle="News.", show_updated=True, now=LONG_AGO + 3 * DAY)
    atom = defusedxml.ElementTree.fromstring(ask(client, "/feed/atom/"))
    assert datetime.fromisoformat(one(atom, f"{ATOM}updated")) == LONG_AGO + 3 * DAY
    rss = defusedxml.ElementTree.fromstring(ask(client, "/feed/"))
    assert parsedate_to_datetime(one(rss[0], "lastBuildDate")) == LONG_AGO + 3 * DAY


@pytest.mark.parametrize("path", FEEDS)
def test_what_is_taken_off_leaves(client, path):
    post = make_post()
    take_off(make_editor(), post, "old")
    assert entries(client, path) == []


@pytest.mark.parametrize("path", FEEDS)
def test_an_empty_feed_is_valid_and_stays_the_same(client, path):
    assert entries(client, path) == []
    assert ask(client, path) == ask(client, path)


@pytest.mark.parametrize("path", FEEDS)
@pytest.mark.parametrize("title", TITLES.values(), ids=TITLES)
def test_odd_texts_come_through(client, path, title):
    name = title[:50].strip()
    make_practice(name=name, tagline=title[:160], blog_intro=title, disclaimer=title)
    author = make_author("Ada", credentials=name)
    make_post(title, slug="odd", excerpt=title, tags=(name,), author=author, hero_image=make_picture(), hero_alt=title)
    (entry,) = entries(client, path)
    assert (entry["title"], entry["summary"], entry["tags"]) == (title, title, [name])
    assert lxml.html.fragment_fromstring(entry["html"], create_parent="div").xpath("//p")[-1].text_content() == title


@pytest.mark.parametrize("path", FEEDS)
def test_characters_that_no_feed_can_hold_do_not_get_there(client, path):
    make_post("A\x00b\x0bc\ufffe\ud800 d", slug="odd", excerpt="e\x1ff", body="<p>g\x08h &#1; &#11;i</p>")
    (entry,) = entries(client, path)
    assert (entry["title"], entry["summary"]) == ("Abc d", "ef")


@pytest.mark.parametrize("path", FEEDS)
def test_the_number_of_questions_does_not_grow(client, path):
    make_practice()
    figures = (f'<figure><img data-image="{make_picture(300 + n, 200).pk}" alt="x"></figure>' for n in range(3))
    body = "<p>x</p>" + "".join(figures)
    make_post("First", body=body, topic="Skin", tags=("Light",), hero_image=make_picture(), hero_alt="x")
    client.get(path)

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            client.get(path)
        return len(queries)

    assert asked() == 4  # the change stamp, articles, their tags, their pictures
    for number in range(12):
        picture = make_picture(320 + number, 200)
        make_post(f"Post {number}", topic=f"T {number}", tags=(f"L {number}",), author=make_author(f"A {number}"))
        make_post(f"More {number}", body=f'<p>x</p><figure><img data-image="{picture.pk}" alt="x"></figure>')
    client.get(path)
    assert asked() == 4
