"""Boxes: how they are stored, known, shown, compared and measured."""

from pathlib import Path

import pytest

from blog.content import boxes
from blog.content.blocks import arrange
from blog.content.boxes import QUESTIONS
from blog.content.clean import clean
from blog.content.difference import compare_html
from blog.content.editor import to_editor
from blog.content.markup import BOX
from blog.content.outline import first_words, image_ids, outline, plain_text, post_links, word_count
from blog.content.passages import YOURS, YOURS_FIRST, passages, put_together
from blog.content.render import render, render_for_feeds
from blog.content.sentences import parts
from blog.content.swap import with_other_pictures

KINDS = ("warning", "note", "care", "urgent", "emergency", "asks")


def box(kind: str, *lines: str) -> str:
    return "\n".join([f'<aside data-box="{kind}">', *lines, "</aside>"])


def page(html: str, call_for=None) -> str:
    return render(html, {}, call_for=call_for).html


LIST = "<ul>\n<li>an eyelid droops</li>\n<li>pain gets worse</li>\n</ul>"


@pytest.mark.parametrize("kind", KINDS)
def test_a_box_of_each_kind_is_stored_as_it_was_written(kind):
    stored = box(kind, "<p>Call us if</p>", LIST)
    assert clean(stored) == clean(clean(stored)) == stored
    assert clean(to_editor(stored, "/{}".format)) == stored


@pytest.mark.parametrize(
    ("html", "stored"),
    [
        # Nothing in it, and no box.
        ('<aside data-box="urgent"></aside><p>a</p>', "<p>a</p>"),
        ('<aside data-box="urgent"><p>&nbsp;</p><ul><li></li></ul></aside>', ""),
        # No kind that there is: the words stay.
        ('<aside data-box="loud"><p>a</p></aside>', "<p>a</p>"),
        ("<aside><p>a</p></aside>", "<p>a</p>"),
        # Words that stand in it as they are become a paragraph, and end one that they interrupt.
        ('<aside data-box="note">a</aside>', box("note", "<p>a</p>")),
        ('<p>a<aside data-box="note">b</aside>c</p>', f"<p>a</p>\n{box('note', '<p>b</p>')}\n<p>c</p>"),
        # No box within a box, list, quotation or table.
        (box("care", "<p>a</p>", box("urgent", "<p>b</p>")), box("care", "<p>a</p>", "<p>b</p>")),
        (f"<ul><li>a{box('note', '<p>b</p>')}</li></ul>", "<ul>\n<li><p>a</p>\n<p>b</p></li>\n</ul>"),
        (f"<blockquote>{box('note', '<p>b</p>')}</blockquote>", "<blockquote><p>b</p></blockquote>"),
        (
            f"<table><tr><td>{box('note', '<p>b</p>')}</td></tr></table>",
            "<table>\n<tbody>\n<tr><td>b</td></tr>\n</tbody>\n</table>",
        ),
        # Nor a quotation in a box.
        (box("note", "<blockquote><p>b</p></blockquote>"), box("note", "<p>b</p>")),
        # A heading is no heading in a box: first it is the title, later words in bold.
        (
            box("urgent", "<h2>Title</h2>", "<p>a</p>", '<h3>So <a href="/x">far</a></h3>'),
            box("urgent", "<p>Title</p>", "<p>a</p>", '<p><strong>So <a href="/x">far</a></strong></p>'),
        ),
        (
            box("note", "<ul><li><h3>a</h3>b</li></ul>"),
            box("note", "<ul>\n<li><p><strong>a</strong></p>\n<p>b</p></li>\n</ul>"),
        ),
        # What patients ask has questions of one level.
        (
            box("asks", "<h2>Cost?</h2>", "<p>a</p>", "<h4>Pain?</h4>"),
            box("asks", "<h3>Cost?</h3>", "<p>a</p>", "<h3>Pain?</h3>"),
        ),
        # Pictures, tables and marks stay.
        (
            box("note", '<p><strong>a</strong> <a data-post="4">b</a></p><img data-image="3" alt="A lamp">'),
            box(
                "note",
                '<p><strong>a</strong> <a data-post="4">b</a></p>',
                '<figure><img data-image="3" alt="A lamp"></figure>',
            ),
        ),
    ],
)
def test_a_box_holds_what_fits_in_it_and_no_word_is_lost(html, stored):
    assert clean(html) == stored
    assert clean(stored) == stored


@pytest.mark.parametrize(
    ("html", "kind"),
    [
        ('<div class="callout"><p>t</p><p>a</p></div>', "warning"),
        ('<div class="callout callout--note"><p>t</p><p>a</p></div>', "note"),
        ('<div class="care"><h3><span>Not urgent:</span> t</h3><p>a</p></div>', "care"),
        ('<div class="care care--urgent"><h3><span>Urgent:</span> t</h3><p>a</p><p class="call">5</p></div>', "urgent"),
        ('<div class="care care--emergency"><h2><span>Emergency:</span> t</h2><p>a</p></div>', "emergency"),
        ('<div class="wp-block-x notice notice-warning"><p>t</p><p>a</p></div>', "warning"),
        ('<div class="alert alert-danger" role="alert"><p>t</p><p>a</p></div>', "warning"),
        ('<div class="alert alert-info"><p>t</p><p>a</p></div>', "note"),
        ('<div class="wp-block-ub-notification-box ub_notify_info"><p>t</p><p>a</p></div>', "note"),
    ],
)
def test_boxes_of_a_live_page_and_notices_elsewhere_become_boxes(html, kind):
    assert clean(html) == box(kind, "<p>t</p>", "<p>a</p>")


