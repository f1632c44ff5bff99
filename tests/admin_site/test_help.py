"""Help: docs/writing.md as a page, and that it speaks of the product as it is."""

import re
from pathlib import Path

import django.contrib.admin
import pytest
from staff_words import tree, words

from blog.admin.help import guide, to_guide

pytestmark = pytest.mark.django_db

ROOT = Path(__file__).resolve().parents[2]
SOURCE = (ROOT / "docs/writing.md").read_text("utf-8")
DJANGOS = Path(django.contrib.admin.__path__[0], "templates")
MADE_OF = {ROOT / "templates": "*.html", DJANGOS: "base.html", ROOT / "static/staff": "*.js", ROOT / "blog": "*.py"}
FROM_THE_EDITOR = {"Heading 2", "Heading 3"}
# Phrases that are bold because they matter; everything else that is bold is the name of something on the screen.
STRESSED = {"Saving never shows anything to readers"}


def test_all_of_the_guide_stands_on_the_page(as_user, root):
    page = words(as_user(root).get("/admin/help/"))
    paragraphs = [" ".join(paragraph.split()) for paragraph in re.split(r"\n(?=\n|\d+\. |- )", SOURCE)]
    assert len(paragraphs) > 100
    for paragraph in paragraphs:
        said = re.sub(r"\*\*|^#+ |^\d+\. |^- ", "", paragraph)
        assert said in page, said
    assert "**" not in page and "##" not in page


def test_its_contents_lead_to_every_part(as_user, root):
    page = tree(as_user(root).get("/admin/help/"))
    links = page.xpath("//nav[@aria-labelledby='on-this-page']//a")
    assert [link.text_content() for link in links] == re.findall(r"^## (.+)$", SOURCE, re.MULTILINE)
    assert [page.get_element_by_id(link.get("href")[1:]).text_content() for link in links] == [
        link.text_content() for link in links
    ]
    ids = page.xpath("//@id")
    assert len(ids) == len(set(ids))
    assert page.xpath("//h1[not(ancestor::*[@id='header'])]")[0].text_content() == "Help"


def test_everybody_who_logs_in_may_read_it_and_nobody_else(as_user, client, nora):
    assert as_user(nora).get("/admin/help/").status_code == 200
    assert client.get("/admin/help/").url == "/admin/login/?next=/admin/help/"


def test_it_is_read_once(as_user, root, monkeypatch):
    guide.cache_clear()
    reads = []
    read = Path.read_text
    monkeypatch.setattr(Path, "read_text", lambda path, *args: reads.append(path.name) or read(path, *args))
    for _ in range(3):
        as_user(root).get("/admin/help/")
    assert reads.count("writing.md") == 1


def test_markup_in_the_text_stays_text():
    made = to_guide("# T\n\n## A part\n\n<script>x</script> <b onclick='x'>y</b> [z](javascript:x)\n")
    assert (made.title, made.parts) == ("T", (("a-part", "A part"),))
    assert "<script" not in made.html and "<b " not in made.html and "href" not in made.html
    assert '<h2 id="a-part">A part</h2>' in made.html


def test_every_name_in_bold_is_a_name_in_the_product():
    product = " ".join(
        " ".join(path.read_text("utf-8").split()).casefold()
        for folder, pattern in MADE_OF.items()
        for path in folder.rglob(pattern)
        if "demo" not in path.parts
    ).replace("_", " ")
    product = re.sub(r"<[^>]*>|\{[{%].*?[%}]\}", "", product) + product
    names = set(re.findall(r"\*\*(.+?)\*\*", " ".join(SOURCE.split()))) - STRESSED - FROM_THE_EDITOR
    assert len(names) > 50
    missing = {name for name in names if name.rstrip("”").rstrip("… ").casefold() not in product}
    assert missing == set()


def test_the_image_has_it():
    assert "!docs/writing.md" in (ROOT / ".dockerignore").read_text("utf-8").splitlines()
