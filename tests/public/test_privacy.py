"""Reading leaves no trace: no cookie, no script, nothing from elsewhere, and the same page for everybody."""

import ast
import re

import pytest
from django.conf import settings as site
from django.contrib.auth.models import User
from factories import make_author, make_editor, make_picture, make_post, make_practice
from html_pages import Page

from blog.publishing import take_off

TEMPLATES = [*(site.BASE_DIR / "templates").glob("*.html"), *(site.BASE_DIR / "templates/blog").rglob("*.html")]
UNWANTED = ("csrf", "messages", "request.user", "user.", "perms", "|safe", "autoescape", "style=", "<style", "<script")

FOR_MACHINES = ("/feed/", "/feed/atom/", "/feed/json/", "/sitemap.xml", "/robots.txt", "/healthz", "/readyz")
OTHERS = {"/": 302, "/nothing/": 404, "/blog/gone/": 410} | dict.fromkeys(FOR_MACHINES, 200)
ICONS = ("/favicon.ico", "/apple-touch-icon.png")

pytestmark = pytest.mark.django_db


@pytest.fixture
def addresses() -> dict[str, int]:
    """A public page of each kind and its status."""
    make_practice(
        phone="(907) 555-0142", website_url="https://www.example.com/", booking_url="https://book.example.com/"
    )
    picture = make_picture()
    make_post(
        "Post",
        topic="Skin",
        tags=("Light",),
        author=make_author(photo=picture, bio="Ada."),
        hero_image=picture,
        hero_alt="A lamp",
    )
    gone = make_post("Gone")
    take_off(make_editor(), gone, "old")
    pages = ("/blog/", "/blog/post/", "/topics/skin/", "/tags/light/", "/authors/ada-ray/", "/search/?q=post")
    return dict.fromkeys(pages, 200) | OTHERS


def test_no_page_sets_a_cookie_or_depends_on_one(client, addresses):
    for path, status in addresses.items():
        response = client.get(path)
        assert response.status_code == status
        assert not response.cookies, path
        assert "cookie" not in response.get("Vary", "").lower(), path


def test_staff_read_the_same_page_as_everybody(client, addresses):
    User.objects.create_superuser("root", password="not a short one")
    before = {path: client.get(path).content for path in addresses}
    assert client.login(username="root", password="not a short one")
    for path in addresses:
        response = client.get(path)
        assert response.content == before[path], path
        assert not response.cookies, path
        assert "cookie" not in response.get("Vary", "").lower(), path


def test_nothing_is_loaded_from_elsewhere(client, addresses):
    for path, status in addresses.items():
        if status == 302 or path in FOR_MACHINES:
            continue
        page = Page(client.get(path))
        loaded = page.all("//@src") + page.all("//link[not(@rel='canonical')]/@href")
        loaded += [part.split()[0] for srcset in page.all("//@srcset") for part in srcset.split(", ")]
        assert loaded
        loaded = [address for address in loaded if address not in ICONS]
        assert [address for address in loaded if not re.match(r"/(static|media|feed)/", address)] == [], path


def test_the_looks_load_nothing_from_elsewhere():
    css = (site.BASE_DIR / "static/blog/look.css").read_text("utf-8")
    found = re.findall(r"url\(([^)]*)\)|@import", css)
    assert found == ['"fonts/hedvig-letters-serif-latin-400-normal.woff2"']
    assert (site.BASE_DIR / "static/blog/fonts/hedvig-letters-serif-OFL.txt").is_file()


def test_the_policy_allows_no_script_and_no_other_site(client, addresses):
    for path in addresses:
        policy = client.get(path)["Content-Security-Policy"]
        assert "default-src 'self'" in policy
        assert "unsafe-inline" not in policy
        assert client.get(path)["Referrer-Policy"] == "same-origin"


def test_public_templates_ask_nothing_about_the_reader():
    assert len(TEMPLATES) > 10
    for template in TEMPLATES:
        text = template.read_text("utf-8")
        found = [word for word in UNWANTED if word in text]
        assert found == [], template.name


def test_text_is_declared_safe_in_two_places_the_body_and_the_structured_data():
    sources = [path for path in (site.BASE_DIR / "blog").rglob("*.py") if "admin" not in path.parts]
    found = [
        (path.name, function.name)
        for path in sources
        for function in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(function, ast.FunctionDef)
        for part in ast.walk(function)
        if isinstance(part, ast.Call) and "mark_safe" in ast.unparse(part.func)
    ]
    assert found == [("blog.py", "cleaned_body"), ("blog.py", "json_ld")]
    assert sum(path.read_text("utf-8").count("mark_safe(") for path in sources) == len(found)
    for name, template in (("cleaned_body", "article.html"), ("json_ld", "_head.html")):
        assert [path.name for path in TEMPLATES if f"|{name}" in path.read_text("utf-8")] == [template]
