"""Links to posts by their number: what comes in, what is stored, what a page and the editor show."""

import pytest

from blog.addresses import article_at
from blog.content.clean import clean
from blog.content.difference import compare_html
from blog.content.editor import NOWHERE, Target, to_editor
from blog.content.outline import plain_text, post_links
from blog.content.render import render, render_for_feeds

STORED = '<p>See <a data-post="7" data-fragment="what-to-do">what to do</a>, then <a data-post="8">the rest</a>.</p>'


def post_from_href(href):
    named = article_at(href)
    return (7, named.fragment) if named and named.slug == "lasers" else None


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ('<a href="/blog/lasers/">x</a>', '<a data-post="7">x</a>'),
        ('<a href="/blog/lasers">x</a>', '<a data-post="7">x</a>'),
        ('<a href="http://127.0.0.1:8000/blog/lasers/">x</a>', '<a data-post="7">x</a>'),
        ('<a href="https://127.0.0.1:8000/blog/lasers/?utm_source=mail#a-b">x</a>', None),
        ('<a href="/blog/lasers/#a%20b">x</a>', '<a data-post="7">x</a>'),
        ('<a href="/blog/peels/">x</a>', '<a href="/blog/peels/">x</a>'),
        (
            '<a href="https://elsewhere.example/blog/lasers/">x</a>',
            '<a href="https://elsewhere.example/blog/lasers/">x</a>',
        ),
        ('<a href="//elsewhere.example/blog/lasers/">x</a>', '<a href="//elsewhere.example/blog/lasers/">x</a>'),
        ('<a href="/topics/lasers/">x</a>', '<a href="/topics/lasers/">x</a>'),
        ('<a href="#lasers">x</a>', '<a href="#lasers">x</a>'),
        ('<a href="mailto:lasers@example.com">x</a>', '<a href="mailto:lasers@example.com">x</a>'),
        ('<a href="http://[">x</a>', "x"),
        ('<a data-post="9" href="javascript:run()" data-off="yes">x</a>', '<a data-post="9">x</a>'),
        ('<a data-post="0" href="/about/">x</a>', '<a href="/about/">x</a>'),
        ('<a data-post="9 or 1">x</a>', "x"),
        ('<a data-post="9" data-fragment="a b">x</a>', '<a data-post="9">x</a>'),
    ],
)
def test_own_addresses_become_the_post(typed, stored):
    stored = stored or '<a data-post="7" data-fragment="a-b">x</a>'
    cleaned = clean(f"<p>{typed}</p>", post_from_href=post_from_href)
    assert cleaned == f"<p>{stored}</p>"
    assert clean(cleaned) == cleaned


def test_without_somebody_who_knows_addresses_they_stay():
    assert clean('<p><a href="/blog/lasers/">x</a></p>') == '<p><a href="/blog/lasers/">x</a></p>'


def test_a_page_shows_the_present_address():
    html = render(STORED, {}, {7: "/blog/light/", 8: "/blog/end/"}).html
    assert html == (
        '<p>See <a href="/blog/light/#what-to-do">what to do</a>, then <a href="/blog/end/">the rest</a>.</p>'
    )


def test_only_the_words_stay_where_the_post_is_not_live():
    html = render('<p><strong>See <a data-post="7">it</a> now</strong></p>', {}, {8: "/blog/end/"}).html
    assert html == "<p><strong>See it now</strong></p>"
    assert "data-post" not in render(STORED, {}).html


def test_feeds_show_whole_addresses():
    html = render_for_feeds(STORED, {}, "https://clinic.example/blog/here/", {7: "/blog/light/"})
    assert '<a href="https://clinic.example/blog/light/#what-to-do" rel="noopener">what to do</a>' in html
    assert "the rest" in html and html.count("<a ") == 1


def test_the_editor_shows_addresses_and_marks_what_readers_cannot_open():
    html = to_editor(STORED, str, {7: Target("/blog/light/", True)})
    assert '<a href="/blog/light/#what-to-do" data-post="7" data-fragment="what-to-do">' in html
    assert f'<a href="{NOWHERE}" data-post="8" data-off="yes">' in html
    assert clean(html) == STORED


def test_comparing_two_texts_says_that_a_link_leads_to_another_post():
    (line,) = compare_html('<p>See <a data-post="7">it</a>.</p>', '<p>See <a data-post="8">it</a>.</p>')
    assert line.change == "changed" and "post 7" in line.remarks[0] and "post 8" in line.remarks[0]
    assert compare_html(STORED, STORED)[0].change == "kept"


def test_links_are_found_wherever_they_stand():
    body = (
        '<h2><a data-post="1">a</a></h2><ul><li><a data-post="2">b</a></li></ul>'
        '<figure><img data-image="5" alt=""><figcaption><a data-post="3">c</a></figcaption></figure>'
        '<table><caption><a data-post="4">d</a></caption><tr><td><a data-post="1">e</a></td></tr></table>'
    )
    assert post_links(clean(body)) == [1, 2, 3, 4]
    assert plain_text(body).split() == ["a", "b", "c", "d", "e"], "the search finds the words as before"
