"""``make look``: a picture of every kind of page, for people to look at.

Serves a site with samples and an empty one, both in a folder of their own, and ends them. Each page of
``kinds_of_pages`` is taken whole at 390 and 1440 pixels, light and dark, as ``<page>-<width>-<theme>.png``; articles
also at 360 pixels with text at 200 %; and beside them the states that no address leads to. With names of pages as
arguments only those are taken: ``make look ARGS="article posts"``.
"""

import os
import signal
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from chromium import NOT_FOUND, find_chromium, flags
from django.utils.text import slugify
from kinds_of_pages import READERS, STAFF
from live_site import ROOT, LiveSite
from playwright.sync_api import Browser, Page, sync_playwright

SCREENS = {390: 844, 1440: 900}
THEMES = ("light", "dark")
LONGEST = 15 * 60  # seconds for everything
PATIENCE = 30_000  # milliseconds for one page
TALLEST = 16_000  # pixels; Chromium draws no taller screen

# States that stand in no list of pages.
LOGIN = {"login page": "/admin/login/"}
NOTHING_FOUND = {"no post found": "/admin/blog/post/?q=nosuchword"}
EMPTY = {"empty blog": "/blog/"}
EMPTY_STAFF = {"empty work": "/admin/", "empty posts": "/admin/blog/post/"}
BROKEN = {"server error": "/blog/"}


class Looking:
    """Takes pictures into ``folder``; ``only`` names the pages to take, all where it is empty."""

    def __init__(self, browser: Browser, folder: Path, only: set[str] = frozenset()) -> None:
        self.browser, self.folder, self.only = browser, folder, only
        self.taken: list[str] = []

    def wants(self, name: str) -> bool:
        """Whether this page is to be taken."""
        return not self.only or name in self.only

    @contextmanager
    def page(self, site: LiveSite, width: int, theme: str, *, signed_in: bool = False) -> Iterator[Page]:
        """A page of a person with this screen."""
        context = self.browser.new_context(
            base_url=site.url,
            viewport={"width": width, "height": SCREENS.get(width, 844)},
            color_scheme=theme,
            has_touch=width < 1000,
            reduced_motion="reduce",
        )
        context.set_default_timeout(PATIENCE)
        page = context.new_page()
        if signed_in:
            page.goto("/admin/login/")
            page.fill("input[name=username]", site.username)
            page.fill("input[name=password]", site.password)
            page.press("input[name=password]", "Enter")
            page.wait_for_url(lambda url: "/login/" not in url)
        yield page
        context.close()

    def take(self, page: Page, name: str, width: int, theme: str) -> None:
        """Keep what the page shows now, from its top to its end."""
        # A screen as tall as the page: pictures that load late are there, and what sticks to an edge is at its place.
        page.wait_for_load_state("networkidle")
        height = page.evaluate("document.documentElement.scrollHeight")
        page.set_viewport_size({"width": width, "height": min(max(height, SCREENS.get(width, 844)), TALLEST)})
        page.wait_for_load_state("networkidle")
        # Not wait_for_function: it asks again by eval in the page, which the pages' own policy refuses.
        while not page.evaluate("[...document.images].every(image => image.complete || !image.checkVisibility())"):
            page.wait_for_timeout(50)
        file = f"{slugify(name)}-{width}-{theme}.png"
        page.screenshot(path=self.folder / file, full_page=True, animations="disabled")
        page.set_viewport_size({"width": width, "height": SCREENS.get(width, 844)})
        self.taken.append(file)
        print(f"{len(self.taken):4} {file}", flush=True)

    def pages(self, site: LiveSite, pages: dict[str, str], *, prefix: str = "", signed_in: bool = False) -> None:
        """All of these pages, at each width in each theme."""
        wanted = {name: address for name, address in pages.items() if self.wants(name)}
        for width in SCREENS if wanted else ():
            for theme in THEMES:
                with self.page(site, width, theme, signed_in=signed_in) as page:
                    for name, address in wanted.items():
                        page.goto(address)
                        self.take(page, f"{prefix}{name}", width, theme)

    def large_text(self, site: LiveSite) -> None:
        """Articles on a small phone with text at 200 %."""
        for name, address in READERS.items():
            if name.startswith("article") and self.wants(name):
                with self.page(site, 360, "light") as page:
                    page.goto(address)
                    page.evaluate("document.documentElement.style.setProperty('font-size', '200%')")
                    self.take(page, f"{name} at 200 percent", 360, "light")

    def refused(self, site: LiveSite) -> None:
        """A form that was not saved."""
        for width in SCREENS if self.wants("refused form") else ():
            for theme in THEMES:
                with self.page(site, width, theme, signed_in=True) as page:
                    page.goto(STAFF["new post"])
                    page.wait_for_load_state("networkidle")
                    page.click("[data-save]")
                    page.wait_for_selector("#form-note")
                    self.take(page, "staff refused form", width, theme)


def look(browser: Browser, folder: Path, only: set[str], home: Path) -> list[str]:
    """Take all pictures, or those of the pages named; returns the files' names. ``home`` is for the sites' data."""
    looking = Looking(browser, folder, only)
    with_samples = {*READERS, *STAFF, *LOGIN, *NOTHING_FOUND, "refused form"}
    if any(looking.wants(name) for name in with_samples):
        with served(LiveSite(home / "samples"), samples=True) as site:
            looking.pages(site, READERS)
            looking.large_text(site)
            looking.pages(site, LOGIN, prefix="staff ")
            looking.pages(site, STAFF | NOTHING_FOUND, prefix="staff ", signed_in=True)
            looking.refused(site)
    if any(looking.wants(name) for name in {*EMPTY, *EMPTY_STAFF, *BROKEN}):
        with served(LiveSite(home / "empty")) as site:
            looking.pages(site, EMPTY)
            looking.pages(site, EMPTY_STAFF, prefix="staff ", signed_in=True)
            # Without its database a site can only say that something is wrong.
            (site.folder / "db.sqlite3").rename(site.folder / "away.sqlite3")
            looking.pages(site, BROKEN)
    return looking.taken


@contextmanager
def served(site: LiveSite, *, samples: bool = False) -> Iterator[LiveSite]:
    """A site that answers until the end of the block."""
    print("Preparing a site with samples …" if samples else "Preparing an empty site …", flush=True)
    site.folder.mkdir(exist_ok=True)
    site.prepare()
    if samples:
        site.load_samples()
    site.start()
    try:
        yield site
    finally:
        site.stop()


def main() -> None:
    """Take the pictures into var/look/ and say where they are."""
    chromium = find_chromium()
    if chromium is None:
        sys.exit(NOT_FOUND)
    folder = Path(os.environ.get("VAR_DIR") or ROOT / "var") / "look"
    folder.mkdir(parents=True, exist_ok=True)
    only = set(sys.argv[1:])
    for old in folder.glob("*.png") if not only else ():
        old.unlink()
    # Raised as an exception, so that the servers are ended whatever hangs.
    signal.signal(signal.SIGALRM, lambda *_: sys.exit(f"Stopped: this took longer than {LONGEST // 60} minutes."))
    signal.alarm(LONGEST)
    with tempfile.TemporaryDirectory(prefix="blog-look-") as home, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=flags())
        taken = look(browser, folder, only, Path(home))
        browser.close()
    if not taken:
        sys.exit("No page has that name. The names stand in tests/kinds_of_pages.py and tests/look.py.")
    print(f"{len(taken)} pictures in {folder}/")


if __name__ == "__main__":
    main()
