"""Logging in, in a real browser: the second step, and the cover of a shared computer."""

import re
from base64 import b32decode

import pytest
from axe_playwright_python.sync_playwright import Axe
from django_otp.oath import totp
from live_site import copy_of

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True}


@pytest.fixture(scope="module")
def site(_prepared_site, tmp_path_factory):
    """A site whose logins need a second step."""
    site = copy_of(_prepared_site, tmp_path_factory.mktemp("site"))
    site.environment["SECOND_FACTOR"] = "required"
    site.start()
    yield site
    site.stop()


def first_step(page, site, *, shared: bool) -> None:
    page.goto("/admin/login/")
    page.get_by_label("User name").fill(site.username)
    page.get_by_label("Password").fill(site.password)
    page.get_by_label("This is a shared computer").set_checked(shared)
    page.get_by_role("button", name="Continue").click()


def looks_right(page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert [rule["id"] for rule in Axe().run(page).response["violations"]] == []


def test_set_up_then_log_in_with_codes_then_a_locked_screen(site, new_context, expected_complaints):
    # A wrong password at the cover, and axe, which reads style sheets by itself, at a locked screen.
    expected_complaints.extend(["/admin/unlock/", "/admin/blog/topic/add/widgets."])
    page = new_context(bypass_csp=True, **PHONE).new_page()
    first_step(page, site, shared=False)
    page.get_by_role("heading", name="Set up the second step").wait_for()
    page.get_by_alt_text("QR code").wait_for()
    assert page.evaluate("document.querySelector('.st-qr').naturalWidth") > 100
    looks_right(page)
    key = b32decode(page.locator("#second-step-key").inner_text().replace(" ", ""))
    # The app of a phone whose clock is half a minute slow, so that the next code is a new one.
    page.get_by_label("Type the 6-digit code").fill(f"{totp(key, drift=-1):06d}")
    page.get_by_role("button", name="Set it up").click()
    page.get_by_role("heading", name="Your recovery codes").wait_for()
    codes = page.locator("#recovery-codes code").all_inner_texts()
    assert len(codes) == 10 and page.get_by_role("button", name="Print").is_visible()
    looks_right(page)
    page.get_by_role("link", name="I have kept them: go on").click()
    page.get_by_role("heading", name="Your work").wait_for()
    page.evaluate(
        """() => { window.postForm = {flush: () => new Promise((done) => setTimeout(() => {
            localStorage.setItem('saved', 'before leaving');
            done();
        }, 100))}; }"""
    )
    page.get_by_role("button", name="Log out").click()
    page.get_by_text("You are logged out.").wait_for()
    assert page.evaluate("localStorage.getItem('saved')") == "before leaving"

    first_step(page, site, shared=True)
    page.get_by_label("6-digit code from your authenticator app").fill("000 000x")
    looks_right(page)
    page.get_by_role("link", name="Use a recovery code instead").click()
    page.get_by_label("A recovery code").fill(codes[0])
    page.get_by_role("button", name="Log in").click()
    page.get_by_text("9 recovery codes are left.").wait_for()

    page.clock.install()
    page.goto("/admin/blog/topic/add/")
    page.evaluate(
        """document.addEventListener('staff-lock', (event) => event.detail.waitFor(new Promise((done) => {
            document.body.dataset.flushed = '1'; done();
        })))"""
    )
    page.locator("#id_name").fill("Half a wo")
    # A login in another window gives this browser a new token.
    page.context.clear_cookies(name="csrftoken")
    page.request.get("/admin/help/")
    cover = page.get_by_role("dialog", name="Locked")
    page.clock.fast_forward("09:00")
    assert not cover.is_visible()
    page.clock.fast_forward("01:30")
    cover.wait_for()
    assert page.evaluate("document.body.dataset.flushed") == "1"
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    assert cover.is_visible()
    looks_right(page)
    # The server knows it, too.
    for _ in range(100):
        if "/unlock/" in page.request.get("/admin/help/").url:
            break
        page.wait_for_timeout(50)
    assert "/unlock/" in page.request.get("/admin/help/").url
    cover.get_by_label("Password").fill("not the password")
    cover.get_by_role("button", name="Go on").click()
    cover.get_by_text("That is not your password.").wait_for()
    cover.get_by_label("Password").fill(site.password)
    cover.get_by_role("button", name="Go on").click()
    cover.wait_for(state="detached")
    assert page.locator("#id_name").input_value() == "Half a wo"
    page.clock.fast_forward("11:00")
    cover.wait_for()
    cover.get_by_role("button", name="Someone else").click()
    page.get_by_text("You are logged out.").wait_for()
    assert re.search("/admin/login/", page.request.get("/admin/").url)