@pytest.mark.parametrize(
    "html",
    [
        '<div class="care"><p>a</p></div>',
        '<div class="care team"><h3>a</h3></div>',
        '<div class="notice"><p>a</p></div>',
        '<div class="callout-text"><p>a</p></div>',
        '<section class="callout"><p>a</p></section>',
        '<p class="callout">a</p>',
    ],
)
def test_what_may_be_anything_becomes_no_box(html):
    assert "<aside" not in clean(html)


@pytest.mark.parametrize("kind", KINDS)
def test_what_a_page_shows_is_the_same_box_when_it_is_pasted(kind):
    stored = box(kind, "<p>First</p>", "<p>Then</p>") if kind != "asks" else box(kind, "<h3>Cost?</h3>", "<p>a</p>")
    shown = page(stored, lambda level: '<p class="call">(907) 555-0142</p>')
    assert plain_text(clean(shown)).replace("Warning: ", "").replace("Note: ", "") == plain_text(stored)
    assert f'<aside data-box="{kind}">' in clean(shown)


@pytest.mark.parametrize(
    ("stored", "shown"),
    [
        (
            box("warning", "<p>Cheap vials</p>", "<p>Ask to see it.</p>"),
            '<div class="callout">\n<p><strong>Warning:</strong> Cheap vials</p>\n<p>Ask to see it.</p>\n</div>',
        ),
        # Colour never stands alone, but no word twice either.
        (
            box("warning", "<p>A warning about vials</p>", "<p>Ask.</p>"),
            '<div class="callout">\n<p>A warning about vials</p>\n<p>Ask.</p>\n</div>',
        ),
        (
            box("note", "<p>Eat before.</p>"),
            '<div class="callout callout--note">\n<p><strong>Note:</strong> Eat before.</p>\n</div>',
        ),
        (box("note", LIST), f'<div class="callout callout--note">\n<p>Note</p>\n{LIST}\n</div>'),
        (
            box("care", "<p>talk with us if</p>", LIST),
            f'<div class="care">\n<h2><span>Not urgent:</span> talk with us if</h2>\n{LIST}\n'
            '<p class="call">care</p>\n</div>',
        ),
        (
            box("urgent", "<p>Urgent: call us if</p>", LIST),
            f'<div class="care care--urgent">\n<h2><span>Urgent:</span> call us if</h2>\n{LIST}\n'
            '<p class="call">urgent</p>\n</div>',
        ),
        (
            box("emergency", "<p>You cannot swallow.</p>"),
            '<div class="care care--emergency">\n<h2><span>Emergency:</span> call 911 now</h2>\n'
            '<p>You cannot swallow.</p>\n<p class="call">emergency</p>\n</div>',
        ),
        (
            box("urgent", LIST),
            f'<div class="care care--urgent">\n<h2><span>Urgent:</span> call us the same day</h2>\n{LIST}\n'
            '<p class="call">urgent</p>\n</div>',
        ),
        # Only a picture that is not there: nothing to show.
        (box("urgent", '<figure><img data-image="3"></figure>'), ""),
        (box("note", '<figure><img data-image="3"></figure>'), ""),
    ],
)
def test_a_box_is_shown_with_its_level_as_a_word(stored, shown):
    def call_for(kind):
        return f'<p class="call">{kind}</p>'

    assert page(stored, call_for) == shown
    assert render_for_feeds(stored, {}, "https://x.example/", call_for=call_for) == shown


def test_a_care_card_without_anybody_to_call_ends_with_its_words():
    assert page(box("urgent", "<p>If</p>", LIST)).endswith("</ul>\n</div>")


def test_what_was_asked_is_shown_with_its_answer_and_nothing_else():
    empty = [f"<h3>{question}</h3>" for question in QUESTIONS]
    assert clean(box("asks", *empty)) == box("asks", *empty)
    assert page(box("asks", *empty)) == plain_text(box("asks", *empty)) == ""
    stored = box("asks", "<h3>Is it safe in July?</h3>", "<p>Ask.</p>", *empty[:3], "<p>Not if pregnant.</p>")
    assert page(stored) == (
        '<div class="asks">\n<h2>What patients ask</h2>\n<h3>Is it safe in July?</h3>\n<p>Ask.</p>\n'
        "<h3>Who should not have it?</h3>\n<p>Not if pregnant.</p>\n</div>"
    )
    assert "cost" not in plain_text(stored) and word_count(stored) == 14
    assert to_editor(stored, "/{}".format).count("</h3>\n<p></p>") == 2


