"""The head of every page: what search engines, previews of shared links and browsers' tabs are told."""

from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest
from django.conf import settings as site
from factories import change_post, make_author, make_picture, make_post, make_practice
from html_pages import Page, get
from PIL import Image as Pillow

pytestmark = pytest.mark.django_db

SITE = "https://blog.example.com"
LISTS = ("/blog/", "/topics/skin/", "/tags/light/", "/authors/ada-ray/")
LONG_AGO = datetime(2026, 1, 15, 21, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _public_address(settings):
    settings.SITE_URL = SITE


def tags(page: Page, prefix: str) -> dict[str, str]:
    """The ``<meta>`` tags whose property or name begins so. Fails where one stands twice."""
    path = f"//head/meta[starts-with(@property, '{prefix}') or starts-with(@name, '{prefix}')]"
    found = [(meta.get("property") or meta.get("name"), meta.get("content")) for meta in page.tree.xpath(path)]
    assert len(found) == len(dict(found))
    return dict(found)


def picture_at(client, address: str) -> Pillow.Image:
    """The picture that others find at a whole address of this site."""
    assert address.startswith(f"{SITE}/")
    path = address.removeprefix(SITE)
    if path.startswith(site.STATIC_URL):
        data = (site.BASE_DIR / "static" / path.removeprefix(site.STATIC_URL)).read_bytes()
    else:
        data = b"".join(client.get(path).streaming_content)
    return Pillow.open(BytesIO(data))


def test_a_shared_article_shows_its_title_summary_and_photo(client):
    make_practice()
    photo = make_picture(1300, 800)
    make_post("How lasers work", excerpt="Slowly.", hero_image=photo, hero_alt="A lamp on a desk")
    found = tags(get(client, "/blog/how-lasers-work/"), "og:")
    image = found.pop("og:image")
    assert found == {
        "og:type": "article",
        "og:site_name": "Northlight",
        "og:locale": "en_US",
        "og:title": "How lasers work",
        "og:description": "Slowly.",
        "og:url": f"{SITE}/blog/how-lasers-work/",
        "og:image:width": "1200",
        "og:image:height": "675",
        "og:image:alt": "A lamp on a desk",
    }
    file = picture_at(client, image)
    assert (file.format, file.size) == ("JPEG", (1200, 675))


def test_on_x_too(client):
    make_post(hero_image=make_picture(), hero_alt="A lamp on a desk")
    found = tags(get(client, "/blog/how-lasers-work/"), "twitter:")
    assert found == {"twitter:card": "summary_large_image", "twitter:image:alt": "A lamp on a desk"}


def test_a_small_or_decorative_photo_is_named_with_its_own_measures_and_no_words(client):
    make_post(hero_image=make_picture(400, 300), hero_is_decorative=True)
    found = tags(get(client, "/blog/how-lasers-work/"), "og:image")
    file = picture_at(client, found["og:image"])
    assert (found["og:image:width"], found["og:image:height"]) == tuple(map(str, file.size)) == ("400", "225")
    assert "og:image:alt" not in found


@pytest.mark.parametrize("path", [*LISTS, "/blog/how-lasers-work/"])
def test_without_a_photo_the_practices_picture_stands_and_without_that_a_plain_card(client, path):
    make_practice()
    make_post(topic="Skin", tags=("Light",))
    found = tags(get(client, path), "og:image")
    card = picture_at(client, found["og:image"])
    assert card.size == (1200, 630) == (int(found["og:image:width"]), int(found["og:image:height"]))
    assert found["og:image:alt"] == "Northlight"
    make_practice(share_image=make_picture(1300, 801, alt_text="Our front door"))
    found = tags(get(client, path), "og:image")
    assert picture_at(client, found["og:image"]).size == (1200, 675)
    assert found["og:image:alt"] == "Our front door"


def test_the_plain_card_is_small():
    assert (site.BASE_DIR / "static/blog/card.png").stat().st_size < 10_000


@pytest.mark.parametrize(
    ("path", "kind", "title", "description"),
    [
        ("/blog/", "website", "Notes", "The blog of Northlight."),
        ("/topics/skin/", "website", "Skin", "Posts about Skin from Northlight."),
        ("/tags/light/", "website", "Posts tagged “Light”", "Posts tagged “Light” from Northlight."),
        ("/authors/ada-ray/", "profile", "Ada Ray, RN", "Ada writes. Slowly."),
    ],
)
def test_a_shared_list_says_what_it_is(client, path, kind, title, description):
    make_practice(blog_title="Notes")
    make_post(topic="Skin", tags=("Light",), author=make_author(credentials="RN", bio="Ada writes.\n\nSlowly."))
    page = get(client, path)
    found = tags(page, "og:")
    assert (found["og:type"], found["og:title"], found["og:description"]) == (kind, title, description)
    assert found["og:url"] == page.one("//link[@rel='canonical']/@href") == SITE + path
    assert page.tree.xpath("//meta[@name='description']/@content") == [description]
    assert page.one("//title") == f"{title} | Northlight"


@pytest.mark.parametrize("path", LISTS)
def test_a_numbered_page_is_a_page_of_its_own(client, path, monkeypatch):
    monkeypatch.setattr("blog.reading.lists.POSTS_PER_PAGE", 1)
    for number in range(2):
        make_post(f"Post {number}", topic="Skin", tags=("Light",))
    found = tags(get(client, f"{path}?page=2&fbclid=1"), "og:")
    assert found["og:url"] == f"{SITE}{path}?page=2"
    assert found["og:title"].endswith(", page 2") and found["og:description"].startswith("Page 2 of 2. ")


def test_an_authors_page_is_shared_with_the_portrait(client):
    make_post(author=make_author(photo=make_picture(500, 500)))
    found = tags(get(client, "/authors/ada-ray/"), "og:image")
    width, height = picture_at(client, found["og:image"]).size
    assert width == height == int(found["og:image:width"]) and found["og:image:alt"] == "Ada Ray"


def test_an_article_names_its_dates_author_topic_and_tags(client):
    post = make_post(topic="Skin", tags=("Light", "Heat"), now=LONG_AGO)
    change_post(post, show_updated=True, subtitle="New.", now=LONG_AGO + timedelta(days=3))
    page = get(client, "/blog/how-lasers-work/")
    assert page.all("//meta[@property='article:tag']/@content") == ["Heat", "Light"]
    for name, value in {
        "published_time": "2026-01-15T12:00:00-09:00",
        "modified_time": "2026-01-18T12:00:00-09:00",
        "author": f"{SITE}/authors/ada-ray/",
        "section": "Skin",
    }.items():
        assert page.one(f"//meta[@property='article:{name}']/@content") == value


def test_without_topic_and_tags_their_names_are_missing(client):
    make_post()
    found = tags(get(client, "/blog/how-lasers-work/"), "article:")
    assert list(found) == ["article:published_time", "article:modified_time", "article:author"]


def test_a_text_that_stood_elsewhere_first_sends_search_engines_there(client):
    elsewhere = "https://journal.example.org/lasers?a=1&b=2"
    make_post(canonical_url=elsewhere)
    page = get(client, "/blog/how-lasers-work/")
    assert page.one("//link[@rel='canonical']/@href") == tags(page, "og:url")["og:url"] == elsewhere


def test_the_title_on_google_is_the_one_for_shared_links(client):
    make_practice()
    make_post(seo_title="Lasers explained")
    page = get(client, "/blog/how-lasers-work/")
    assert tags(page, "og:title") == {"og:title": "Lasers explained"}
    assert page.one("//h1") == "How lasers work"


def test_what_is_not_there_is_not_to_be_shared(client):
    make_practice(search_console_token="abc_DEF-1")
    page = get(client, "/nothing/", 404)
    assert tags(page, "og:") == tags(page, "twitter:") == tags(page, "google") == {}
    assert page.all("//script") == []


def test_google_finds_its_code_on_the_blogs_own_page(client):
    make_post(topic="Skin")
    assert tags(get(client, "/blog/"), "google") == {}
    make_practice(search_console_token="abc_DEF-1")
    assert tags(get(client, "/blog/"), "google") == {"google-site-verification": "abc_DEF-1"}
    for path in ("/blog/how-lasers-work/", "/topics/skin/"):
        assert tags(get(client, path), "google") == {}
