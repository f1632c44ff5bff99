"""Headings, pictures and words of a body."""

import time

import pytest

from blog.content.outline import (
    RESERVED_IDS,
    Heading,
    Ids,
    first_words,
    image_ids,
    outline,
    plain_text,
    word_count,
)


def ids(html: str) -> list[str]:
    return [heading.id for heading in outline(html)]


def test_an_outline_lists_headings_in_order():
    assert outline(
        "<h2>Why it <em>matters</em></h2><p>x</p><h3>First<br>step</h3><blockquote><h4>Ünder 2</h4></blockquote>"
    ) == [
        Heading(2, "Why it matters", "why-it-matters"),
        Heading(3, "First step", "first-step"),
        Heading(4, "Ünder 2", "under-2"),
    ]


def test_every_id_is_there_once():
    assert ids("<h2>A</h2><h2>A 2</h2><h2>A</h2><h3>A</h3><h2>A 2</h2>") == ["a", "a-2", "a-3", "a-4", "a-2-2"]


def test_an_id_is_never_empty():
    assert ids("<h2>?!</h2><h2>…</h2>") == ["section", "section-2"]


def test_letters_of_every_script_make_an_id():
    assert ids("<h2>Что это?</h2><h2>Don’t ona\u00adbotulinum</h2>") == ["что-это", "dont-onabotulinum"]


@pytest.mark.parametrize("reserved", sorted(RESERVED_IDS))
def test_an_id_of_the_page_is_never_taken(reserved):
    assert ids(f"<h2>{reserved.replace('-', ' ')}</h2>") == [f"{reserved}-2"]


def test_an_id_stays_when_other_text_changes():
    assert ids("<h2>A</h2><h2>B</h2>")[1] == ids("<p>new</p><h2>C</h2><h2>B</h2>")[1]


def test_a_long_heading_makes_an_id_cut_at_a_word():
    assert ids("<h2>" + "word " * 30 + "</h2>") == ["-".join(["word"] * 12)]


def test_many_equal_headings_take_no_longer_than_others():
    ids_of_page = Ids()
    began = time.process_time()
    assert [ids_of_page.take("a") for _ in range(20_000)][-1] == "a-20000"
    assert time.process_time() - began < 2


def test_pictures_are_listed_once_in_order():
    assert image_ids(
        '<img data-image="9"><ul><li><img data-image="2"></li></ul><img data-image="9"><img data-image="0">'
    ) == [9, 2]


def test_plain_text_has_each_part_on_its_own_line():
    html = (
        "<h2>T</h2><p>a <strong>b</strong><br>c</p><ul><li>d<ul><li>e</li></ul></li></ul>"
        "<blockquote><p>f</p></blockquote>"
        '<figure><img data-image="1" alt="x"><figcaption>g</figcaption></figure>'
        "<table><caption>h</caption><tr><th>i</th><th>j</th></tr><tr><td>k</td><td>l &amp; m</td></tr></table>"
    )
    assert plain_text(html).split("\n") == ["T", "a b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l & m"]


def test_words_are_counted():
    assert word_count("<p>one two</p><p>three</p>") == 3


@pytest.mark.parametrize(
    ("limit", "text"),
    [
        (100, "One two, three. Four"),
        (20, "One two, three. Four"),
        (19, "One two, three…"),
        (9, "One two…"),
        (4, "One…"),
        (2, "O…"),
        (0, ""),
    ],
)
def test_the_first_words_are_cut_at_a_word(limit, text):
    assert first_words("<h2>Heading</h2><p>One two, three.</p><p>Four</p>", limit) == text


def test_headings_are_the_first_words_only_where_there_is_nothing_else():
    assert first_words("<h2>Only this</h2>", 50) == "Only this"
