"""The sitemap: every page that search engines may show, when it truly changed, and its photo."""

from datetime import UTC, datetime, timedelta

import defusedxml.ElementTree
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from factories import change_post, make_author, make_editor, make_picture, make_post
from html_pages import get

from blog import sitemap
from blog.publishing import take_off

pytestmark = pytest.mark.django_db

SITE = "https://blog.example.com"
LONG_AGO = datetime(2026, 1, 15, 21, 0, tzinfo=UTC)
DAY = timedelta(days=1)
NAMESPACE = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
IMAGE = "{http://www.google.com/schemas/sitemap-image/1.1}"


@pytest.fixture(autouse=True)
def _public_address(settings):
    settings.SITE_URL = SITE


def read(client) -> dict[str, datetime | None]:
    """Paths and when they changed. Fails unless the sitemap is what sitemaps.org asks for, each address once."""
    response = client.get("/sitemap.xml")
    assert (response.status_code, response["Content-Type"]) == (200, "application/xml; charset=utf-8")
    assert response.content.startswith(b"<?xml ")
    urls = defusedxml.ElementTree.fromstring(response.content)
    assert urls.tag == f"{NAMESPACE}urlset"
    found = {}
    for url in urls:
        names = [child.tag for child in url]
        assert names[0] == f"{NAMESPACE}loc"
        assert names[1:] in ([], [f"{NAMESPACE}lastmod"], [f"{NAMESPACE}lastmod", f"{IMAGE}image"])
        address, moment = url.findtext(f"{NAMESPACE}loc"), url.findtext(f"{NAMESPACE}lastmod")
        assert address.startswith(f"{SITE}/") and address not in found
        found[address.removeprefix(SITE)] = moment and datetime.fromisoformat(moment)
    assert all(moment is None or moment.utcoffset() is not None for moment in found.values())
    return found


def test_it_lists_every_page_that_has_something_to_read(client):
    make_post("First", topic="Skin", tags=("Light", "Heat"))
    make_post("Draft", live=False, topic="Secret", tags=("Secret",), author=make_author("Nobody Yet"))
    gone = make_post("Gone", topic="Old", tags=("Old",), author=make_author("Bea Low"))
    take_off(make_editor(), gone, "old")
    paths = list(read(client))
    assert paths == ["/blog/", "/authors/ada-ray/", "/tags/heat/", "/tags/light/", "/topics/skin/", "/blog/first/"]
    for path in paths:
        page = get(client, path)
        assert page.one("//link[@rel='canonical']/@href") == SITE + path
        assert "noindex" not in page.one("//meta[@name='robots']/@content")


def test_what_may_not_be_indexed_or_stands_elsewhere_first_is_not_listed(client):
    make_post("Hidden", noindex=True, topic="Hidden", tags=("Both",), author=make_author("Hidden"))
    make_post("Elsewhere", canonical_url="https://journal.example.org/x", tags=("Both",))
    make_post("Here", canonical_url=f"{SITE}/blog/here/")
    assert list(read(client)) == ["/blog/", "/authors/ada-ray/", "/tags/both/", "/blog/here/"]


def test_an_article_changed_when_its_page_says_so(client):
    post = make_post(now=LONG_AGO)
    change_post(post, subtitle="A comma.", now=LONG_AGO + DAY)
    assert read(client)["/blog/how-lasers-work/"] == LONG_AGO
    change_post(post, subtitle="News.", show_updated=True, now=LONG_AGO + 2 * DAY)
    assert read(client)["/blog/how-lasers-work/"] == LONG_AGO + 2 * DAY
    page = get(client, "/blog/how-lasers-work/")
    said = page.one("//meta[@property='article:modified_time']/@content")
    assert datetime.fromisoformat(said) == LONG_AGO + 2 * DAY


def test_a_list_changed_when_one_of_its_articles_did(client):
    first = make_post("First", topic="Skin", tags=("Light",), now=LONG_AGO)
    make_post("Second", topic="Skin", author=make_author("Bea Low"), now=LONG_AGO + DAY)
    make_post("Third", now=LONG_AGO + 2 * DAY)
    found = read(client)
    assert found["/topics/skin/"] == found["/authors/bea-low/"] == LONG_AGO + DAY
    assert found["/tags/light/"] == LONG_AGO
    assert found["/blog/"] == found["/authors/ada-ray/"] == LONG_AGO + 2 * DAY
    change_post(first, subtitle="News.", show_updated=True, now=LONG_AGO + 3 * DAY)
    found = read(client)
    assert found["/topics/skin/"] == found["/tags/light/"] == found["/blog/"] == LONG_AGO + 3 * DAY
    assert found["/authors/bea-low/"] == LONG_AGO + DAY


def test_a_list_changed_when_an_article_with_an_old_date_appeared(client):
    post = make_post("Old text", published_at=LONG_AGO, now=LONG_AGO + 9 * DAY)
    change_post(post, subtitle="A comma.", now=LONG_AGO + 10 * DAY)
    found = read(client)
    assert found["/blog/old-text/"] == LONG_AGO
    assert found["/blog/"] == found["/authors/ada-ray/"] == LONG_AGO + 9 * DAY


def test_a_scheduled_article_counts_from_its_minute(client, monkeypatch):
    make_post("Now", topic="Skin", now=LONG_AGO)
    at = (timezone.now() + DAY).replace(microsecond=0)
    make_post("Later", topic="Skin", tags=("Light",), live=False, at=at)
    assert read(client) == {
        "/blog/": LONG_AGO,
        "/authors/ada-ray/": LONG_AGO,
        "/topics/skin/": LONG_AGO,
        "/blog/now/": LONG_AGO,
    }
    monkeypatch.setattr(timezone, "now", lambda: at)
    found = read(client)
    assert found["/blog/"] == found["/topics/skin/"] == found["/tags/light/"] == found["/blog/later/"] == at


def test_an_empty_blog_has_its_own_page_only(client):
    assert read(client) == {"/blog/": None}


def test_an_article_brings_its_main_photo(client):
    make_post("Bare")
    make_post("With a photo", hero_image=make_picture(1300, 800), hero_alt="A lamp")
    read(client)
    urls = defusedxml.ElementTree.fromstring(client.get("/sitemap.xml").content)
    (image,) = urls.iter(f"{IMAGE}loc")
    assert image.text == get(client, "/blog/with-a-photo/").one("//meta[@property='og:image']/@content")
    assert b"".join(client.get(image.text.removeprefix(SITE)).streaming_content)


def test_the_newest_articles_stay_when_there_are_too_many(client, monkeypatch):
    monkeypatch.setattr(sitemap, "MAX_ADDRESSES", 4)
    for number in range(4):
        make_post(f"Post {number}", now=LONG_AGO + number * DAY)
    assert list(read(client)) == ["/blog/", "/authors/ada-ray/", "/blog/post-3/", "/blog/post-2/"]


def test_the_number_of_questions_does_not_grow(client):
    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            client.get("/sitemap.xml")
        return len(queries)

    make_post("First", topic="Skin", tags=("Light",), hero_image=make_picture(), hero_alt="x")
    assert asked() == 4  # with the change stamp, and whether one file is enough
    for number in range(12):
        make_post(f"Post {number}", topic=f"T {number}", tags=(f"L {number}",), author=make_author(f"A {number}"))
    assert asked() == 4
