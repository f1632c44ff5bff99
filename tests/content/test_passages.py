"""Two articles side by side, and what is chosen of them put together."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blog.content.clean import clean
from blog.content.passages import THEIRS, THEIRS_FIRST, YOURS, YOURS_FIRST, passages, put_together

REST = "<p>Rest for a day after it.</p>"


def differing(theirs, yours):
    return [(one.theirs, one.yours) for one in passages(theirs, yours) if not one.is_same]


def everywhere(found, choice):
    return put_together(found, {one.key: choice for one in found if not one.is_same})


def test_the_same_text_has_nothing_to_choose():
    text = f"<h2>Care</h2>\n{REST}\n<ul>\n<li>Sleep</li>\n</ul>"
    assert [one.choices for one in passages(text, text)] == [(), (), ()]
    assert put_together(passages(text, text), {}) == text


def test_a_rewritten_paragraph_stands_beside_what_it_was_with_a_new_one_before_it():
    theirs = f"<p>A new beginning in other words.</p>\n<p>Most people feel the injections.</p>\n{REST}"
    yours = f"<p>Nobody feels the injections much.</p>\n{REST}"
    assert differing(theirs, yours) == [
        ("<p>A new beginning in other words.</p>", ""),
        ("<p>Most people feel the injections.</p>", "<p>Nobody feels the injections much.</p>"),
    ]


def test_what_only_one_of_the_texts_has_is_taken_or_left():
    (one,) = (one for one in passages(f"{REST}\n<p>Drink.</p>", REST) if not one.is_same)
    assert one.choices == (THEIRS, YOURS)
    assert (one.chosen(THEIRS), one.chosen(YOURS)) == ("<p>Drink.</p>", "")


@pytest.mark.parametrize(
    ("choice", "body"),
    [
        (THEIRS, "<p>One of theirs.</p>\n" + REST),
        (YOURS, "<p>One of yours.</p>\n" + REST),
        (THEIRS_FIRST, "<p>One of theirs.</p>\n<p>One of yours.</p>\n" + REST),
        (YOURS_FIRST, "<p>One of yours.</p>\n<p>One of theirs.</p>\n" + REST),
    ],
)
def test_each_choice_is_what_it_says(choice, body):
    found = passages(f"<p>One of theirs.</p>{REST}", f"<p>One of yours.</p>{REST}")
    assert everywhere(found, choice) == body


def test_a_passage_stands_under_its_heading():
    found = passages(f"<h2>Care</h2>{REST}<h2>Cost</h2><p>Ask us.</p>", f"<h2>Care</h2>{REST}<h2>Cost</h2><p>Ask.</p>")
    assert [one.under for one in found] == ["Care", "Care", "Cost", "Cost"]


def test_a_passage_keeps_its_name_when_another_one_changes():
    before = passages(f"<p>First of theirs.</p>{REST}<p>Last of theirs.</p>", f"<p>First.</p>{REST}<p>Last.</p>")
    after = passages(f"<p>First of theirs.</p>{REST}<p>Last, anew.</p>", f"<p>First.</p>{REST}<p>Last.</p>")
    assert before[0].key == after[0].key and before[2].key != after[2].key
    twice = passages(f"<p>a</p>{REST}<p>a</p>", f"<p>b</p>{REST}<p>b</p>")
    assert len({one.key for one in twice}) == 3


def test_what_has_nothing_like_it_on_the_other_side_is_one_choice():
    assert differing("<p>Ab.</p><p>Cd.</p>" + REST, "<p>Xy.</p><p>Zw.</p><p>Qu.</p>" + REST) == [
        ("<p>Ab.</p>\n<p>Cd.</p>", "<p>Xy.</p>\n<p>Zw.</p>\n<p>Qu.</p>")
    ]


BODIES = st.lists(
    st.sampled_from([REST, "<p>Rest.</p>", "<h2>Care</h2>", "<ul><li>Sleep</li></ul>", "<p>Drink water.</p>"])
).map("".join)


@settings(max_examples=60, deadline=None)
@given(BODIES, BODIES)
def test_together_the_passages_are_each_text_whole(theirs, yours):
    found = passages(clean(theirs), clean(yours))
    assert everywhere(found, THEIRS) == clean(theirs) and everywhere(found, YOURS) == clean(yours)


def test_the_longest_articles_take_seconds_at_most():
    theirs = clean("".join(f"<p>a{number}</p>" for number in range(20_000)))
    yours = clean("".join(f"<p>b{number}</p>" for number in range(20_000)))
    found = passages(theirs, yours)
    assert everywhere(found, YOURS) == yours
