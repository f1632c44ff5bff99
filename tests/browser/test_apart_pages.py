"""Pages beside the ordinary ones, on a phone and in both themes: passwords, before the opening, the database away."""

import re
import shutil

import pytest
from live_site import copy_of
from test_access import findings

PHONE = {"viewport": {"width": 360, "height": 740}}


def fits(page) -> None:
    """The page passes axe, and nothing scrolls sideways, also with text at 200 %."""
    assert findings(page) == [], page.url
    for size in ("100%", "200%"):
        page.evaluate(f"document.documentElement.style.setProperty('font-size', '{size}')")
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, (page.url, size)


@pytest.fixture(scope="module")
def site(_prepared_site, tmp_path_factory):
    """A site with e-mail set up, whose mail server is down."""
    site = copy_of(_prepared_site, tmp_path_factory.mktemp("site"))
    site.environment |= {"EMAIL_URL": "smtp://127.0.0.1:9", "DEFAULT_FROM_EMAIL": "blog@example.com"}
    site.start()
    yield site
    site.stop()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_an_invited_person_sets_a_password_and_logs_in(site, new_context, scheme):
    printed = site.run("invite", "--name", f"Dana {scheme}", "--email", f"{scheme}@example.com", "--role", "Writer")
    assert "It could not be sent" in printed
    (link,) = re.findall(r"http\S+/admin/welcome/\S+", printed)
    page = new_context(color_scheme=scheme, bypass_csp=True, **PHONE).new_page()
    page.goto(link)
    fits(page)
    assert link.rstrip("/").rpartition("/")[2] not in page.url
    page.fill("#id_new_password1", "short")
    page.fill("#id_new_password2", "short")
    page.get_by_role("button", name="Set the password").click()
    page.get_by_text("too short").wait_for()
    fits(page)
    for field in ("#id_new_password1", "#id_new_password2"):
        page.fill(field, "three lamps and a stone")
    page.get_by_role("button", name="Set the password").click()
    page.get_by_text("Your password is set. Log in with it.").wait_for()
    fits(page)
    page.fill("#id_username", f"dana.{scheme}")
    page.fill("#id_password", "three lamps and a stone")
    page.get_by_role("button", name="Log in").click()
    page.get_by_role("heading", name="Your work").wait_for()
    page.goto(link)
    page.get_by_role("heading", name="This link no longer works").wait_for()
    fits(page)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_forgotten_password(site, new_context, scheme):
    page = new_context(color_scheme=scheme, bypass_csp=True, **PHONE).new_page()
    page.goto("/admin/login/")
    page.get_by_role("link", name="Forgotten your password?").click()
    fits(page)
    page.get_by_label("Your e-mail address").fill("nobody@example.com")
    page.get_by_role("button", name="Send the link").click()
    page.get_by_text("a mail with a link is on its way").wait_for()
    fits(page)


def test_the_front_page_brings_the_slower_lines_by_itself(site, staff_page):
    health = staff_page.locator("#health")
    health.get_by_text("127.0.0.1:9 cannot be used (Connection refused)").wait_for()
    assert f"{site.url} answers, and it is this site." in health.inner_text()
    assert "take a moment" not in health.inner_text()


def test_without_scripts_a_link_leads_to_them(site, new_context, sign_in_as):
    page = new_context(java_script_enabled=False).new_page()
    sign_in_as(page, site.username, site.password)
    page.get_by_role("link", name="look at them").click()
    page.get_by_text("127.0.0.1:9 cannot be used (Connection refused)").wait_for()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_while_the_database_is_away(site, new_context, sign_in_as, expected_complaints, scheme):
    expected_complaints.append("503")
    readers = new_context(color_scheme=scheme, bypass_csp=True, **PHONE).new_page()
    staff = new_context(color_scheme=scheme, bypass_csp=True, **PHONE).new_page()
    sign_in_as(staff, site.username, site.password)
    staff.goto("/admin/blog/topic/add/")
    staff.fill("#id_name", f"Topic in {scheme}")
    files = [file for file in site.folder.iterdir() if file.name.startswith("db.sqlite3")]
    away = site.folder / "away"
    away.mkdir()
    for file in files:
        shutil.move(file, away)
    (site.folder / "db.sqlite3").mkdir()
    try:
        # A page that nobody has asked for yet: those in memory are served all the same.
        assert readers.goto(f"/search/?q={scheme}").status == 503
        fits(readers)
        staff.get_by_role("button", name="Save").click()
        staff.get_by_text("What you typed is kept in this page").wait_for()
        fits(staff)
    finally:
        (site.folder / "db.sqlite3").rmdir()
        for file in away.iterdir():
            shutil.move(file, site.folder)
        away.rmdir()
    staff.get_by_role("button", name="Send it again").click()
    staff.get_by_text(f"“Topic in {scheme}”: saved.").wait_for()
    assert readers.reload().status == 200


SITE_PASSWORD = "opens in spring"


@pytest.fixture(scope="module")
def closed(_prepared_site, tmp_path_factory):
    """A site before its opening."""
    site = copy_of(_prepared_site, tmp_path_factory.mktemp("closed"))
    site.environment |= {"SITE_OPEN": "0", "SITE_PASSWORD": SITE_PASSWORD}
    site.start()
    yield site
    site.stop()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_before_the_opening_readers_are_asked_and_let_in(closed, browser, scheme):
    # A wrong password stands for a person who closes the browser's question: both then see the page.
    wrong, right = ({"username": "anybody", "password": password} for password in ("a guess", SITE_PASSWORD))
    context = browser.new_context(color_scheme=scheme, bypass_csp=True, http_credentials=wrong, **PHONE)
    page = context.new_page()
    assert page.goto(f"{closed.url}/blog/").status == 401
    page.get_by_role("heading", name="This blog opens soon").wait_for()
    fits(page)
    context.close()
    context = browser.new_context(http_credentials=right, **PHONE)
    page = context.new_page()
    answers = []
    page.on("response", lambda answer: answers.append((answer.url.removeprefix(closed.url), answer.status)))
    page.goto(f"{closed.url}/blog/")
    page.get_by_role("heading", level=1).wait_for()
    refused = {path for path, status in answers if status >= 400}
    assert ("/blog/", 200) in answers and refused <= {"/blog/"} and context.cookies() == []
    context.close()
