"""What no answer does: lead to another site, tell how this one is made, or go without the headers of its kind."""

import re
from urllib.parse import urljoin, urlsplit

import pytest
from cast import person
from django.conf import settings
from django.template.response import TemplateResponse
from django.test import Client
from live_site import ROOT
from permissions_table import TABLE
from staff_world import World, address_of, named_addresses

pytestmark = pytest.mark.django_db

PASSWORD = "not a short one"
EVIL = (
    "//evil.example/",
    "///evil.example/",
    "////evil.example/",
    "https:evil.example",
    "https:/evil.example",
    "https://evil.example/",
    "HtTpS://evil.example/",
    "http://testserver@evil.example/",
    "http://testserver.evil.example/",
    "http:///evil.example/",
    "\\\\evil.example/",
    "/\\evil.example/",
    "\\/evil.example/",
    "/\t/evil.example/",
    "\t//evil.example/",
    " //evil.example/",
    "\x00//evil.example/",
    "javascript:alert(1)",
    "java\nscript:alert(1)",
    "data:text/html,x",
    "/admin/\r\nLocation: //evil.example/",
    "/admin/\r\n\r\n<script>alert(1)</script>",
    "/%0d%0aSet-Cookie:x=1",
    "//evil%E3%80%82example/",
    "//[::ffff:1.2.3.4]/",
    "http://[evil.example/",
    "evil.example:80/",
)


def leads_away(response, here: str) -> str:
    """Where a redirect leads to, if that is another site; as a browser reads it."""
    if response.streaming:
        response.getvalue()  # read to its end, it closes its file
    if "Location" not in response:
        return ""
    target = response["Location"]
    assert "\n" not in target and "\r" not in target
    # Browsers drop tabs and ends of lines within, blanks around, and read a backslash as a slash.
    read = re.sub(r"[\t\r\n]", "", target).strip("".join(map(chr, range(33)))).replace("\\", "/")
    whole = urlsplit(urljoin(f"http://testserver{here}", read))
    return "" if (whole.scheme, whole.netloc) == ("http", "testserver") else target


def test_no_login_leads_to_another_site():
    person("wilma", "Writer")
    for target in EVIL:
        client = Client()
        sent = {"username": "wilma", "password": PASSWORD, "next": target}
        signed_in = client.post("/admin/login/", sent)
        assert signed_in.status_code == 302 and not leads_away(signed_in, "/admin/login/"), target
        for answer in (client.get("/admin/login/", {"next": target}), client.get("/admin/unlock/", {"next": target})):
            assert not leads_away(answer, "/admin/login/"), target
        unlocked = client.post(f"/admin/unlock/?{'next=' + target}", {"password_again": PASSWORD})
        assert not leads_away(unlocked, "/admin/unlock/"), target
        # In the address, too: signed out, one is led to the login with this very address to come back to.
        for path in ("/admin/?next=", "/admin/unlock/?next="):
            assert not leads_away(Client().get(path + target), "/admin/"), target


def test_no_page_or_form_of_the_staff_side_leads_to_another_site(monkeypatch):
    monkeypatch.setattr(TemplateResponse, "rendered_content", "")  # redirects have none, and they are what counts
    world = World()
    client = Client()
    client.force_login(world.people()["everything"])
    names = ("next", "back", "query", "_changelist_filters", "_popup", "_to_field", "url", "address", "return")
    addresses = named_addresses()
    for number, (name, (reads, sends)) in enumerate(TABLE.items()):
        if name in ("admin:logout", "admin:health"):
            continue
        address = address_of(name, addresses[name], world.keys(name))
        # Each address with some of the targets, all of them in turn: a hundred and seventy addresses cover each often.
        for target in EVIL[number % 13 :: 13]:
            asked = dict.fromkeys(names, target)
            if reads:
                assert not leads_away(client.get(address, asked), address), (name, target)
            if sends:
                answer = client.post(address, world.sent(name, None) | asked)
                assert not leads_away(answer, address), (name, target)
                if answer.status_code == 302 and "/login/" in answer["Location"]:
                    client.force_login(world.otto)


