"""Two texts by their words: what was kept, removed and added, and what no word can show."""

import random
import time
from itertools import chain, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blog.content.clean import clean
from blog.content.difference import compare_html, compare_lists, compare_text, compare_values, sections

WORDS = st.sampled_from(["<p>", "<h2>", "<ul><li>", "<li>", "<strong>", "<em>", "Laser", "skin", ", ", " ", "the", "."])
BODIES = st.lists(WORDS, max_size=40).map("".join).map(clean)


def marked(spans) -> str:
    return "".join({"kept": "{}", "removed": "[-{}-]", "added": "[+{}+]"}[kind].format(text) for kind, text in spans)


def changed(old: str, new: str, **more):
    return [line for line in compare_html(old, new, **more) if line.change != "kept"]


@pytest.mark.parametrize(
    ("old", "new", "shown"),
    [
        ("Insurance pays for it.", "Insurance may pay for it.", "Insurance [-pays-][+may pay+] for it."),
        ("before treatment?", "before the visit?", "before [-treatment-][+the visit+]?"),
        ("two old words here", "three new words here", "[-two old-][+three new+] words here"),
        ("It isn’t safe", "It is safe", "It [-isn’t-][+is+] safe"),
        ("same", "same", "same"),
        ("", "new", "[+new+]"),
        ("gone", "", "[-gone-]"),
        ("", "", ""),
    ],
)
def test_marks_go_around_whole_words(old, new, shown):
    assert marked(compare_text(old, new)) == shown


@given(st.text(alphabet="ab .\n", max_size=60), st.text(alphabet="ab .\n", max_size=60))
def test_both_texts_can_be_read_from_the_marks(old, new):
    spans = compare_text(old, new)
    assert "".join(text for kind, text in spans if kind != "added") == old
    assert "".join(text for kind, text in spans if kind != "removed") == new
    assert all(text for _, text in spans)
    assert all(before.kind != after.kind for before, after in pairwise(spans))


@given(BODIES, BODIES)
def test_something_is_said_exactly_where_bodies_differ(old, new):
    lines = changed(old, new)
    assert bool(lines) == (old != new)
    for line in lines:
        assert line.change in ("added", "removed") or line.remarks or any(kind != "kept" for kind, _ in line.spans)


def test_lines_are_found_again_around_what_was_put_in():
    old = "<p>Its label covers migraine. A plan will pay part of it.</p><p>Ask before you come.</p>"
    new = "<p>Wholly other words.</p>" + old.replace("will", "may")
    assert [(line.change, marked(line.spans)) for line in compare_html(old, new)] == [
        ("added", "[+Wholly other words.+]"),
        ("changed", "Its label covers migraine. A plan [-will-][+may+] pay part of it."),
        ("kept", "Ask before you come."),
    ]


def test_changes_are_listed_under_the_heading_above_them():
    old = "<p>Start</p><h2>Costs</h2><p>It is dear.</p><h2>Visits</h2><ul><li>Once</li><li>Twice</li></ul>"
    new = "<p>Start</p><h2>Costs</h2><p>It is cheap.</p><h2>Your visits</h2><ul><li>Once</li></ul>"
    found = [
        (one.heading, [(line.what, marked(line.spans)) for line in one.lines])
        for one in sections(compare_html(old, new))
    ]
    assert found == [
        ("Costs", [("paragraph", "It is [-dear-][+cheap+].")]),
        ("Your visits", [("heading", "[-Visits-][+Your visits+]"), ("list item", "[-Twice-]")]),
    ]


@pytest.mark.parametrize(
    ("old", "new", "remark"),
    [
        ('<p>See <a href="/a">this</a>.</p>', '<p>See <a href="/b">this</a>.</p>', "Link on “this”: /a → /b"),
        ("<p>See this.</p>", '<p>See <a href="/b">this</a>.</p>', "Link on “this”: no link → /b"),
        ('<p>See <a href="/a">this</a>.</p>', "<p>See this.</p>", "Link on “this”: /a → no link"),
        ("<p>See it all.</p>", '<p>See it all <a href="/b">there</a>.</p>', "Link on “there” is new: /b"),
        ('<p>See it all <a href="/b">there</a>.</p>', "<p>See it all.</p>", "Link on “there” went: /b"),
        ("<p>Not now.</p>", "<p><strong>Not</strong> now.</p>", "“Not” is bold now."),
        ("<p><em>Not</em> now.</p>", "<p>Not now.</p>", "“Not” is not italic any more."),
        ("<p>Costs and more</p>", "<h2>Costs and more</h2>", "Was a paragraph, is a heading now."),
        ("<p>Costs</p>", "<ul><li>Costs</li></ul>", "Was a paragraph, is an item of a list now."),
        (
            "<ul><li>a b<ul><li>c d</li></ul></li></ul>",
            "<ul><li>a b</li><li>c d</li></ul>",
            "Moved out by a level of the list.",
        ),
        (
            '<ul><li>a</li></ul><p>b</p><ol start="2"><li>c</li></ol>',
            '<ul><li>a</li></ul><p>b</p><ol start="3"><li>c</li></ol>',
            "The words are the same. Lists or tables are put together anew.",
        ),
    ],
)
def test_what_words_cannot_show_is_said(old, new, remark):
    (line,) = changed(clean(old), clean(new))
    assert line.remarks == (remark,)


