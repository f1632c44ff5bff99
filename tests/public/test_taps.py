"""Taps on the numbers to call and on the link to book: told by the browser itself, in nobody's way."""

import json

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from factories import make_editor, make_post, make_practice
from html_pages import Page

from blog.publishing import make_preview_link

pytestmark = pytest.mark.django_db

TEXT = '<p>Text.</p><aside data-box="urgent"><p>Fever</p></aside><p><a href="tel:+18002221222">Poison help</a></p>'


@pytest.fixture
def post():
    make_practice(
        phone="(907) 555-0142",
        after_hours_text="At night (907) 555-0199.",
        booking_url="https://book.example.com/",
        cta_heading="Come in",
    )
    return make_post("Peels", body=TEXT)


def told(page, href):
    """Every address that a browser tells of a tap on such a link."""
    return {link.get("ping") for link in page.tree.xpath(f"//a[@href='{href}']")}


def test_an_article_tells_of_taps_on_the_clinics_own_numbers_and_on_booking(client, post):
    page = Page(client.get("/blog/peels/"))
    assert told(page, "tel:+19075550142") == told(page, "tel:+19075550199") == {"/tap/call/peels/"}
    assert told(page, "https://book.example.com/") == {"/tap/book/peels/"}
    assert len(page.all("//div[contains(@class, 'care')]//a[@ping]")) == 2
    # Nothing at all comes between a reader and 911, and another's number is not the clinic's.
    assert told(page, "tel:911") <= {None} and told(page, "tel:+18002221222") == {None}
    assert {link.get("href")[:4] for link in page.tree.xpath("//a[@ping]")} == {"tel:", "http"}


def test_only_the_page_that_readers_get_has_it(client, post):
    for path in ("/blog/", "/search/?q=peels", "/feed/", "/feed/atom/", "/blog/nothing/"):
        assert "/tap/" not in client.get(path).content.decode(), path
    assert "/tap/" not in json.loads(client.get("/feed/json/").content)["items"][0]["content_html"]
    _, token = make_preview_link(make_editor(), post, days=1)
    shown = client.get(f"/preview/{token}/")
    assert shown.status_code == 200 and "tel:+19075550142" in shown.content.decode()
    assert "/tap/" not in shown.content.decode()


def test_telling_needs_no_token_asks_no_database_and_gets_an_empty_answer(post):
    client = Client(enforce_csrf_checks=True)
    for path in ("/tap/call/peels/", "/tap/book/never-was/"):
        with CaptureQueriesContext(connection) as queries:
            answer = client.post(path, "PING", content_type="text/ping", headers={"Cookie": "sessionid=0"})
        assert (answer.status_code, answer.content, len(queries)) == (204, b"", 0)
        assert not answer.cookies


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "OPTIONS", "TRACE"])
def test_there_is_nothing_to_read_there(client, method):
    answer = client.generic(method, "/tap/call/peels/")
    assert (answer.status_code, answer["Allow"]) == (405, "POST")


def test_a_tap_of_an_unknown_kind_is_no_page(client, db):
    assert client.post("/tap/look/peels/").status_code == 404
    assert client.post("/blog/peels/").status_code == 405
