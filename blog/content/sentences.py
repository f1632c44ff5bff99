"""An article's text as sentences, each with where it stands."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from blog.content.boxes import shown_blocks
from blog.content.parts import Block, Box, Figure, List, Quote, Table, Text
from blog.content.phrases import Run, plain


class Kind(StrEnum):
    """What a line of text is: running text, or words that stand by themselves."""

    PARAGRAPH = "paragraph"
    HEADING = "heading"
    ITEM = "item"
    QUOTE = "quote"
    CELL = "cell"
    CAPTION = "caption"
    ALT = "alt"


@dataclass(frozen=True)
class Part:
    """A paragraph, heading, item, cell or caption: its words with single spaces, and the heading it stands under.

    ``level`` is that of a heading, 2 to 4, else 0; also for what patients ask in a box, which is in no outline.
    """

    kind: Kind
    text: str
    section: str
    runs: tuple[Run, ...] = ()
    level: int = 0


# Where a sentence may end: its mark, with what closes around it, before white space.
_END = re.compile(r"[.!?…]+[\"'”’)\]]*\s+")
# Words with a full stop that ends no sentence.
_SHORT = frozenset(
    "dr mr mrs ms prof st no nos vs e.g i.e cf approx fig sec dept inc ltd co jr sr u.s u.k d.c a.m p.m etc al".split()
)
_OPENS_A_SENTENCE = re.compile(r"[\"'“‘(\[]*[A-Z0-9#À-Þ]")
_LAST_WORD = re.compile(r"([\w.]{1,12})$")


def spans(text: str) -> Iterator[tuple[int, int]]:
    """Where each sentence of a line begins and ends, white space around it aside. Linear in its length."""
    start = 0
    for match in _END.finditer(text):
        if not text[start : match.start()].strip():
            continue
        if match.group()[0] == "." and not _is_end(text, match):
            continue
        yield start, match.start() + len(match.group().rstrip())
        start = match.end()
    if text[start:].strip():
        yield start, len(text.rstrip())


def _is_end(text: str, match: re.Match[str]) -> bool:
    if not _OPENS_A_SENTENCE.match(text, match.end()):
        return False
    word = _LAST_WORD.search(text, max(0, match.start() - 12), match.start())
    if word is None:
        return True
    last = word.group(1).lower().strip(".")
    return last not in _SHORT and not (len(last) == 1 and last.isalpha() and last != "i")


def parts(blocks: Iterable[Block]) -> list[Part]:
    """The lines of a body in reading order, tables, boxes and captions too, each under its heading.

    What patients ask in a box is no heading.
    """
    walker = _Walker()
    walker.walk(blocks, Kind.PARAGRAPH)
    return walker.found


class _Walker:
    def __init__(self) -> None:
        self.found: list[Part] = []
        self.section = ""
        self.in_box = False

    def add(self, kind: Kind, runs: list[Run], level: int = 0) -> None:
        if text := " ".join(plain(runs).split()):
            self.found.append(Part(kind, text, self.section, tuple(runs), level))

    def walk(self, blocks: Iterable[Block], kind: Kind) -> None:
        for block in blocks:
            if isinstance(block, Text):
                if block.tag == "p":
                    self.add(kind, block.runs)
                else:
                    self.section = " ".join(plain(block.runs).split())
                    self.add(Kind.HEADING, block.runs, 0 if self.in_box else int(block.tag[1]))
            elif isinstance(block, Figure):
                self.add(Kind.CAPTION, block.caption)
            elif isinstance(block, List):
                for item in block.items:
                    self.walk(item, Kind.ITEM if kind == Kind.PARAGRAPH else kind)
            elif isinstance(block, Box):
                outside, self.in_box = self.section, True
                self.walk(shown_blocks(block), kind)
                self.section, self.in_box = outside, False
            elif isinstance(block, Quote):
                self.walk(block.blocks, Kind.QUOTE)
            elif isinstance(block, Table):
                self.add(Kind.CAPTION, block.caption)
                for cell in (cell for row in (*block.head, *block.body) for cell in row):
                    self.walk(cell.blocks, Kind.CELL)