@pytest.fixture
def secrets() -> list[str]:
    """What stands in no answer: keys, folders, names of modules and settings, code."""
    return [
        settings.SECRET_KEY,
        str(ROOT),
        str(settings.VAR_DIR),
        settings.DATABASES["default"]["PASSWORD"] or "no password",
        "Traceback",
        "site-packages",
        "medspa.settings",
        "DJANGO_SETTINGS_MODULE",
        "INSTALLED_APPS",
        "ROOT_URLCONF",
        "ALLOWED_HOSTS",
        "blog/views.py",
        "blog.views",
        "sqlite3",
        "psycopg2",
        "Django Version",
        "Request Method",
        "a secret in the error",
        "evil.example",
    ]


def test_no_page_about_trouble_tells_how_the_site_is_made(secrets, monkeypatch, client):
    def broken(*args, **kwargs):
        key = settings.SECRET_KEY
        raise RuntimeError(f"a secret in the error {key}")

    signed_in, strict = Client(raise_request_exception=False), Client(enforce_csrf_checks=True)
    signed_in.force_login(person("mara", "Manager"))
    strict.force_login(person("wilma", "Writer"))
    client.raise_request_exception = False
    answers = {
        "404": client.get("/no/such/page"),
        "404 of the staff side": signed_in.get("/admin/no/such/page"),
        "403": signed_in.get("/admin/auth/group/"),
        "405": client.delete("/blog/"),
        "400, a host that is not ours": client.get("/blog/", HTTP_HOST="evil.example"),
        "400, a character": client.get("/blog/%00/"),
        "403, no token": strict.post("/admin/blog/post/add/", {"title": "x"}),
        "403, a token from elsewhere": strict.post("/admin/login/", {"csrfmiddlewaretoken": "x" * 64}),
    }
    monkeypatch.setattr("blog.reading.newest_posts", broken)
    monkeypatch.setattr("blog.reading.practice", broken)
    monkeypatch.setattr("blog.admin.site.guide", broken)
    answers["500"] = client.get("/no/such/page")
    answers["500 of the staff side"] = signed_in.get("/admin/help/")
    for about, answer in answers.items():
        assert answer.status_code == int(about[:3]), about
        told = f"{answer.headers}{answer.content.decode()}"
        assert not [one for one in secrets if one in told], about


# What the staff side's answers say of themselves, by what they are.
DENIED = {"X-Frame-Options": "DENY"}
UNFRAMED = {"Content-Security-Policy": "frame-ancestors 'none'", **DENIED}
KINDS = {
    "a page": {"Cache-Control": "no-store", **UNFRAMED},
    "a page in a frame": {"Cache-Control": "no-store", "Content-Security-Policy": "frame-ancestors 'self'"},
    "data": {"Cache-Control": "no-store", **UNFRAMED},
    "a picture": {"Cache-Control": "private", "Content-Security-Policy": "default-src 'none'", **DENIED},
}
ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=()",
}
FRAMED = {"admin:blog_post_preview", "admin:blog_post_preview_new", "admin:blog_post_as_it_stood_file"}


def kind_of(name: str, response) -> str:
    kind = response["Content-Type"].partition(";")[0]
    if kind.startswith("image/"):
        return "a picture"
    return "data" if kind != "text/html" else "a page in a frame" if name in FRAMED else "a page"


def test_every_answer_of_the_staff_side_has_the_headers_of_its_kind():
    world = World()
    client = Client()
    client.force_login(world.people()["everything"])
    addresses = named_addresses()
    seen = set()
    for name, (reads, _) in TABLE.items():
        if not reads or "everything" not in reads or name in ("admin:health", "preview"):
            continue
        response = client.get(address_of(name, addresses[name], world.keys(name)))
        if response.streaming:
            response.getvalue()
        if response.status_code != 200:
            continue
        kind = kind_of(name, response)
        seen.add(kind)
        for header, words in (ALWAYS | KINDS[kind]).items():
            assert words in response.get(header, ""), (name, kind, header, response.get(header))
        assert "Access-Control-Allow-Origin" not in response and "Server" not in response
        for cookie in response.cookies.values():
            assert cookie["samesite"] == "Lax" and cookie["path"] == "/" and not cookie["domain"], name
            is_going = cookie["max-age"] == 0
            assert cookie["httponly"] or is_going or cookie.key == settings.CSRF_COOKIE_NAME, name
    assert seen == set(KINDS)
