"""Two articles side by side, passage by passage, so that somebody can choose for each what the text should say."""

import hashlib
from array import array
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from rapidfuzz import fuzz
from rapidfuzz.distance import Levenshtein

from blog.content.blocks import arrange
from blog.content.outline import plain_text
from blog.content.parts import Block, Text
from blog.content.phrases import plain
from blog.content.writing import Writer

THEIRS, YOURS, THEIRS_FIRST, YOURS_FIRST = "theirs", "yours", "theirs-first", "yours-first"

# Passages that were rewritten are matched with each other as long as there are not too many of them.
_MOST_MATCHES = 10_000
_ALIKE = 40.0


@dataclass(frozen=True)
class Passage:
    """A part of both texts, as HTML; blank where a text does not have it.

    ``key`` names it by its words, so that it keeps its name beside others. ``under`` is the heading above it.
    """

    theirs: str
    yours: str
    key: str
    under: str = ""

    @property
    def is_same(self) -> bool:
        """Whether there is nothing to choose."""
        return self.theirs == self.yours

    @property
    def choices(self) -> tuple[str, ...]:
        """What can be chosen: one of the two, and where both have words, both in either order."""
        both = (THEIRS_FIRST, YOURS_FIRST) if self.theirs and self.yours else ()
        return (THEIRS, YOURS, *both) if not self.is_same else ()

    def chosen(self, choice: str) -> str:
        """The HTML for one of the ``choices``."""
        return {
            THEIRS: self.theirs,
            YOURS: self.yours,
            THEIRS_FIRST: f"{self.theirs}\n{self.yours}",
            YOURS_FIRST: f"{self.yours}\n{self.theirs}",
        }[choice]


def passages(theirs: str, yours: str) -> list[Passage]:
    """Both bodies in passages, in reading order: a paragraph, a heading, a list, a picture, a table, a box is one.

    Together the passages are each text, whole. What was rewritten stands beside what it was.
    """
    blocks = [arrange(html) for html in (theirs, yours)]
    written = [[Writer().block(block) for block in side] for side in blocks]
    headings = {
        html: plain(block.runs).replace("\n", " ")
        for side, texts in zip(blocks, written, strict=True)
        for block, html in zip(side, texts, strict=True)
        if _is_heading(block)
    }
    found: list[Passage] = []
    taken: dict[str, int] = {}
    under = ""
    for left, right in _pairs(*written):
        under = headings.get(right) or headings.get(left) or under
        key = hashlib.sha256(f"{left}\0{right}".encode()).hexdigest()[:12]
        taken[key] = taken.get(key, 0) + 1
        found.append(Passage(left, right, key if taken[key] == 1 else f"{key}-{taken[key]}", under))
    return found


def put_together(found: Iterable[Passage], choices: Mapping[str, str]) -> str:
    """The body that was chosen: ``choices`` has a choice for the key of each passage that differs."""
    parts = (one.theirs if one.is_same else one.chosen(choices[one.key]) for one in found)
    return "\n".join(part for part in parts if part)


def _is_heading(block: Block) -> bool:
    return isinstance(block, Text) and block.tag != "p"


def _pairs(theirs: list[str], yours: list[str]) -> Iterator[tuple[str, str]]:
    ids: dict[str, int] = {}
    sides = [array("L", [ids.setdefault(html, len(ids)) for html in side]) for side in (theirs, yours)]
    left, right = [], []
    for code in Levenshtein.opcodes(*sides):
        if code.tag != "equal":
            left += theirs[code.src_start : code.src_end]
            right += yours[code.dest_start : code.dest_end]
            continue
        yield from _matched(left, right)
        left, right = [], []
        yield from ((html, html) for html in theirs[code.src_start : code.src_end])
    yield from _matched(left, right)


def _matched(left: list[str], right: list[str]) -> list[tuple[str, str]]:
    """Rewritten passages beside what they were, in order: the pairs whose likeness adds up to most."""
    if len(left) * len(right) > _MOST_MATCHES or len(left) == len(right) == 1:
        return _together(left, right)
    words = [[plain_text(html) or html for html in side] for side in (left, right)]
    like = [[value if (value := fuzz.ratio(a, b)) >= _ALIKE else 0.0 for b in words[1]] for a in words[0]]
    best = [[0.0] * (len(right) + 1) for _ in range(len(left) + 1)]
    for i in reversed(range(len(left))):
        for j in reversed(range(len(right))):
            pair = like[i][j] + best[i + 1][j + 1] if like[i][j] else 0.0
            best[i][j] = max(pair, best[i + 1][j], best[i][j + 1])
    pairs: list[tuple[str, str]] = []
    loose: tuple[list[str], list[str]] = ([], [])
    i = j = 0
    while i < len(left) or j < len(right):
        if i < len(left) and j < len(right) and like[i][j] and best[i][j] == like[i][j] + best[i + 1][j + 1]:
            pairs += [*_together(*loose), (left[i], right[j])]
            loose = ([], [])
            i, j = i + 1, j + 1
        elif j == len(right) or (i < len(left) and best[i][j] == best[i + 1][j]):
            loose[0].append(left[i])
            i += 1
        else:
            loose[1].append(right[j])
            j += 1
    return pairs + _together(*loose)


def _together(left: list[str], right: list[str]) -> list[tuple[str, str]]:
    """What has nothing like it on the other side is one passage, and one choice."""
    return [("\n".join(left), "\n".join(right))] if left or right else []
