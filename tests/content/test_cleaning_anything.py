"""What holds for every text that could ever come in."""

import time

import pytest
from fuzzing import many
from hostile_html import anything
from hypothesis import given
from hypothesis import strategies as st
from strict_html import wrong_in

from blog.content.blocks import MAX_LISTS, MAX_QUOTES
from blog.content.clean import clean
from blog.content.editor import to_editor
from blog.content.outline import first_words, image_ids, outline, plain_text
from blog.content.render import render


@many(600)
@given(anything)
def test_cleaning_twice_is_cleaning_once_and_only_what_may_stay_stays(html):
    cleaned = clean(html)
    assert clean(cleaned) == cleaned
    assert wrong_in(cleaned) == []


@many(200)
@given(st.lists(st.sampled_from("abcdefgh"), min_size=1, max_size=8), st.data())
def test_no_word_is_lost_however_badly_it_is_marked_up(letters, data):
    markup = st.sampled_from(
        (
            *"p div span b ul ol li h1 h3 blockquote em table tr td th sup section figure figcaption caption".split(),
            *("aside", "aside data-box=warning", "aside data-box=emergency", "div class=callout"),
        )
    )
    parts = []
    for letter in letters:
        parts.append(
            "".join(
                f"<{data.draw(st.sampled_from(('', '/')))}{name}>" for name in data.draw(st.lists(markup, max_size=4))
            )
        )
        parts.append(f"word{letter}")
    words = plain_text(clean("".join(parts)))
    assert sorted(letters) == sorted(words.replace("word", "").replace("\n", "").replace(" ", ""))


@many(200)
@given(anything)
def test_opening_a_body_in_the_editor_and_saving_it_changes_nothing(html):
    assert clean(to_editor(html, "/media/{}.jpg?a=1&b=2".format)) == clean(html)


@many(200)
@given(anything, st.integers(0, 40))
def test_measures_and_rendering_take_any_text(html, limit):
    assert [heading.id for heading in render(html, {}).outline] == [heading.id for heading in outline(html)]
    assert len(first_words(html, limit)) <= limit
    assert all(number > 0 for number in image_ids(html))


@pytest.mark.parametrize(
    "opening",
    [
        "<div>",
        "<ul>",
        "<ul><li>",
        "<ol><li>a",
        "<li>",
        "<blockquote>",
        "<table><tr><td>",
        "<b>",
        "<p><b>",
        "<span>",
        "<a href=x>",
        "<figure>",
        "<h2>",
    ],
)
def test_ten_thousand_levels_neither_crash_nor_take_a_second(opening):
    began = time.process_time()
    cleaned = clean(opening * 10_000 + "deep")
    assert time.process_time() - began < 1
    assert plain_text(cleaned).endswith("deep")
    assert clean(cleaned) == cleaned


@pytest.mark.parametrize("levels", [1, 5, 20, 55, 65, 500, 2000])
@pytest.mark.parametrize("opening", ["<ul><li>a", "<blockquote>b", "<ol><li><blockquote>c", "<table><tr><td><ul><li>d"])
def test_nesting_within_reason_and_beyond_is_bounded_and_stable(opening, levels):
    cleaned = clean(opening * levels)
    assert clean(cleaned) == cleaned
    assert wrong_in(cleaned) == []
    assert len(plain_text(cleaned).replace("\n", "").replace(" ", "")) == levels


def test_lists_and_quotations_nest_only_so_deep():
    assert clean("<ul><li>a" * 20).count("<ul>") == MAX_LISTS
    assert clean("<blockquote>a" * 20).count("<blockquote>") == MAX_QUOTES


def test_words_stay_apart_where_nesting_is_given_up():
    assert clean("<div>" * 100 + "one<p>two</p>three") == "<p>one two three</p>"
