"""The headers that Mozilla's Observatory grades A+, on every answer, and Django's own check for production."""

import re
import subprocess
import sys

import pytest
from django.test import Client
from factories import make_editor, make_picture, make_post
from live_site import ROOT, clean_environment
from public_pages import every_address

from blog.publishing import take_off


@pytest.fixture(autouse=True)
def https(settings):
    """The site as it is with an address that begins with https."""
    settings.SECURE_SSL_REDIRECT = settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True
    settings.SECURE_HSTS_SECONDS = 31536000
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")


@pytest.fixture
def addresses(db):
    make_post("Post", topic="Skin", tags=("Light",), hero_image=make_picture(), hero_alt="A lamp")
    take_off(make_editor(), make_post("Gone"), "old")
    return [*every_address(), "/admin/login/", "/admin/", "/media/nothing.jpg", "/blog/\x00/"]


def graded(response) -> None:
    """What Mozilla's Observatory asks of an answer, by its published rules."""
    headers = response.headers
    policy = dict(part.strip().partition(" ")[::2] for part in headers["Content-Security-Policy"].split(";"))
    assert policy["default-src"] == "'self'"
    assert "unsafe" not in policy["script-src"] and "unsafe-eval" not in str(policy)
    for directive in ("object-src", "base-uri", "frame-ancestors"):
        assert policy[directive] == "'none'"
    assert policy["form-action"] == "'self'"
    assert int(re.match(r"max-age=(\d+)", headers["Strict-Transport-Security"])[1]) >= 15768000  # six months
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "Access-Control-Allow-Origin" not in headers
    assert "geolocation=()" in headers["Permissions-Policy"]
    for name, cookie in response.cookies.items():
        assert cookie["secure"] and cookie["samesite"] and not cookie["domain"] and cookie["path"] == "/", name


def test_every_address_has_all_of_them(addresses):
    for address in addresses:
        response = Client(headers={"X-Forwarded-Proto": "https"}).get(address)
        if response.status_code == 400:
            assert response.headers["X-Content-Type-Options"] == "nosniff"
            continue
        graded(response)
        if response.streaming:
            response.getvalue()  # read to its end, it closes its file
        elsewhere = address.startswith("/media/")
        assert response.headers["Cross-Origin-Resource-Policy"] == ("cross-origin" if elsewhere else "same-origin")


def test_a_refusal_has_them_too(db):
    client = Client(headers={"X-Forwarded-Proto": "https"})
    for response in (client.delete("/blog/"), client.get("/blog/", headers={"Host": "evil.test"})):
        assert response.status_code in (400, 405)
        assert response.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert client.delete("/blog/").headers["Strict-Transport-Security"]


def test_http_leads_to_https_on_the_same_host(db):
    response = Client(headers={"X-Forwarded-Proto": "http"}).get("/blog/?page=2")
    assert (response.status_code, response.headers["Location"]) == (301, "https://testserver/blog/?page=2")


def settings_of(site_url: str, tmp_path, *command: str) -> subprocess.CompletedProcess:
    environment = clean_environment() | {
        "SITE_URL": site_url,
        "SECRET_KEY": "HLt9pZ2m5jQx7Rr0oVb3WcN8yKf4uGs6AeDi1TqYXPwzJhElMk",
        "VAR_DIR": str(tmp_path),
    }
    return subprocess.run(
        [sys.executable, *command], cwd=ROOT, env=environment, capture_output=True, text=True, stdin=subprocess.DEVNULL
    )


def test_djangos_check_for_production_is_clean(tmp_path):
    command = ("manage.py", "check", "--deploy", "--fail-level", "WARNING")
    done = settings_of("https://blog.example.com", tmp_path, *command)
    assert done.returncode == 0, done.stderr
    # It is a check that can fail.
    assert "security.W008" in settings_of("http://blog.example.com", tmp_path, *command).stderr


@pytest.mark.parametrize(("scheme", "prefix"), [("https", "__Host-"), ("http", "")])
def test_cookies_are_bound_to_this_host_where_there_is_https(tmp_path, scheme, prefix):
    names = "s.SESSION_COOKIE_NAME, s.CSRF_COOKIE_NAME, s.CSRF_COOKIE_SECURE"
    show = f"from django.conf import settings as s; print({names})"
    done = settings_of(f"{scheme}://blog.example.com", tmp_path, "manage.py", "shell", "--no-imports", "-c", show)
    assert done.stdout.split() == [f"{prefix}sessionid", f"{prefix}csrftoken", str(bool(prefix))]


def test_nginx_sends_the_same_with_its_own_pages(client, db):
    site = client.get("/blog/", secure=True)
    lines = (ROOT / "deploy/nginx/page-headers.conf").read_text("utf-8").splitlines()
    written = [re.fullmatch(r'add_header (\S+) (?:"([^"]*)"|(\S+)) always;', line) for line in lines[1:]]
    sent = {found[1]: found[2] or found[3] for found in written}
    assert sent.pop("Cache-Control") == "no-store"
    assert len(sent) == 7
    for name, value in sent.items():
        # A policy means the same in any order of its directives.
        assert sorted(site[name].split("; ")) == sorted(value.split("; ")), name
