"""Citations in a text: how they are stored, counted, shown, compared, and what never becomes of them."""

import pytest

from blog.content.blocks import arrange
from blog.content.clean import clean
from blog.content.difference import compare_html
from blog.content.editor import to_editor
from blog.content.outline import cited_sources, first_words, outline, plain_text
from blog.content.passages import passages
from blog.content.phrases import CITATION, plain
from blog.content.render import render, render_for_feeds
from blog.content.swap import with_other_pictures

CITED = '<a data-source="12"></a>'
STORED = f'<p>Light heats the root{CITED}, slowly<a data-source="7"></a>.</p>\n<p>Once more{CITED}.</p>'


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ('word<a data-source="12" href="#sources">1</a>.', f"word{CITED}."),
        ('word<a data-source="12">[3]</a>.', f"word{CITED}."),
        ('word<a data-source="12"></a>.', f"word{CITED}."),
        ('word<sup><a data-source="12">1</a></sup>.', f"word{CITED}."),
        ('<strong>word<a data-source="12">1</a></strong>', f"<strong>word{CITED}</strong>"),
        ('a<a data-source="12">1 typed into it</a> b', f"a{CITED} typed into it b"),
        ('a<a data-source="12">1</a><a data-source="12">1</a> b', f"a{CITED} b"),
        ('a<a data-source="12">1</a><a data-source="7">2</a>', f'a{CITED}<a data-source="7"></a>'),
        ('a<a data-source="0">1</a>', "a1"),
        ('a<a data-source="x" href="/b/">b</a>', 'a<a href="/b/">b</a>'),
        ('a<a data-source="12" data-post="3" onclick="x()" id="main">1</a>', f"a{CITED}"),
        (f"a{CITATION}b", "ab"),
    ],
)
def test_a_citation_is_stored_without_a_number(typed, stored):
    cleaned = clean(f"<p>{typed}</p>")
    assert cleaned == f"<p>{stored}</p>"
    assert clean(cleaned) == cleaned


def test_it_survives_everything_that_rewrites_a_text():
    assert clean(to_editor(STORED, str)) == STORED
    assert with_other_pictures(STORED + '<figure><img data-image="1"></figure>', {1: 2}).startswith(STORED)
    assert [one.theirs for one in passages(STORED, STORED)] == STORED.split("\n")
    assert cited_sources(STORED) == [12, 7]
    table = f"<table><caption>a{CITED}</caption><tbody><tr><td>b{CITED}</td></tr></tbody></table>"
    assert clean(table).count(CITED) == 2 and cited_sources(f"<ul><li>x{CITED}</li></ul>") == [12]


def test_it_is_no_word_of_the_text():
    assert plain_text(STORED) == "Light heats the root, slowly.\nOnce more."
    assert first_words(STORED, 30) == "Light heats the root, slowly…"
    assert outline(f"<h2>Heat{CITED}</h2>")[0].text == "Heat"
    assert all(plain(block.runs) for block in arrange(f"<h2>{CITED}</h2><p>a</p>") if block.tag != "p")


def test_a_page_counts_by_the_articles_list():
    found = render(STORED, {}, sources={7: 1, 12: 2})
    assert found.html == (
        '<p>Light heats the root<sup><a href="#source-2" id="cited-2" aria-label="Source 2">2</a></sup>, slowly'
        '<sup><a href="#source-1" id="cited-1" aria-label="Source 1">1</a></sup>.</p>\n'
        '<p>Once more<sup><a href="#source-2" aria-label="Source 2">2</a></sup>.</p>'
    )
    assert found.cited == {1, 2}


def test_what_the_page_does_not_list_is_not_cited():
    assert render(STORED, {}, sources={7: 1}).cited == {1}
    assert render(f"<p>a{CITED}</p>\n<p>{CITED}</p>", {}).html == "<p>a</p>"


def test_a_feed_leads_to_the_list_on_the_page():
    html = render_for_feeds(f"<p>a{CITED}</p>", {}, "https://blog.example.com/blog/x/", sources={12: 1})
    assert html == '<p>a<sup><a href="https://blog.example.com/blog/x/#source-1">1</a></sup></p>'


def test_no_heading_takes_an_id_of_the_list():
    ids = [heading.id for heading in outline("<h2>Source 1</h2><h2>Cited 2</h2>")]
    assert ids == ["source-1-2", "cited-2-2"]


def test_a_changed_citation_is_said_by_its_title():
    def remarks(old, new):
        titles = {12: "The label", 7: "A study"}
        return [remark for line in compare_html(old, new, sources=titles) for remark in line.remarks]

    assert remarks("<p>Heat.</p>", f"<p>Heat{CITED}.</p>") == ["The source is new: “The label”"]
    assert remarks(f"<p>Heat{CITED}.</p>", "<p>Heat.</p>") == ["The source went: “The label”"]
    assert remarks(f"<p>Heat{CITED}.</p>", '<p>Heat<a data-source="7"></a>.</p>') == [
        "The source: “The label” → “A study”"
    ]
    assert remarks("", f"<p>Heat{CITED}.</p>") == ["Cites “The label”"]
