"""A tap on a number to call, or on the link to book, is told by the browser itself, without a script."""

import time

import pytest

pytestmark = pytest.mark.samples
BROWSER = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36"
ARTICLE = "/blog/who-pays-for-botulinum-toxin/"


def lines(site):
    """What the server noted so far: what happened to which article."""
    files = (site.folder / "reads").glob("*")
    return [line.split()[1:] for file in files for line in file.read_text().splitlines()]


def test_taps_reach_the_server_and_stand_in_nobodys_way(new_context, site):
    site.python(
        "from blog.models import Practice\n"
        "p = Practice.objects.get(); p.phone = '(907) 555-0142'; p.booking_url = p.website_url = '/blog/'; p.save()"
    )
    # By its own name a browser without a screen is a known bot.
    page = new_context(java_script_enabled=False, user_agent=BROWSER).new_page()
    page.goto(ARTICLE)
    page.get_by_role("banner").get_by_role("link", name="Call").click()
    page.locator(".cta").get_by_role("link", name="Book a visit").click()
    page.wait_for_url("**/blog/")
    deadline = time.monotonic() + 10
    wanted = [[what, ARTICLE.split("/")[2]] for what in ("read", "call", "book")]
    while sorted(lines(site)) != sorted(wanted) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert sorted(lines(site)) == sorted(wanted)
