"""Lists in numbered pages: each with its own address and title, and nothing at addresses that are no page."""

import pytest
from factories import make_post, make_practice
from html_pages import get

pytestmark = pytest.mark.django_db

NO_PAGES = (
    "0",
    "-1",
    "4",
    "abc",
    "9" * 11,
    "9" * 5000,
    "1.5",
    "",
    "%00",
    "1e1",
    "%D9%A1",
    "+1",
    " 1",
    "1&page=99",
    "0x1",
)
LISTS = ("/blog/", "/topics/skin/", "/tags/light/", "/authors/ada-ray/")


@pytest.fixture
def five_posts(monkeypatch):
    """Five posts in everything, two to a page."""
    monkeypatch.setattr("blog.reading.lists.POSTS_PER_PAGE", 2)
    make_practice()
    for number in range(1, 6):
        make_post(f"Post {number}", topic="Skin", tags=("Light",))


@pytest.mark.parametrize("path", LISTS)
def test_every_post_is_on_exactly_one_page(client, five_posts, path):
    found = [get(client, f"{path}?page={number}").cards for number in (1, 2, 3)]
    assert found == [["Post 5", "Post 4"], ["Post 3", "Post 2"], ["Post 1"]]
    assert get(client, path).cards == found[0]


@pytest.mark.parametrize("path", LISTS)
def test_each_page_has_its_own_title_address_and_description(client, five_posts, path, settings):
    settings.SITE_URL = "https://blog.example.com"
    pages = [get(client, f"{path}?page={number}") for number in (1, 2, 3)]
    assert [page.one("//link[@rel='canonical']/@href") for page in pages] == [
        f"https://blog.example.com{path}",
        f"https://blog.example.com{path}?page=2",
        f"https://blog.example.com{path}?page=3",
    ]
    titles = [page.one("//title") for page in pages]
    assert len(set(titles)) == 3
    assert titles[1] == titles[0].replace(" | ", ", page 2 | ")
    assert len({page.one("//meta[@name='description']/@content") for page in pages}) == 3


@pytest.mark.parametrize("path", LISTS)
def test_pages_link_to_their_neighbours(client, five_posts, path):
    def links(number):
        nav = "//nav[@aria-label='Pages of posts']"
        page = get(client, f"{path}?page={number}")
        return page.all(nav + "/a/@href"), page.all(nav + "//*[@aria-current='page']"), page.all(nav + "/a[@rel]")

    numbers = [path, f"{path}?page=2", f"{path}?page=3"]
    assert links(1) == ([*numbers, f"{path}?page=2"], ["Page 1"], ["Older posts"])
    assert links(2) == ([*numbers, path, f"{path}?page=3"], ["Page 2"], ["Newer posts", "Older posts"])
    assert links(3) == ([*numbers, f"{path}?page=2"], ["Page 3"], ["Newer posts"])


def test_one_page_needs_no_numbers(client):
    make_post()
    assert get(client, "/blog/").all("//nav[@aria-label='Pages of posts']") == []


def test_many_pages_leave_gaps(client, monkeypatch):
    monkeypatch.setattr("blog.reading.lists.POSTS_PER_PAGE", 1)
    for number in range(30):
        make_post(f"Post {number}")
    nav = "//nav[@aria-label='Pages of posts']/*[not(@rel)]"
    assert [item.removeprefix("Page ") for item in get(client, "/blog/?page=15").all(nav)] == [
        "1", "…", "13", "14", "15", "16", "17", "…", "30",
    ]  # fmt: skip
    assert len(get(client, "/blog/?page=30").all(nav)) <= 9


@pytest.mark.parametrize("number", NO_PAGES)
@pytest.mark.parametrize("path", LISTS)
def test_what_is_no_page_is_not_found(client, five_posts, path, number):
    response = client.get(f"{path}?page={number}")
    assert response.status_code == (400 if number == "%00" else 404)


def test_a_number_may_have_leading_zeros(client, five_posts):
    assert get(client, "/blog/?page=002").one("//link[@rel='canonical']/@href").endswith("/blog/?page=2")


def test_an_empty_blog_has_a_first_page_and_no_second(client):
    get(client, "/blog/?page=1")
    get(client, "/blog/?page=2", 404)


def test_the_newest_post_stands_large_on_the_first_page_only(client, five_posts):
    large = "//article[contains(@class, 'card--lead')]/h2"
    assert get(client, "/blog/").all(large) == ["Post 5"]
    assert get(client, "/blog/?page=2").all(large) == []
