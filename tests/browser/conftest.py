"""Tests in a real browser, against a real server.

``site`` is a fresh site for each test module, ``page`` a browser page on it, ``staff_page`` one that has signed in.
``pytestmark = pytest.mark.samples`` gives a module's site the sample articles.
A test fails when one of its pages logs an error, breaks the Content-Security-Policy or asks another host for anything;
``expected_complaints.append("404")`` lets lines through that contain the text.

The browser is the Chromium or Chrome of this computer; ``CHROMIUM`` names another. Without one these tests are
skipped, or, where ``CI`` is ``true``, they fail.
"""

import os
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from chromium import NOT_FOUND, find_chromium, flags
from live_site import copy_of, prepared_site

HERE = Path(__file__).resolve().parent


def pytest_collection_modifyitems(items):
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    chromium = find_chromium()
    if chromium is None:
        if os.environ.get("CI") == "true":
            pytest.fail(NOT_FOUND, pytrace=False)
        pytest.skip(NOT_FOUND)
    return {**browser_type_launch_args, "executable_path": chromium, "args": flags()}


@pytest.fixture(scope="session")
def _prepared_site(browser_type_launch_args):
    return prepared_site()


@pytest.fixture(scope="module")
def site(request, _prepared_site, tmp_path_factory):
    """A served site with a staff login and nothing else, or with the sample articles in a module marked so."""
    prepared = prepared_site(samples=True) if request.node.get_closest_marker("samples") else _prepared_site
    site = copy_of(prepared, tmp_path_factory.mktemp("site"))
    site.start()
    yield site
    site.stop()


@pytest.fixture(scope="module")
def browser_context_args(browser_context_args, site):
    return {**browser_context_args, "base_url": site.url}


@pytest.fixture
def expected_complaints():
    """Parts of console lines that this test expects."""
    return []


@pytest.fixture
def new_context(new_context, site, expected_complaints):
    """Contexts that are watched: ``new_context()`` stands for one more person with a browser of their own.

    It is a desktop's, 1440 by 900, unless ``new_context(viewport=…)`` says otherwise.
    """
    complaints = []

    def watch_request(request):
        address = urlsplit(request.url)
        if address.scheme in ("http", "https", "ws", "wss") and address.netloc != urlsplit(site.url).netloc:
            complaints.append(f"request to another host: {request.url}")

    def watch_console(message):
        if message.type == "error" or "Content Security Policy" in message.text:
            complaints.append(
                f"console: {message.text} ({message.location.get('url')}, on {message.page and message.page.url})"
            )

    def make(**kwargs):
        context = new_context(**{"viewport": {"width": 1440, "height": 900}, **kwargs})
        context.on("request", watch_request)
        context.on("console", watch_console)
        context.on("weberror", lambda error: complaints.append(f"uncaught: {error.error}"))
        return context

    yield make
    unexpected = [line for line in complaints if not any(part in line for part in expected_complaints)]
    assert not unexpected, "\n".join(unexpected)


def sign_in(page, site, username=None, password=None):
    """Sign in through the form."""
    page.goto(f"{site.url}/admin/login/")
    page.locator("input[name=username]").fill(username or site.username)
    page.locator("input[name=password]").fill(password or site.password)
    page.locator("form button[type=submit], form input[type=submit]").first.click()
    page.wait_for_url(lambda url: "/login/" not in url)


@pytest.fixture
def staff_page(page, site):
    """A page whose person has signed in as the superuser."""
    sign_in(page, site)
    return page


@pytest.fixture
def sign_in_as(site):
    """``sign_in_as(page, username, password)`` signs another person in."""
    return lambda page, username, password: sign_in(page, site, username, password)
