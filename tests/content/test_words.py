"""Words as the search sees them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blog.content.words import MAX_TERM_LENGTH, marked, passage, spellings, term, terms


@pytest.mark.parametrize(
    "alike",
    [
        "cover covers covered covering Coverage",
        "treat Treatment TREATMENTS treated",
        "café Cafe cafe\u0301 CAFÉ",
        "botulinum botu\u00adlinum",
        "bruise bruises bruising",
        "swell swelling swollen",
    ],
)
def test_forms_of_a_word_have_one_term(alike):
    assert len({term(word) for word in alike.split()}) == 1


def test_little_words_have_no_term():
    assert terms("What is the cost of it, and who pays?") == "cost pay"


def test_words_end_at_every_mark():
    assert terms("follow-up and/or lips.swelling “hands/feet” 3.5") == "follow lip swell hand feet 3 5"


def test_spellings_are_as_written():
    assert spellings("Botox and Bo\u00adtox, Insurance") == {"botox", "insurance"}


def test_marks_stand_around_whole_words_only():
    pieces = marked("Coverage <b> & covered; recover", {term("cover")})
    assert pieces == [("Coverage", True), (" <b> & ", False), ("covered", True), ("; recover", False)]


def test_a_passage_is_the_line_that_says_most():
    lines = ["A summary.", "Botox", "Botox relaxes muscles, and a health plan may pay for it.", "A plan for Botox."]
    shown = passage(lines, {term("botox"), term("plan")}, 200)
    assert "".join(piece for piece, _ in shown) == lines[2]
    assert [piece for piece, is_hit in shown if is_hit] == ["Botox", "plan"]


def test_a_passage_reads_no_more_than_the_beginning_of_a_very_long_text():
    far = "lamp " * 10_000 + "Botox at the very end."
    assert not any(is_hit for _, is_hit in passage([far], {term("botox")}, 200))


def test_of_a_long_line_the_part_with_the_most_terms_is_shown():
    line = "botox " * 30 + "word " * 100 + "botox and insurance " + "word " * 100
    shown = passage([line], {term("botox"), term("insurance")}, 120)
    assert [piece for piece, is_hit in shown if is_hit] == ["botox", "insurance"]


def test_a_passage_without_a_hit_is_the_first_line():
    assert passage(["A summary.", "x" * 80], {term("botox")}, 200) == [("A summary.", False)]
    assert passage([], {term("botox")}, 200) == []


def test_a_long_line_is_cut_between_words_around_its_hits():
    line = "word " * 100 + "Botox and insurance meet here " + "more " * 100
    shown = passage([line], {term("botox"), term("insurance")}, 100)
    text = "".join(piece for piece, _ in shown)
    assert text.startswith("… word ") and text.endswith(" more …") and len(text) <= 104
    assert [piece for piece, is_hit in shown if is_hit] == ["Botox", "insurance"]


@given(st.text(max_size=300), st.integers(5, 100))
def test_any_text_is_read_and_nothing_is_lost(text, limit):
    found = terms(text).split()
    assert all(item.isalnum() and len(item) <= MAX_TERM_LENGTH for item in found)
    assert "".join(piece for piece, _ in marked(text, found)) == text
    assert len("".join(piece for piece, _ in passage([text], found[:2], limit))) <= max(limit + 4, 0)
