"""robots.txt: where crawlers have nothing to look for, and where the sitemap is."""

from urllib.robotparser import RobotFileParser

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db

SITE = "https://blog.example.com"


@pytest.fixture
def rules(client, settings) -> RobotFileParser:
    settings.SITE_URL = SITE
    response = client.get("/robots.txt")
    assert (response.status_code, response["Content-Type"]) == (200, "text/plain; charset=utf-8")
    parser = RobotFileParser()
    parser.parse(response.content.decode().splitlines())
    return parser


def test_it_names_the_sitemap_by_its_public_address(rules, client):
    (sitemap,) = rules.site_maps()
    assert sitemap == f"{SITE}/sitemap.xml"
    assert client.get(sitemap.removeprefix(SITE)).status_code == 200


@pytest.mark.parametrize("agent", ["Googlebot", "Googlebot-Image", "bingbot", "anything"])
def test_the_staff_side_is_shut_and_all_that_readers_see_is_open(rules, agent):
    for path in ("/admin/", "/admin/login/", "/admin/blog/post/1/change/"):
        assert not rules.can_fetch(agent, SITE + path)
    for path in ("/", "/blog/", "/blog/administration/", "/feed/", "/sitemap.xml", "/media/x.jpg", "/static/x.css"):
        assert rules.can_fetch(agent, SITE + path)


def test_a_page_that_says_noindex_may_be_read_or_nobody_learns_it(rules):
    assert rules.can_fetch("Googlebot", f"{SITE}/search/?q=botox")


def test_it_needs_no_database(monkeypatch):
    from django.db import connection

    with connection.execute_wrapper(lambda *_: pytest.fail("a question to the database")):
        assert Client().get("/robots.txt").status_code == 200
