"""Addresses that lead nowhere, and a site in trouble: a calm page with ways on."""

import pytest
from django.conf import settings as site
from django.template.loader import render_to_string
from factories import make_post, make_practice
from html_pages import faults, get

from blog.trouble import server_error

NOWHERE = (
    "/nothing/",
    "/blog/nothing/",
    "/topics/nothing/",
    "/tags/nothing/",
    "/authors/nothing/",
    "/media/nothing.jpg",
)


@pytest.mark.django_db
@pytest.mark.parametrize("path", NOWHERE)
def test_not_found_offers_the_newest_posts_and_the_topics(client, path):
    make_practice()
    for number in range(5):
        make_post(f"Post {number}", topic="Skin health")
    page = get(client, path, 404)
    assert page.more == ["Post 4", "Post 3", "Post 2"]
    assert page.all("//main//ul[contains(@class, 'links')]//a/@href") == ["/blog/", "/topics/skin-health/"]
    assert page.one("//title") == "Page not found | Northlight"
    assert page.one("//form[@role='search']/@action") == "/search/"
    assert page.one(f"//label[@for='{page.one('//form//input/@id')}']") == "Search the blog"
    assert page.all("//@autofocus") == []
    assert page.one("//meta[@name='robots']/@content") == "noindex"
    assert page.all("//link[@rel='canonical']") == []


@pytest.mark.django_db
def test_not_found_in_an_empty_blog(client):
    page = get(client, "/nothing/", 404)
    assert page.all("//main//h2") == []


@pytest.mark.django_db
def test_a_missing_slash_is_added(client):
    response = client.get("/blog")
    assert (response.status_code, response["Location"]) == (301, "/blog/")


def test_when_all_goes_wrong_a_page_says_so_without_asking_the_database(rf):
    # No django_db mark: a query would fail this test.
    response = server_error(rf.get("/blog/"))
    html = response.content.decode()
    assert response.status_code == 500
    assert faults(html) == []
    assert "{" not in html
    assert "call 911" in html


@pytest.mark.parametrize("name", ["500.html", "503.html", "400.html", "401.html"])
def test_pages_for_trouble_find_their_looks_by_fixed_names(name):
    html = render_to_string(name)
    assert faults(html) == []
    for path in ("blog/look.css", "blog/favicon.svg"):
        assert f'"{site.STATIC_URL}{path}"' in html
        assert (site.BASE_DIR / "static" / path).is_file()
