"""Where sentences end, and where they stand."""

import pytest

from blog.content.blocks import arrange
from blog.content.sentences import Kind, parts, spans


def split(text: str) -> list[str]:
    return [text[start:end] for start, end in spans(text)]


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("One. Two! Three? Four", ["One.", "Two!", "Three?", "Four"]),
        ("“One.” Two.", ["“One.”", "Two."]),
        ("Dr. Low is in. Ask her.", ["Dr. Low is in.", "Ask her."]),
        ("Come at 9 a.m. on Monday. Or call.", ["Come at 9 a.m. on Monday.", "Or call."]),
        ("It is 0.5 ml. Then wait.", ["It is 0.5 ml.", "Then wait."]),
        ("See A. B. Ray. Then go.", ["See A. B. Ray.", "Then go."]),
        ("In the U.S. Food and Drug rules hold.", ["In the U.S. Food and Drug rules hold."]),
        ("e.g. peels. and more.", ["e.g. peels. and more."]),
        ("Painless? No.", ["Painless?", "No."]),
        ("What?! 2 days.", ["What?!", "2 days."]),
        ("", []),
        ("no end", ["no end"]),
    ],
)
def test_sentences_end_where_a_reader_says_so(text, sentences):
    assert split(text) == sentences


def test_every_line_has_its_kind_and_its_heading():
    html = (
        "<p>Hello<br>there</p><h2>When</h2><ul><li>One<ul><li>Two</li></ul></li></ul><blockquote><p>Three</p></blockquote>"
        '<figure><img data-image="3" alt="x"><figcaption>Four</figcaption></figure><h3>Who</h3>'
        '<aside data-box="asks"><h3>How long?</h3><p>An hour.<a data-source="4"></a></p></aside>'
        "<table><caption>Five</caption><tr><td>Six</td></tr></table>"
    )
    assert [(part.kind, part.text, part.section, part.level) for part in parts(arrange(html))] == [
        (Kind.PARAGRAPH, "Hello there", "", 0),
        (Kind.HEADING, "When", "When", 2),
        (Kind.ITEM, "One", "When", 0),
        (Kind.ITEM, "Two", "When", 0),
        (Kind.QUOTE, "Three", "When", 0),
        (Kind.CAPTION, "Four", "When", 0),
        (Kind.HEADING, "Who", "Who", 3),
        (Kind.HEADING, "How long?", "How long?", 0),
        (Kind.PARAGRAPH, "An hour.", "How long?", 0),
        (Kind.CAPTION, "Five", "Who", 0),
        (Kind.CELL, "Six", "Who", 0),
    ]
