"""Pages of a topic, a tag and an author: exactly their live posts; without one there is no such page."""

import pytest
from factories import make_author, make_picture, make_post, make_practice, make_tag, make_topic
from html_pages import get

pytestmark = pytest.mark.django_db

GROUPS = {
    "/topics/skin-health/": {"topic": "Skin health"},
    "/tags/skin-health/": {"tags": ("Skin health",)},
    "/authors/skin-health/": {"author": "Skin health"},
}


def post_in(group: dict, title: str, **values) -> None:
    author = {"author": make_author(group["author"])} if "author" in group else {}
    make_post(title, **{**group, **author, **values})


@pytest.mark.parametrize("path", GROUPS)
def test_it_shows_exactly_its_live_posts(client, path):
    post_in(GROUPS[path], "Older")
    post_in(GROUPS[path], "Newer")
    post_in(GROUPS[path], "Unfinished", live=False)
    make_post("Elsewhere")
    page = get(client, path)
    assert page.cards == ["Newer", "Older"]
    assert "Skin health" in page.one("//h1")


@pytest.mark.parametrize("path", GROUPS)
def test_without_a_live_post_it_does_not_exist(client, path):
    assert client.get(path).status_code == 404
    post_in(GROUPS[path], "Unfinished", live=False)
    page = get(client, path, 404)
    assert "Skin health" not in page.html


@pytest.mark.parametrize("path", GROUPS)
def test_its_head_is_its_own(client, path, settings):
    settings.SITE_URL = "https://blog.example.com"
    make_practice()
    post_in(GROUPS[path], "Post")
    page = get(client, path + "?page=1&utm_source=mail")
    assert page.one("//link[@rel='canonical']/@href") == "https://blog.example.com" + path
    assert page.one("//title").endswith(" | Northlight")
    assert "Skin health" in page.one("//title")
    assert "Skin health" in page.one("//meta[@name='description']/@content")


def test_titles_of_a_topic_a_tag_and_a_person_by_one_name_differ(client):
    make_post("Post", topic="Skin health", tags=("Skin health",), author=make_author("Skin health", credentials="RN"))
    assert len({get(client, path).one("//title") for path in GROUPS}) == 3


def test_a_topic_is_marked_and_described(client):
    make_topic("Skin health", description="All about skin.")
    make_post("Post", topic="Skin health")
    page = get(client, "/topics/skin-health/")
    assert page.one("//nav[@aria-label='Topics']//a[@aria-current='page']") == "Skin health"
    assert page.one("//p[@class='lede']") == "All about skin."
    assert page.one("//meta[@name='description']/@content") == "All about skin."
    assert page.all("//article/p[@class='topic']") == []


def test_an_author_is_introduced(client):
    author = make_author(
        "Ada Ray",
        credentials="RN",
        job_title="Nurse injector",
        bio="Ada writes.\nAnd injects.",
        photo=make_picture(),
        same_as=["https://www.example.com/ada", "javascript:alert(1)", "no address", "http://["],
    )
    make_post("Post", author=author)
    page = get(client, "/authors/ada-ray/")
    assert page.one("//h1") == "Ada Ray, RN"
    assert page.one("//p[@class='lede']") == "Nurse injector"
    assert "Ada writes." in page.text
    assert page.all("//main/header//img/@alt") == [""]
    assert page.all("//a[@rel='me']/@href") == ["https://www.example.com/ada"]
    assert page.all("//a[@rel='me']") == ["example.com"]
    assert "javascript" not in page.html


def test_an_author_who_said_nothing_has_only_a_name(client):
    make_post("Post", author=make_author("Ada Ray", same_as=["no address"]))
    page = get(client, "/authors/ada-ray/")
    assert page.one("//main/header") == "Ada Ray"


def test_a_tag_nobody_uses_any_more_has_no_page(client):
    make_tag("Unused")
    get(client, "/tags/unused/", 404)
