"""What holds for every text that could ever come in."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strict_html import MAY_STAY, wrong_in

from blog.content.blocks import MAX_LISTS, MAX_QUOTES
from blog.content.clean import clean
from blog.content.editor import to_editor
from blog.content.outline import first_words, image_ids, outline, plain_text
from blog.content.render import render

TAGS = (
    *MAY_STAY,
    *"h1 h5 h6 b i u s div span font section pre hr tfoot dl dt dd o:p center form button body html head".split(),
    *"script style iframe object embed svg math noscript template title textarea xmp plaintext base meta".split(),
)
ATTRIBUTES = (
    "href=http://x.example/ href='javascript:alert(1)' href=&#106;avascript:alert(1) data-image=3 data-image=0 "
    "data-image=x alt='\"q' start=4 start=-1 scope=row scope=x colspan=2 rowspan=999 onclick=alert(1) onerror=alert(1) "
    "class=MsoTitle id=a "
    "style=font-weight:bold style='font-weight:normal' style=font-style:italic style='mso-list:Ignore' "
    "style='mso-list:l0&#32;level1&#32;lfo1' style='mso-list:l0&#32;level3&#32;lfo1' src=https://x.example/a.png "
    "data-box=warning data-box=asks data-box=urgent data-box=x class=callout class=care class=asks class=call "
    "src=https://youtu.be/abcdefgh href=https://youtu.be/abcdefgh title=&lt;b>"
).split()
WORDS = (
    "a|b c| |\n|&nbsp;|&amp;|&lt;b>|<|>|1.|·|é|\u200b|\xad|\x00|&#1;|<!-- x|-->|"
    "<!--[if !supportLists]-->|<!--[endif]-->|]]>|<![CDATA["
)

tag = st.builds(
    "<{}{} {}>".format,
    st.sampled_from(("", "", "/")),
    st.sampled_from(TAGS),
    st.lists(st.sampled_from(ATTRIBUTES), max_size=2).map(" ".join),
)
soup = st.lists(tag | st.sampled_from(WORDS.split("|")), max_size=40).map("".join)
wrapped = st.builds(
    "<{0} {1}>{2}</{0}>".format,
    st.sampled_from(("a", "span", "p", "ul", "li", "table", "tr", "td", "figure", "h1", "div", "blockquote"))
    | st.sampled_from(TAGS),
    st.sampled_from(ATTRIBUTES),
    st.deferred(lambda: nest),
)
nest = st.lists(
    st.sampled_from(("a", "b c", " ", "&nbsp;", "<br>", "<img data-image=3>")) | wrapped, min_size=1, max_size=3
).map("".join)
anything = st.text(max_size=200) | soup | nest


@settings(max_examples=600, deadline=None)
@given(anything)
def test_cleaning_twice_is_cleaning_once_and_only_what_may_stay_stays(html):
    cleaned = clean(html)
    assert clean(cleaned) == cleaned
    assert wrong_in(cleaned) == []


@settings(max_examples=200, deadline=None)
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


@settings(max_examples=200, deadline=None)
@given(anything)
def test_opening_a_body_in_the_editor_and_saving_it_changes_nothing(html):
    assert clean(to_editor(html, "/media/{}.jpg?a=1&b=2".format)) == clean(html)


@settings(max_examples=200, deadline=None)
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
