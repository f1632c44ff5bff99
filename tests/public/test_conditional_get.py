"""Who asks again for what has not changed is told so without its bytes; any change is sent."""

from datetime import UTC, datetime

import pytest
from factories import change_post, make_editor, make_post, make_practice
from public_pages import every_address

from blog.publishing import take_off

LONG_AGO = datetime(2026, 1, 15, 21, 0, tzinfo=UTC)

pytestmark = pytest.mark.django_db

CAN_CHANGE = (
    *("/blog/", "/blog/how-lasers-work/", "/topics/skin/", "/tags/light/", "/authors/ada-ray/"),
    *("/feed/", "/feed/atom/", "/feed/json/", "/sitemap.xml", "/robots.txt"),
)


@pytest.fixture
def post():
    make_practice(phone="(907) 555-0142")
    return make_post(topic="Skin", tags=("Light",), now=LONG_AGO)


def etag(client, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200 and "no-cache" in response["Cache-Control"]
    return response["ETag"]


@pytest.mark.parametrize("path", CAN_CHANGE)
def test_the_same_page_is_not_sent_twice(client, post, path):
    known = etag(client, path)
    assert etag(client, path) == known
    for asked in (known, f'"other", {known}', f"W/{known}", "*"):
        response = client.get(path, headers={"If-None-Match": asked})
        assert (response.status_code, response.content) == (304, b"")
        assert not response.has_header("Content-Length")
        assert response["ETag"] == known and "no-cache" in response["Cache-Control"]
        assert not response.cookies and "cookie" not in response.get("Vary", "").lower()
    assert client.get(path, headers={"If-None-Match": '"other"'}).status_code == 200


@pytest.mark.parametrize("path", [path for path in CAN_CHANGE if path not in ("/robots.txt", "/sitemap.xml")])
def test_a_change_of_anything_on_it_is_sent(client, post, path):
    known = etag(client, path)
    make_practice(name="Southlight", disclaimer="Other words.")
    response = client.get(path, headers={"If-None-Match": known})
    assert response.status_code == 200 and b"Southlight" in response.content


@pytest.mark.parametrize("path", [path for path in CAN_CHANGE if path != "/robots.txt"])
def test_a_changed_article_is_sent(client, post, path):
    known = etag(client, path)
    change_post(post, title="Other title", subtitle="Other words", excerpt="Other", show_updated=True)
    assert client.get(path, headers={"If-None-Match": known}).status_code == 200


def test_no_date_keeps_a_change_from_a_reader(client, post):
    for path in CAN_CHANGE:
        response = client.get(path, headers={"If-Modified-Since": "Fri, 01 Jan 2100 00:00:00 GMT"})
        assert response.status_code == 200, path
        assert not response.has_header("Last-Modified"), path


def test_what_moved_or_is_gone_is_always_said(client, post):
    known = etag(client, "/blog/how-lasers-work/")
    change_post(post, slug="lasers")
    for asked in (known, "*"):
        assert client.get("/blog/how-lasers-work/", headers={"If-None-Match": asked}).status_code == 301
    take_off(make_editor(), post, "old")
    for asked in (known, "*"):
        assert client.get("/blog/lasers/", headers={"If-None-Match": asked}).status_code == 410


def test_head_is_answered_whatever_one_knows(client, post):
    for path in every_address():
        full = client.get(path)
        head = client.head(path, headers={"If-None-Match": full.get("ETag", "*")})
        assert (head.status_code, head.content) == (full.status_code, b""), path


def test_the_staff_side_takes_no_part(client):
    response = client.get("/admin/login/", headers={"If-None-Match": "*"})
    assert response.status_code == 200 and not response.has_header("ETag")