def test_when_to_call_ends_with_whom():
    stored = box("asks", "<h3>When should I call?</h3>", "<p>If it hurts.</p>", "<h3>Cost?</h3>", "<p>Ask.</p>")
    shown = page(stored, lambda kind: f'<p class="call">{kind}</p>')
    assert '<p>If it hurts.</p>\n<p class="call">care</p>\n<h3>Cost?</h3>' in shown


@pytest.mark.parametrize(
    ("before", "level"), [("", 2), ("<p>a</p>", 2), ("<h2>A</h2>", 3), ("<h2>A</h2><h3>B</h3><h4>C</h4>", 3)]
)
def test_a_box_breaks_no_order_of_headings_and_is_not_in_the_contents(before, level):
    boxes = box("urgent", "<p>If</p>", LIST) + box("asks", "<h3>Cost?</h3>", "<p>a</p>")
    shown = page(before + boxes)
    assert f"<h{level}><span>Urgent:</span> If</h{level}>" in shown
    assert f"<h{level}>What patients ask</h{level}>\n<h{level + 1}>Cost?" in shown
    assert outline(before + boxes) == outline(before)


def test_what_stands_in_a_box_is_measured_and_found_like_everything_else():
    stored = box("note", '<p>One <a data-post="4">two</a></p>', '<figure><img data-image="3" alt="A lamp"></figure>')
    assert plain_text(stored) == "One two" and word_count(stored) == 2
    assert image_ids(stored) == [3] and post_links(stored) == [4]
    assert 'data-image="9"' in with_other_pictures(stored, {3: 9})
    assert first_words(stored + "<p>Text.</p>", 80) == "Text."
    assert first_words(stored, 80) == "One two"


def remarks(old: str, new: str) -> list[str]:
    return [remark for line in compare_html(old, new) for remark in line.remarks]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            box("warning", "<p>a</p>"),
            box("emergency", "<p>a</p>"),
            "Was in a warning box, is in a card for emergencies now.",
        ),
        (box("note", "<p>a</p>"), "<p>a</p>", "Is not in a note any more."),
        ("<p>a</p>", box("asks", "<p>a</p>"), "Is in a box of what patients ask now."),
        (
            box("note", "<p>a</p>", "<p>b</p>"),
            box("note", "<p>a</p>") + box("note", "<p>b</p>"),
            "The words are the same. Boxes are put together anew.",
        ),
    ],
)
def test_a_change_of_the_box_is_said_in_words(old, new, said):
    assert remarks(old, new) == [said]
    assert remarks(old, old) == []


def test_lines_name_the_box_that_they_stand_in():
    lines = compare_html("<h2>Care</h2>", "<h2>Care</h2>" + box("asks", "<h3>Cost?</h3>", "<p>x</p>") + "<p>y</p>")
    asked = "a box of what patients ask"
    assert [(line.what, line.box, line.under) for line in lines] == [
        ("heading", "", "Care"),
        ("question", asked, "Care"),
        ("paragraph", asked, "Care"),
        ("paragraph", "", "Care"),
    ]


def test_a_box_is_one_passage_to_choose():
    theirs, yours = box("care", "<p>If</p>", LIST), box("urgent", "<p>If</p>", LIST)
    found = passages(f"<p>Rest.</p>{theirs}", f"<p>Rest.</p>{yours}")
    assert [(one.theirs, one.yours) for one in found if not one.is_same] == [(theirs, yours)]
    (differs,) = (one for one in found if not one.is_same)
    assert put_together(found, {differs.key: YOURS}) == f"<p>Rest.</p>\n{yours}"
    assert put_together(found, {differs.key: YOURS_FIRST}) == f"<p>Rest.</p>\n{yours}\n{theirs}"


def test_rules_look_at_the_sentences_in_a_box_and_a_question_there_has_no_level():
    body = "<h2>Care</h2>" + box("asks", "<h3>Cost?</h3>", "<p>Ask us.</p>", "<h3>Pain?</h3>") + box("urgent", LIST)
    found = [(part.kind.value, part.text, part.section, part.level) for part in parts(arrange(body))]
    assert found == [
        ("heading", "Care", "Care", 2),
        ("heading", "Cost?", "Cost?", 0),
        ("paragraph", "Ask us.", "Cost?", 0),
        ("item", "an eyelid droops", "Care", 0),
        ("item", "pain gets worse", "Care", 0),
    ]


def test_a_title_that_is_nothing_but_the_level_stays():
    assert "<span>Urgent:</span> Urgent:</h2>" in page(box("urgent", "<p>Urgent:</p>", LIST))


def test_table_and_editing_screen_know_the_same_kinds_and_questions():
    assert set(BOX.split("|")) == set(boxes.KINDS) == set(KINDS)
    code = (Path(__file__).resolve().parents[2] / "static" / "staff" / "boxes.js").read_text("utf-8")
    assert [name for name in (*KINDS, *QUESTIONS, *boxes.FOREIGN) if name not in code] == []


def test_the_parts_of_a_box_are_parts():
    (found,) = arrange(box("note", "<p>a</p>", LIST))
    assert found.kind == "note" and len(found.blocks) == 2