def test_a_link_whose_words_alone_changed_is_no_news():
    (line,) = changed(
        '<p>Read all of it <a href="/a">here</a>.</p>', '<p>Read all of it <a href="/a">on this page</a>.</p>'
    )
    assert (marked(line.spans), line.remarks) == ("Read all of it [-here-][+on this page+].", ())


def test_new_words_say_where_they_link():
    (line,) = changed("", '<p>Read <a href="https://example.com/a">all of it</a></p>')
    assert line.remarks == ("“all of it” links to https://example.com/a",)


def test_posts_that_are_linked_to_are_said_by_name():
    one, other = (f'<p>See <a data-post="{number}">this</a>.</p>' for number in (3, 4))
    (line,) = changed(one, other, posts={3: "Lasers", 4: "Peels"})
    assert line.remarks == ("Link on “this”: “Lasers” → “Peels”",)
    (line,) = changed(one, other, posts={3: "Lasers", 4: "Lasers"})
    assert line.remarks == ("Link on “this”: another post of the same title",)
    (line,) = changed("<p>See this.</p>", other)
    assert line.remarks == ("Link on “this”: no link → post 4",)


def test_pictures_are_said_in_words():
    lamp, chair = ('<figure><img data-image="{}" alt="{}"></figure>'.format(*one) for one in ((3, "Lamp"), (4, "Lamp")))
    (line,) = changed(lamp, chair, pictures={3: "A lamp", 4: "A chair"})
    assert (line.what, line.remarks) == ("picture", ("Another picture: “A lamp” → “A chair”.",))
    (line,) = changed(lamp, lamp.replace("Lamp", "Old lamp"))
    assert (marked(line.spans), line.remarks) == ("[-Lamp-][+Old lamp+]", ())
    (line,) = changed(lamp.replace(' alt="Lamp"', ""), lamp.replace("Lamp", ""))
    assert line.remarks == ("Now marked as only decoration.",)
    (line,) = changed(lamp.replace(' alt="Lamp"', ""), lamp)
    assert (marked(line.spans), line.remarks) == ("[+Lamp+]", ())
    (line,) = changed("", lamp)
    assert (line.what, line.change, marked(line.spans)) == ("picture", "added", "[+Lamp+]")


def test_values_and_lists_are_said_in_words():
    assert compare_values("Lasers", "Your visit") == "Lasers → Your visit"
    assert compare_values("", "Your visit") == "none → Your visit"
    assert compare_values("Lasers", "Lasers") == ""
    assert compare_lists(["Skin", "Light"], ["Light", "Costs"]) == "added Costs; removed Skin"
    assert compare_lists(["Skin", "Light"], ["Light", "Skin"]) == "another order: Light, Skin"
    assert compare_lists(["Skin"], ["Skin"]) == ""


def hostile():
    pick = random.Random(7)
    words = [f"word{number}" for number in range(3000)]
    old = [[pick.choice(words) for _ in range(80)] for _ in range(250)]
    new = [[pick.choice(words) if pick.random() < 0.1 else word for word in line] for line in old]

    def body(lines):
        return "".join(f"<p>{' '.join(line)}</p>" for line in lines)

    yield "20,000 words in 250 paragraphs", body(old), body(new)
    yield "20,000 words in one paragraph", body([chain(*old)]), body([chain(*new)])
    yield "150,000 equal words", f"<p>{'a b ' * 74_000}</p>", f"<p>{'b a c ' * 49_000}</p>"
    yield "20,000 paragraphs", "<p>a</p><p>c</p>" * 18_000, "<p>b</p><p>a</p>" * 18_000
    yield "signs only", *(f"<p>{''.join(pick.choice('.,;:!?') for _ in range(299_000))}</p>" for _ in "12")


@pytest.mark.parametrize(("old", "new"), [pytest.param(*texts, id=name) for name, *texts in hostile()])
def test_no_text_takes_long(old, new):
    started = time.thread_time()
    lines = compare_html(old, new)
    # 1.2 s at most on one core of 2026.
    assert time.thread_time() - started < 6
    assert any(line.change != "kept" for line in lines)


def test_a_long_text_still_gets_its_words_marked():
    _, old, new = next(hostile())
    lines = compare_html(old, new)
    assert len(lines) == 250
    assert {line.change for line in lines} == {"changed"}
