"""What a text holds, measured: headings, pictures, plain words."""

import re
import unicodedata
from collections.abc import Container, Iterable
from dataclasses import dataclass

from blog.content.blocks import arrange
from blog.content.boxes import shown_blocks
from blog.content.parts import Block, Box, Figure, List, Quote, Table, Text, all_runs, descend
from blog.content.phrases import plain

# Ids that the page around an article has for its own parts.
RESERVED_IDS = frozenset({"main", "safety", "contents", "key-points", "author", "neighbours", "q"}) | {
    f"{name}-{number}" for name in ("source", "cited") for number in range(1, 100)
}
_MAX_ID_LENGTH = 60


@dataclass(frozen=True)
class Heading:
    """A heading of an article: level 2 to 4, its words, and the id under which the page links to it."""

    level: int
    text: str
    id: str


class Ids:
    """Hands out ids for one page, each once and none that the page itself uses."""

    def __init__(self) -> None:
        self._taken = set(RESERVED_IDS)
        self._counts: dict[str, int] = {}

    def take(self, text: str) -> str:
        """An id made of the words of ``text``, with -2, -3 … where it is taken; ``section`` where no letter is left."""
        slug = candidate = _slug(text) or "section"
        count = self._counts.get(slug, 1)
        while candidate in self._taken:
            count += 1
            candidate = f"{slug}-{count}"
        self._counts[slug] = count
        self._taken.add(candidate)
        return candidate


def headings(blocks: Iterable[Block], ids: Ids) -> list[Heading]:
    """The headings among ``blocks`` in reading order, with ids taken from ``ids``; not those within boxes."""
    outside = (block for block in blocks if not isinstance(block, Box))
    found = (block for block in descend(outside) if isinstance(block, Text) and block.tag != "p")
    return [
        Heading(int(block.tag[1]), text, ids.take(text))
        for block in found
        if (text := plain(block.runs).replace("\n", " "))
    ]


def outline(html: str) -> list[Heading]:
    """The headings h2 to h4 of a body in order, with the ids that ``render`` gives them.

    An id depends only on its heading's words and on equal headings before it, so it stays when other text changes.
    """
    return headings(arrange(html), Ids())


def image_ids(html: str) -> list[int]:
    """The pictures that a body uses, in order, each once."""
    return list(dict.fromkeys(block.image for block in descend(arrange(html)) if isinstance(block, Figure)))


def post_links(html: str) -> list[int]:
    """The posts that a body links to by their number, in order, each once."""
    marks = (mark for run in all_runs(arrange(html)) for mark in run.marks)
    return list(dict.fromkeys(mark.post for mark in marks if mark.post is not None))


def cited_sources(html: str) -> list[int]:
    """The keys of the sources that a body cites, in order, each once."""
    marks = (mark for run in all_runs(arrange(html)) for mark in run.marks)
    return list(dict.fromkeys(mark.source for mark in marks if mark.source is not None))


def plain_text(html: str, without: Container[int] = ()) -> str:
    """The words of a body without markup: each paragraph, heading, list item, cell and caption on a line of its own.

    They are those that readers see; so a question in a box that has no answer yet is not among them. ``without`` are
    pictures of which the captions are left out.
    """
    return "\n".join(line for block in arrange(html) for line in _lines(block, without))


def alt_texts(html: str) -> list[str]:
    """The descriptions of a body's pictures, in order."""
    return [block.alt for block in descend(arrange(html)) if isinstance(block, Figure) and block.alt]


def word_count(html: str) -> int:
    """How many words a body has, captions and tables included."""
    return len(plain_text(html).split())


def first_words(html: str, limit: int, without: Container[int] = ()) -> str:
    """The beginning of a body in at most ``limit`` characters of plain text, cut after a word and ended with ….

    Headings are left out, since they make no sentence, and boxes, which stand beside the text; they stand in where
    there is nothing else. ``without`` are pictures of which the captions are left out.
    """
    blocks = arrange(html)
    running = [
        block for block in blocks if not isinstance(block, Box) and not (isinstance(block, Text) and block.tag != "p")
    ]
    text = " ".join(" ".join(line for block in running or blocks for line in _lines(block, without)).split())
    if len(text) <= limit:
        return text
    room = max(limit - 1, 0)
    cut = text[:room] if text[room : room + 1] == " " else text[:room].rpartition(" ")[0] or text[:room]
    return cut.rstrip(" ,;:–—-.") + "…" if limit > 0 else ""


def _lines(block: Block, without: Container[int] = ()) -> list[str]:
    if isinstance(block, Text):
        return [plain(block.runs)]
    if isinstance(block, Figure):
        return [plain(block.caption)] if block.caption and block.image not in without else []
    if isinstance(block, List):
        return [line for item in block.items for inner in item for line in _lines(inner, without)]
    if isinstance(block, Quote):
        return [line for inner in block.blocks for line in _lines(inner, without)]
    if isinstance(block, Box):
        return [line for inner in shown_blocks(block) for line in _lines(inner, without)]
    assert isinstance(block, Table)
    cells = [cell for row in (*block.head, *block.body) for cell in row]
    caption = [plain(block.caption)] if block.caption else []
    return caption + [line for cell in cells for inner in cell.blocks for line in _lines(inner, without)]


def _slug(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text)
    letters = "".join(char for char in decomposed if unicodedata.category(char) not in ("Mn", "Cf")).casefold()
    slug = re.sub(r"[\W_]+", "-", re.sub(r"['’]", "", letters)).strip("-")
    if len(slug) > _MAX_ID_LENGTH:
        slug = slug[: _MAX_ID_LENGTH + 1].rpartition("-")[0] or slug[:_MAX_ID_LENGTH]
    return slug
