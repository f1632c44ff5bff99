"""A whole article, written by somebody who has only a browser, and read by somebody who has only a browser.

The words come from the text of an article page as it stands on a clinic's site: title, author and date, subtitle,
description of the picture, paragraphs, headings, bullets and steps with leads, and three more posts. ``SAMPLE_ARTICLE``
names another such page than the one beside this file.
"""

import os
import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest
from PIL import Image as Pillow
from playwright.sync_api import expect

PAGE = Path(os.environ.get("SAMPLE_ARTICLE") or Path(__file__).with_name("article-page.txt"))
LEAD = re.compile(r"(?P<lead>[^:]{1,60}:)(?P<rest> .*)", re.DOTALL)


@dataclass(frozen=True)
class PageText:
    """An article page as text. ``blocks`` are (element, text): p, h2, ul or ol item."""

    title: str
    author: str
    date: str
    subtitle: str
    alt: str
    blocks: list[tuple[str, str]]
    more: list[tuple[str, str, str]]


def full_date(words: str) -> str:
    return datetime.strptime(words.strip(), "%B %d, %Y").date().isoformat()


def read_page(path: Path) -> PageText:
    lines = [line.strip() for line in path.read_text("utf-8").splitlines() if line.strip()]
    title, (author, date), subtitle, alt = lines[1], lines[2].split(" • "), lines[3], lines[4]
    blocks, more = [], []
    rest = iter(lines[5:])
    for line in rest:
        if found := re.match(r"By (.+?) ((?:January|February|March|April|May|June|July|August|September|October|"
                             r"November|December) \d+, \d{4})$", line):  # fmt: skip
            more.append((found[1], found[2], next(rest)))
        elif more:
            continue  # the description of a picture, and the words before the share links
        elif line.startswith("• "):
            blocks.append(("ul", line[2:]))
        elif found := re.match(r"\d+\. (.+)", line):
            blocks.append(("ol", found[1]))
        else:
            blocks.append(("p" if line[-1] in ".?!:…" else "h2", line))
    return PageText(title, author, full_date(date), subtitle, alt, blocks, more)


@pytest.fixture(scope="module")
def text() -> PageText:
    text = read_page(PAGE)
    kinds = [kind for kind, _ in text.blocks]
    assert kinds.count("h2") >= 3 and kinds.count("ul") >= 3 and kinds.count("ol") >= 3 and len(text.more) == 3
    return text


@pytest.fixture
def photo(tmp_path) -> Path:
    file = tmp_path / "IMG_0042.jpg"
    Pillow.effect_mandelbrot((1600, 900), (-2.2, -1.2, 1.0, 1.2), 30).convert("RGB").save(file, "JPEG")
    return file


def name_the_author(page, text):
    page.goto("/admin/blog/author/add/")
    page.get_by_label("Name").first.fill(text.author)
    page.locator("#id_slug").fill(re.sub(r"[^a-z]+", "-", text.author.lower()))
    page.locator("input[name=_save], button[name=_save]").first.click()
    expect(page.locator(".messagelist")).to_contain_text(text.author)


def choose_format(page, name):
    page.locator(".cke_combo__format a.cke_combo_button").click()
    page.frame_locator("iframe.cke_panel_frame").get_by_role("option", name=name).click()


def type_item(page, item):
    lead = LEAD.fullmatch(item)
    if lead:
        page.keyboard.press("Control+b")
        page.keyboard.insert_text(lead["lead"])
        page.keyboard.press("Control+b")
        page.keyboard.insert_text(lead["rest"])
    else:
        page.keyboard.insert_text(item)


def type_body(page, blocks):
    """Type the blocks as a person does: words, Enter, and the buttons of the toolbar."""
    page.locator(".cke_editable").click()
    kind_before = None
    for kind, words in blocks:
        if kind_before in ("ul", "ol") and kind != kind_before:
            page.keyboard.press("Enter")  # a second Enter leaves the list
        if kind in ("ul", "ol") and kind != kind_before:
            page.locator(".cke_button__bulletedlist" if kind == "ul" else ".cke_button__numberedlist").click()
        if kind == "h2":
            choose_format(page, "Heading 2")
        if kind in ("ul", "ol"):
            type_item(page, words)
        else:
            page.keyboard.insert_text(words)
        page.keyboard.press("Enter")
        kind_before = kind


