"""Public pages are read, and only read, whatever else is tried."""

import pytest
from django.test import Client
from factories import make_editor, make_post
from public_pages import every_address

from blog.models import Publication
from blog.publishing import take_off

pytestmark = pytest.mark.django_db

METHODS = ("TRACE", "PUT", "DELETE", "POST", "PATCH", "OPTIONS", "CONNECT", "PROPFIND", "BREW")


@pytest.fixture
def addresses() -> list[str]:
    make_post("Post", topic="Skin", tags=("Light",))
    take_off(make_editor(), make_post("Gone"), "old")
    return every_address()


@pytest.mark.parametrize("method", METHODS)
def test_a_foreign_method_is_refused_everywhere(addresses, method):
    client = Client(enforce_csrf_checks=True)
    for address in addresses:
        response = client.generic(method, address)
        assert (response.status_code, response["Allow"]) == (405, "GET, HEAD"), address
        assert not response.cookies


def test_head_answers_as_get_without_a_body(client, addresses):
    for address in addresses:
        get, head = client.get(address), client.head(address)
        assert (head.status_code, head.get("Content-Type")) == (get.status_code, get.get("Content-Type"))
        assert head.content == b""


QUERIES = ("?", "?page=1&page=1", "?" + "a" * 2000, "?%ff=%fe", "?;;&&==", "?page", "?page[]=1", "?q=%F0%9F%92%89")


@pytest.mark.parametrize("query", QUERIES)
def test_odd_query_strings_never_break_a_page(client, addresses, query):
    for address in addresses:
        assert client.get(address + query).status_code < 500


def test_reading_writes_nothing(client, addresses):
    before = list(Publication.objects.values())
    for address in addresses:
        client.get(address)
    assert list(Publication.objects.values()) == before
