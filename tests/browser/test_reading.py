"""What reading costs and gives away: bytes, requests, cookies, shifts of the page; and reading by keyboard alone."""

from urllib.parse import urlsplit

import pytest
from kinds_of_pages import READERS
from playwright.sync_api import expect

pytestmark = pytest.mark.samples

ARTICLE = READERS["article"]
KB = 1024
# A phone of today; pictures are chosen for its three device pixels a CSS pixel.
PHONE = {"viewport": {"width": 390, "height": 844}, "device_scale_factor": 3, "is_mobile": True, "has_touch": True}

# Sums the shifts that a reader did not cause, as the Layout Instability specification counts them.
WATCH_SHIFTS = """
window.shifted = 0;
new PerformanceObserver((list) => {
  for (const shift of list.getEntries()) if (!shift.hadRecentInput) window.shifted += shift.value;
}).observe({type: "layout-shift", buffered: true});
"""


def weigh(page, address: str) -> dict[str, list[tuple[str, int]]]:
    """Read a page to its end; returns path and bytes as sent of each answer, by kind of resource."""
    kinds, sizes = {}, {}
    devtools = page.context.new_cdp_session(page)
    devtools.send("Network.enable")
    devtools.send("Network.setCacheDisabled", {"cacheDisabled": True})
    devtools.on(
        "Network.responseReceived",
        lambda event: kinds.update({event["requestId"]: (event["type"], urlsplit(event["response"]["url"]).path)}),
    )
    devtools.on("Network.loadingFinished", lambda event: sizes.update({event["requestId"]: event["encodedDataLength"]}))
    page.goto(address)
    read_to_the_end(page)
    found: dict[str, list[tuple[str, int]]] = {}
    for request, (kind, path) in kinds.items():
        found.setdefault(kind, []).append((path, int(sizes[request])))
    return found


def read_to_the_end(page) -> None:
    height = page.evaluate("document.documentElement.scrollHeight")
    for top in range(0, height, 400):
        page.evaluate(f"scrollTo(0, {top})")
        page.wait_for_timeout(30)
    page.wait_for_load_state("networkidle")
    # Raises for a picture which is offered but cannot be shown.
    page.evaluate("Promise.all([...document.images].map((image) => image.decode()))")


def total(weights: dict[str, list[tuple[str, int]]], *kinds: str) -> int:
    return sum(size for kind in kinds or weights for _, size in weights.get(kind, []))


def test_an_article_is_light_on_a_phone(new_context):
    weights = weigh(new_context(**PHONE).new_page(), ARTICLE)
    assert total(weights, "Document", "Stylesheet", "Font") <= 60 * KB
    pictures = weights["Image"]
    hero = next(size for path, size in pictures if "-16x9-" in path)
    assert hero <= 60 * KB
    assert len(pictures) >= 4
    assert total(weights) <= 120 * KB


def test_the_hero_comes_first_and_in_the_newest_format(new_context):
    page = new_context(**PHONE).new_page()
    asked = []
    page.on("request", lambda request: asked.append(urlsplit(request.url).path))
    page.goto(ARTICLE)
    page.wait_for_load_state("networkidle")
    pictures = [path for path in asked if path.startswith("/media/")]
    assert "-16x9-" in pictures[0] and pictures[0].endswith(".avif")
    hero = page.locator(".hero img")
    assert hero.get_attribute("loading") is None and hero.get_attribute("fetchpriority") == "high"
    assert not page.evaluate("[...document.images].some((image) => !image.width || !image.height)")
    later = page.locator("main img").filter(visible=True).nth(-1)
    assert later.get_attribute("loading") == "lazy"


@pytest.mark.parametrize("viewport", [{"width": 390, "height": 844}, {"width": 1440, "height": 900}])
def test_nothing_shifts_while_a_page_loads_and_is_read(new_context, expected_complaints, viewport):
    expected_complaints.append("404")
    context = new_context(viewport=viewport)
    context.add_init_script(WATCH_SHIFTS)
    page = context.new_page()
    # The font is there from now on: until it is, readers see one of two fonts with the same measures, which a machine
    # that runs tests need not have.
    page.goto(ARTICLE)
    page.evaluate("document.fonts.ready.then(() => 1)")
    for name, address in READERS.items():
        page.goto(address)
        read_to_the_end(page)
        assert page.evaluate("window.shifted") < 0.001, name


