"""Text as word processors put it on the clipboard becomes the same clean article."""

from pathlib import Path

import pytest

from blog.content.clean import clean

CLIPBOARDS = sorted(
    path for path in (Path(__file__).parent / "clipboard").glob("*.html") if ".expected" not in path.suffixes
)


def test_every_word_processor_is_here():
    assert [path.stem for path in CLIPBOARDS] == ["apple-pages", "google-docs", "word-mac", "word-windows"]


@pytest.mark.parametrize("path", CLIPBOARDS, ids=lambda path: path.stem)
def test_a_pasted_article_comes_in_as_written(path):
    expected = path.with_suffix(".expected.html").read_text(encoding="utf-8").strip()
    cleaned = clean(path.read_text(encoding="utf-8"))
    assert cleaned == expected
    assert clean(cleaned) == cleaned
