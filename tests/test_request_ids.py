"""Every request has an id: in each line that is logged for it, and where somebody has to name it."""

import json
import logging
import re

import pytest
from django.conf import settings as site
from django.test import Client
from factories import make_editor, make_post
from html_pages import Page
from public_pages import every_address

from blog.publishing import take_off
from medspa import request_ids
from medspa.logs import JsonLines

SENT = "3f2a91c4" * 4
MADE = re.compile(r"[0-9a-f]{32}")


@pytest.fixture
def behind_a_proxy(settings):
    settings.FORWARDED_ALLOW_IPS = ["10.0.0.0/8"]


def id_of(sent: str, address: str = "10.0.0.5") -> str:
    return request_ids.of({"REMOTE_ADDR": address, "HTTP_X_REQUEST_ID": sent})


@pytest.mark.parametrize("sent", [SENT, SENT.upper(), "0123456789abcdef", "123e4567-e89b-12d3-a456-426614174000"])
def test_the_proxys_own_is_taken(behind_a_proxy, sent):
    assert id_of(sent) == sent.lower()


@pytest.mark.parametrize(
    "sent", ["", "abc", "a" * 65, "a" * 5000, "x" * 32, f"{SENT}\n", f"{SENT}é", "-" * 32, "a-" * 16]
)
def test_what_is_none_is_not(behind_a_proxy, sent):
    assert MADE.fullmatch(id_of(sent)) and id_of(sent) != sent


def test_a_readers_own_is_not(behind_a_proxy, settings):
    assert MADE.fullmatch(id_of(SENT, "192.0.2.1")) and id_of(SENT, "192.0.2.1") != SENT
    settings.FORWARDED_ALLOW_IPS = []
    assert id_of(SENT) != SENT


def test_a_request_keeps_its_own():
    meta = {"REMOTE_ADDR": ""}
    assert request_ids.of(meta) == request_ids.of(meta)


@pytest.mark.django_db
def test_only_answers_that_no_cache_keeps_carry_it():
    make_post("Post", topic="Skin", tags=("Light",))
    take_off(make_editor(), make_post("Gone"), "old")
    for address in [*every_address(), "/admin/login/", "/admin/", "/preview/x/"]:
        response = Client().get(address)
        assert response.has_header("X-Request-ID") == ("no-store" in response.get("Cache-Control", "")), address
        if address.startswith("/admin/"):
            assert MADE.fullmatch(response["X-Request-ID"])


def breaks(*args, **kwargs):
    """Stands where a view's answer would come from: logs, then fails with words that hold a secret."""
    logging.getLogger("blog.views").warning("just before")
    raise RuntimeError(f"it broke with {site.SECRET_KEY}")


@pytest.mark.django_db
def test_the_page_for_trouble_shows_what_the_log_has(monkeypatch, caplog, behind_a_proxy):
    monkeypatch.setattr("blog.reading.posts", breaks)
    caplog.set_level(logging.WARNING)
    lines = []
    monkeypatch.setattr(caplog.handler, "emit", lambda record: lines.append(json.loads(JsonLines().format(record))))
    headers = {"X-Request-ID": SENT}
    response = Client(raise_request_exception=False, REMOTE_ADDR="10.0.0.5").get("/blog/", headers=headers)
    assert (response.status_code, response["X-Request-ID"]) == (500, SENT)
    assert "3f2a91c4" in Page(response).text and SENT not in response.content.decode()
    assert [(line["message"], line["request_id"]) for line in lines] == [
        ("just before", SENT),
        ("Internal Server Error: /blog/", SENT),
    ]
    assert lines[1]["trace"].endswith("RuntimeError: it broke with *")
    assert site.SECRET_KEY not in response.content.decode() + json.dumps(lines)
    assert "RuntimeError" not in response.content.decode()
    assert request_ids.current() == ""