def test_every_page_asks_this_site_alone_and_leaves_nothing_behind(new_context, site, expected_complaints):
    expected_complaints.append("404")
    context = new_context()
    page = context.new_page()
    asked = []
    context.on("request", lambda request: asked.append(request))
    kept = "localStorage.length + sessionStorage.length"
    for name, address in READERS.items():
        asked.clear()
        page.goto(address)
        read_to_the_end(page)
        assert {urlsplit(request.url).netloc for request in asked} == {urlsplit(site.url).netloc}, name
        kinds = {request.resource_type for request in asked}
        assert kinds <= {"document", "stylesheet", "font", "image", "manifest", "other"}, name
        assert not [request.url for request in asked if "cookie" in request.all_headers()], name
        assert page.evaluate(kept) == 0, name
    assert context.cookies() == []


def test_an_article_is_read_by_keyboard(new_context):
    page = new_context(viewport={"width": 390, "height": 844}).new_page()
    page.goto(ARTICLE)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to main content"
    assert page.locator(".skip").bounding_box()["y"] >= 0
    page.keyboard.press("Enter")
    assert page.url.endswith("#main")
    seen = []
    for _ in range(80):
        page.keyboard.press("Tab")
        place = page.evaluate(
            """() => {
              const active = document.activeElement, box = active.getBoundingClientRect();
              const style = getComputedStyle(active);
              return {text: active.textContent.trim(), inside: box.top >= 0 && box.bottom <= innerHeight,
                      ring: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
                      body: active === document.body};
            }"""
        )
        if place["body"]:
            break
        assert place["ring"], place
        assert place["inside"], place
        seen.append(place["text"])
    for text in ("What to do", "Two labels, one drug", "Call 911", "Book a visit", "Email", "RSS feed"):
        assert text in seen
    assert seen.index("Call 911") < seen.index("Book a visit")


def test_lists_are_still_lists_where_their_marks_are_hidden(new_context, expected_complaints):
    # Safari takes a list without marks for no list, unless its role says so or it stands in a nav.
    expected_complaints.append("404")
    page = new_context().new_page()
    for name, address in READERS.items():
        page.goto(address)
        silent = page.evaluate(
            """[...document.querySelectorAll("ul, ol")].filter((list) =>
                 getComputedStyle(list).listStyleType === "none" && !list.closest("nav")
                 && list.getAttribute("role") !== "list").map((list) => list.outerHTML.slice(0, 80))"""
        )
        assert silent == [], name


def test_on_paper_stand_the_article_and_how_to_reach_the_clinic(new_context):
    page = new_context(color_scheme="dark").new_page()
    page.emulate_media(media="print")
    page.goto(ARTICLE)
    for part in (".site-nav", ".crumbs", ".contents", ".cta", ".share", ".neighbours", "aside.more", ".site-foot ul"):
        assert page.locator(part).count() and not page.locator(part).first.is_visible(), part
    calls = [f".record--safety .care--{level} .call" for level in ("emergency", "urgent")]
    for part in ("h1", ".hero img", ".record--key", ".prose", *calls, ".site-foot .call"):
        assert page.locator(part).is_visible(), part
    style = "getComputedStyle(document.body)"
    assert page.evaluate(f"[{style}.backgroundColor, {style}.color]") == ["rgb(255, 255, 255)", "rgb(0, 0, 0)"]
    shown = "getComputedStyle(document.querySelector('.prose a[href^=http]'), '::after').content"
    assert "http" in page.evaluate(shown)


def test_the_file_of_another_day_is_read_on_screen_and_paper_without_the_site(site, staff_page, new_context, tmp_path):
    slug = ARTICLE.strip("/").rpartition("/")[2]
    number = site.python(f"from blog.models import Post; print(Post.objects.get(slug={slug!r}).pk)").split()[-1]
    staff_page.goto(f"/admin/blog/post/{number}/as-it-stood/")
    with staff_page.expect_download() as download:
        staff_page.get_by_role("link", name="Save as one file").click()
    file = tmp_path / "file.html"
    download.value.save_as(file)
    page = new_context(offline=True, viewport={"width": 390, "height": 844}).new_page()
    page.goto(file.as_uri())
    assert page.locator(".hero img").evaluate("image => image.naturalWidth") > 0
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    for part in ("h1", ".site-nav", ".record--safety", "#record", "#record table"):
        assert page.locator(part).first.is_visible(), part
    page.emulate_media(media="print")
    assert not page.locator(".site-nav").is_visible()
    for part in (".stood-bar", "h1", ".hero img", ".record--safety", "#record table"):
        assert page.locator(part).first.is_visible(), part
    assert page.locator("#record").evaluate("record => getComputedStyle(record).breakBefore") == "page"
    assert page.pdf(format="Letter").count(b"/Type /Page\n") >= 3


def test_readers_need_no_cookie_and_no_script(new_context):
    context = new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto("/blog/")
    page.locator("main article a, main h2 a, main h3 a").first.click()
    expect(page.locator("h1")).to_be_visible()
    assert context.cookies() == []