def start_post(page, title, author, date):
    page.goto("/admin/blog/post/add/")
    expect(page.locator(".cke_editable")).to_be_visible()
    page.get_by_label("Title", exact=True).fill(title)
    author_field = page.locator("#id_author")
    if not author_field.is_visible():
        page.locator("details:has(#id_author) > summary").click()
    author_field.select_option(label=author)
    date_field = page.locator("#id_published_at")
    if not date_field.is_visible():
        page.locator("details:has(#id_published_at) > summary").click()
    date_field.fill(date)


def publish_now(page):
    page.get_by_role("button", name="Publish…").click()
    page.get_by_role("button", name="Publish now").click()
    expect(page.get_by_text("A reader sees this version since")).to_be_visible()


def add_main_photo(page, photo, alt):
    page.get_by_role("button", name="Add main photo").click()
    sheet = page.locator("#photo-sheet")
    sheet.locator("input[type=file]").set_input_files(photo)
    sheet.get_by_label("Describe this photo for someone who cannot see it").fill(alt)
    sheet.get_by_label("Nobody").check()
    sheet.get_by_role("button", name="Use photo").click()
    expect(sheet).not_to_be_visible(timeout=60_000)


def test_an_article_is_written_published_and_read_whole(staff_page, new_context, text, photo):
    page = staff_page
    name_the_author(page, text)
    for author, date, title in text.more:
        assert author == text.author
        start_post(page, title, author, full_date(date))
        type_body(page, [("p", "A few words, so that there is something to read.")])
        publish_now(page)

    start_post(page, text.title, text.author, text.date)
    add_main_photo(page, photo, text.alt)
    subtitle = page.locator("#id_subtitle")
    if not subtitle.is_visible():
        page.locator("details:has(#id_subtitle) > summary").click()
    subtitle.fill(text.subtitle)
    type_body(page, text.blocks)
    publish_now(page)
    address = page.get_by_role("link", name="Open the live page").get_attribute("href")

    reader = new_context(java_script_enabled=False).new_page()
    assert reader.goto(address).status == 200
    expect(reader.locator("h1")).to_have_text(text.title)
    expect(reader.locator(".lede")).to_have_text(text.subtitle)
    expect(reader.locator(".byline")).to_contain_text(text.author)
    shown = reader.locator(".byline time").first
    assert shown.get_attribute("datetime").startswith(text.date)
    hero = reader.locator("figure.hero img")
    assert hero.get_attribute("alt") == text.alt
    assert hero.evaluate("image => image.complete && image.naturalWidth > 0")

    # Every sentence, heading, bullet and step: once, in order, as what it is.
    elements = reader.locator(".prose").evaluate(
        """prose => [...prose.querySelectorAll('p, h2, h3, h4, li')].map(element => [
            element.tagName === 'LI' ? element.parentElement.tagName.toLowerCase() : element.tagName.toLowerCase(),
            element.textContent.replace(/\\s+/g, ' ').trim()])"""
    )
    assert [tuple(element) for element in elements] == text.blocks
    leads = reader.locator(".prose li > strong:first-child").all_text_contents()
    wanted = [LEAD.fullmatch(words)["lead"] for kind, words in text.blocks if kind in ("ul", "ol")]
    assert [lead.strip() for lead in leads] == wanted
    whole = re.sub(r"\s+", " ", reader.locator("main").inner_text())
    for _, words in text.blocks:
        assert whole.count(words) == 1 or words in (text.title, text.subtitle), words

    # Beside it three other posts, newest first.
    others = sorted(text.more, key=lambda other: full_date(other[1]), reverse=True)
    expect(reader.locator(".more h3")).to_have_text([title for _, _, title in others])
    dates = reader.locator(".more time").evaluate_all("times => times.map(time => time.dateTime.slice(0, 10))")
    assert dates == [full_date(date) for _, date, _ in others]
    more, prose = reader.locator(".more").bounding_box(), reader.locator(".article-main").bounding_box()
    assert more["x"] >= prose["x"] + prose["width"]  # beside, when wide
    reader.set_viewport_size({"width": 390, "height": 844})
    more, prose = reader.locator(".more").bounding_box(), reader.locator(".article-main").bounding_box()
    assert more["y"] >= prose["y"] + prose["height"]  # below, when narrow
    for name in ("Email", "Facebook", "X", "LinkedIn"):
        href = reader.locator(".share").get_by_role("link", name=name, exact=True).get_attribute("href")
        assert href.startswith(("mailto:", "https://"))
