"""Two sequences laid beside each other: which parts are equal, and two texts as spans of kept and changed words.

RapidFuzz aligns; the longest text an article can be takes seconds at most, whatever is in it.
"""

from array import array
from collections.abc import Hashable, Iterable, Iterator, Sequence
from itertools import groupby
from typing import Literal, NamedTuple

from rapidfuzz.distance import LCSseq, Levenshtein

from blog.content.phrases import BREAK

Kind = Literal["kept", "removed", "added"]
Parts = list[tuple[bool, slice, slice]]

# Above this many pairs of words the table of LCSseq would take more than 10 MB; Levenshtein needs none that large.
_MANY_PAIRS = 80_000_000
# Above this many (some 30,000 words on each side that all differ) nobody reads marks, and looking takes seconds.
_TOO_MANY_PAIRS = 1_000_000_000


class Span(NamedTuple):
    """Words that were kept, removed or added."""

    kind: Kind
    text: str


def _numbers(values: Iterable[Hashable], ids: dict[Hashable, int]) -> array:
    return array("L", [ids.setdefault(value, len(ids)) for value in values])


def aligned(old: Sequence[Hashable], new: Sequence[Hashable]) -> Parts:
    """Parts of two sequences in order: whether they are equal, and where each lies; neighbours are never of one kind.

    What both begin and end with is equal; where what is between is too much to look into, all of it differs.
    """
    ids: dict[Hashable, int] = {}
    olds, news = _numbers(old, ids), _numbers(new, ids)
    shorter = min(len(olds), len(news))
    start = next((i for i in range(shorter) if olds[i] != news[i]), shorter)
    rest = shorter - start
    end = next((i for i in range(rest) if olds[-1 - i] != news[-1 - i]), rest)
    last_old, last_new = len(olds) - end, len(news) - end
    parts = [(True, slice(0, start), slice(0, start))]
    pairs = (last_old - start) * (last_new - start)
    if pairs > _TOO_MANY_PAIRS:
        parts.append((False, slice(start, last_old), slice(start, last_new)))
    else:
        measure = LCSseq if pairs <= _MANY_PAIRS else Levenshtein
        codes = measure.opcodes(olds[start:last_old], news[start:last_new])
        for is_equal, group in groupby(codes, key=lambda code: code.tag == "equal"):
            first, *_, last = [*group] * 2
            in_old = slice(start + first.src_start, start + last.src_end)
            parts.append((is_equal, in_old, slice(start + first.dest_start, start + last.dest_end)))
    parts.append((True, slice(last_old, None), slice(last_new, None)))
    return [part for part in parts if old[part[1]] or new[part[2]]]


def spans(old: Sequence[str], new: Sequence[str], parts: Parts | None = None) -> tuple[Span, ...]:
    """Two texts, given as words and what stands between them, as spans in order; ``parts`` where they are aligned."""
    found: list[list[str]] = []
    for kind, text in _raw_spans(old, new, parts or aligned(old, new)):
        if found and found[-1][0] == kind:
            found[-1][1] += text
        else:
            found.append([kind, text])
    return tuple(Span(kind, text) for kind, text in found)


def _raw_spans(old: Sequence[str], new: Sequence[str], parts: Parts) -> Iterator[tuple[Kind, str]]:
    removed, added = "", ""
    for number, (is_equal, olds, news) in enumerate(parts):
        text = "".join(new[news])
        is_gap = is_equal and not text.strip() and 0 < number < len(parts) - 1
        if is_gap and BREAK not in text:
            # A space between two changed words belongs to both: «two new words», not three marks.
            removed, added = removed + text, added + text
        elif is_equal:
            yield from _both(removed, added)
            yield "kept", text
            removed = added = ""
        else:
            removed, added = removed + "".join(old[olds]), added + text
    yield from _both(removed, added)


def _both(removed: str, added: str) -> Iterator[tuple[Kind, str]]:
    # The space that ends both stands after them.
    shared = " " if removed.endswith(" ") and added.endswith(" ") else ""
    removed, added = removed.removesuffix(shared), added.removesuffix(shared)
    if removed == added:
        removed, added, shared = "", "", removed + shared
    if removed:
        yield "removed", removed
    if added:
        yield "added", added
    if shared:
        yield "kept", shared
