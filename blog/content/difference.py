"""What differs between two texts, by words: kept, removed, added; and in words where no word tells it.

An article is compared line by line first (a paragraph, a heading, a list item, a picture, a cell is a line), then
words within lines that belong together. RapidFuzz aligns; the longest text an article can be takes seconds at most,
whatever is in it.
"""

import re
from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Literal, NamedTuple

from blog.content.alignment import Kind, Parts, Span, aligned, spans
from blog.content.blocks import arrange
from blog.content.boxes import KINDS
from blog.content.parts import Block, Box, Figure, List, Quote, Table, Text
from blog.content.phrases import BREAK, CITATION, Mark, Run

# How much of the longer of two lines must stand in the other one for them to be the same line, rewritten.
_ALIKE = 0.4

_TOKEN = re.compile(r"\w+(?:[’'-]\w+)*|\s+|[^\w\s]")
_NAMES = {"p": "paragraph", "h2": "heading", "h3": "smaller heading", "h4": "smallest heading", "ul": "list item"}
_NAMES |= {"ol": "numbered item", "figure": "picture", "caption": "caption", "td": "table cell", "th": "table heading"}
# How a citation reads where texts are compared.
_CITED = "[source]"
_FORMATS = {"strong": "bold", "em": "italic", "sub": "subscript", "sup": "superscript"}
_ARTICLES = {
    "ul": "an item of a list",
    "ol": "a numbered item",
    "td": "a cell of a table",
    "th": "a heading of a table",
}


@dataclass(frozen=True)
class Line:
    """A line of an article, as it was and as it is.

    ``what`` names it («heading», «list item», «picture»). ``under`` is the heading above it, blank before the first.
    ``change`` is ``kept``, ``removed``, ``added`` or, where something within differs, ``changed``; ``remarks`` say in
    sentences what the words cannot show: another address of a link, another picture, bold. ``box`` names the box that
    it stands in («a warning box»), blank outside of boxes.
    """

    what: str
    under: str
    change: Literal["kept", "removed", "added", "changed"]
    spans: tuple[Span, ...]
    remarks: tuple[str, ...] = ()
    box: str = ""


@dataclass(frozen=True)
class Section:
    """The lines that differ under one heading, in order."""

    heading: str
    lines: tuple[Line, ...]


class _Word(NamedTuple):
    text: str
    marks: tuple[Mark, ...] = ()


class _Names(NamedTuple):
    pictures: Mapping[int, str]
    posts: Mapping[int, str]
    sources: Mapping[int, str]

    def address(self, link: Mark | None) -> str:
        """Where a link leads, in words; blank without one."""
        if link is not None and link.source is not None:
            title = self.sources.get(link.source)
            return f"“{title}”" if title else f"number {link.source} of all sources"
        if link is None or link.post is None:
            return link.href or "" if link else ""
        title = self.posts.get(link.post)
        return (f"“{title}”" if title else f"post {link.post}") + (f", #{link.fragment}" if link.fragment else "")


class _Flat(NamedTuple):
    """One line of one text. ``image`` is a picture's number, ``is_described`` whether something is said of it.

    ``box`` is the kind of box that it stands in, blank outside of boxes.
    """

    tag: str
    depth: int
    is_quoted: bool
    words: tuple[_Word, ...]
    image: int = 0
    is_described: bool = True
    box: str = ""


def compare_text(old: str, new: str) -> tuple[Span, ...]:
    """Two plain texts by their words; together, the kept and removed spans are the old one, the kept and added the new.

    Spans of one kind never follow each other.
    """
    return spans(_TOKEN.findall(old), _TOKEN.findall(new))


def compare_html(
    old: str,
    new: str,
    pictures: Mapping[int, str] | None = None,
    posts: Mapping[int, str] | None = None,
    sources: Mapping[int, str] | None = None,
) -> list[Line]:
    """Two bodies line by line, kept lines too, in reading order.

    ``pictures`` may describe pictures by their numbers, ``posts`` name posts that are linked to and ``sources`` what is
    cited, for remarks that one stands in the place of another. Where the bodies differ in form alone (one list or
    two), a last line without words says so.
    """
    before, after = arrange(old), arrange(new)
    names = _Names(pictures or {}, posts or {}, sources or {})
    lines = list(_under_headings(_compared(list(_flat(before)), list(_flat(after)), names)))
    if before != after and all(line.change == "kept" for line in lines):
        what = "Boxes" if any(isinstance(block, Box) for block in (*before, *after)) else "Lists or tables"
        lines.append(Line("form", "", "changed", (), (f"The words are the same. {what} are put together anew.",)))
    return lines


def sections(lines: Iterable[Line]) -> list[Section]:
    """What differs among ``lines``, by the heading under which it stands."""
    changed = (line for line in lines if line.change != "kept")
    return [Section(heading, tuple(group)) for heading, group in groupby(changed, key=lambda line: line.under)]


def compare_values(old: str, new: str, blank: str = "none") -> str:
    """«Lasers → Your visit»; blank where they are the same. ``blank`` stands for a value that is empty."""
    return "" if old == new else f"{old or blank} → {new or blank}"


def compare_lists(old: Sequence[str], new: Sequence[str]) -> str:
    """What was added to or removed from a list of names, or that only the order is another; blank if it is the same."""
    if list(old) == list(new):
        return ""
    gone, come = Counter(old) - Counter(new), Counter(new) - Counter(old)
    said = [f"added {', '.join(come.elements())}"] if come else []
    said += [f"removed {', '.join(gone.elements())}"] if gone else []
    return "; ".join(said) or f"another order: {', '.join(new)}"


# --- Lines ----------------------------------------------------------------------------------------------------------


def _flat(blocks: Iterable[Block], tag: str = "p", depth: int = 0, is_quoted: bool = False) -> Iterator[_Flat]:
    """The lines of some blocks. ``tag`` is what a paragraph among them is: an item of a list, a cell, or itself."""
    for block in blocks:
        if isinstance(block, Text):
            yield _Flat(tag if block.tag == "p" else block.tag, depth, is_quoted, _words(block.runs))
        elif isinstance(block, Figure):
            alt = tuple(_Word(text) for text in _TOKEN.findall(block.alt or ""))
            yield _Flat("figure", depth, is_quoted, alt, block.image, block.alt is not None)
            if block.caption:
                yield _Flat("caption", depth, is_quoted, _words(block.caption))
        elif isinstance(block, List):
            for item in block.items:
                yield from _flat(item, block.tag, depth + 1, is_quoted)
        elif isinstance(block, Quote):
            yield from _flat(block.blocks, tag, depth, True)
        elif isinstance(block, Box):
            yield from (line._replace(box=block.kind) for line in _flat(block.blocks, tag, depth, is_quoted))
        elif isinstance(block, Table):
            if block.caption:
                yield _Flat("caption", depth, is_quoted, _words(block.caption))
            for cell in (cell for row in (*block.head, *block.body) for cell in row):
                yield from _flat(cell.blocks, cell.tag, depth, is_quoted)


def _words(runs: Iterable[Run]) -> tuple[_Word, ...]:
    return tuple(
        _Word(text, run.marks)
        for run in runs
        for text in ([_CITED] if run.text == CITATION else _TOKEN.findall(run.text))
    )


def _compared(old: list[_Flat], new: list[_Flat], names: _Names) -> Iterator[tuple[Line, str]]:
    """Each line, and where it is a heading its words."""
    for is_equal, olds, news in aligned(old, new):
        if is_equal:
            for line in new[news]:
                yield _line(line, "kept", _whole("kept", line)), _heading(line)
            continue
        for before, after in _matched(old[olds], new[news]):
            if before is None:
                yield _line(after, "added", _whole("added", after), _pointing(after, names)), _heading(after)
            elif after is None:
                # A heading that is gone heads nothing any more.
                yield _line(before, "removed", _whole("removed", before), _pointing(before, names)), ""
            else:
                texts = [[word.text for word in line.words] for line in (before, after)]
                parts = aligned(*texts)
                marked = spans(*texts, parts)
                remarks = tuple(_remarks(before, after, parts, names))
                yield _line(after, "changed", marked, remarks), _heading(after)


def _line(
    line: _Flat,
    change: Literal["kept", "removed", "added", "changed"],
    spans: tuple[Span, ...],
    remarks: tuple[str, ...] = (),
) -> Line:
    return Line(_name(line), "", change, spans, remarks, KINDS[line.box].name if line.box else "")


def _under_headings(lines: Iterable[tuple[Line, str]]) -> Iterator[Line]:
    under = ""
    for line, heading in lines:
        under = heading or under
        yield replace(line, under=under)


def _heading(line: _Flat) -> str:
    if not line.tag.startswith("h") or line.box:
        return ""
    return "".join(word.text for word in line.words).replace(BREAK, " ")


def _name(line: _Flat) -> str:
    if line.box and line.tag.startswith("h"):
        return "question"
    return "quotation" if line.is_quoted and line.tag == "p" else _NAMES[line.tag]


def _whole(kind: Kind, line: _Flat) -> tuple[Span, ...]:
    text = "".join(word.text for word in line.words)
    return (Span(kind, text),) if text else ()


def _matched(old: list[_Flat], new: list[_Flat]) -> Iterator[tuple[_Flat | None, _Flat | None]]:
    """Lines that were rewritten beside what they were, in order; None stands for nothing.

    The words of all of them are aligned at once: two lines belong together where each has most of its words in the
    other. So a paragraph put in before a changed one does not make both look new.
    """
    shared: Counter[tuple[int, int]] = Counter()
    (olds, where_old), (news, where_new) = _marked_words(old), _marked_words(new)
    for is_equal, from_old, from_new in aligned(olds, news):
        if is_equal:
            shared.update(zip(where_old[from_old], where_new[from_new], strict=True))
    best_old: dict[int, int] = {}
    best_new: dict[int, int] = {}
    for (i, j), _ in sorted(shared.items(), key=lambda item: (-item[1], item[0])):
        best_old.setdefault(i, j)
        best_new.setdefault(j, i)
    done = 0
    for i, line in enumerate(old):
        j = best_old.get(i)
        if j is None or j < done or best_new[j] != i or not _belong(line, new[j], shared[i, j]):
            yield line, None
            continue
        yield from ((None, one) for one in new[done:j])
        yield line, new[j]
        done = j + 1
    yield from ((None, one) for one in new[done:])


def _marked_words(lines: list[_Flat]) -> tuple[list[Hashable], list[int]]:
    """The words of some lines, spaces left out, each line begun by what it is; and the number of each word's line."""
    words: list[Hashable] = []
    where: list[int] = []
    for number, line in enumerate(lines):
        own = [("begins", line.tag), *(word.text for word in line.words if not word.text.isspace())]
        words += own
        where += [number] * len(own)
    return words, where


def _belong(old: _Flat, new: _Flat, shared: int) -> bool:
    if "figure" in (old.tag, new.tag) or (old.tag == new.tag and old.tag.startswith("h")):
        return old.tag == new.tag
    longer = max(sum(not word.text.isspace() for word in line.words) for line in (old, new))
    return shared - (old.tag == new.tag) >= _ALIKE * longer


# --- What words cannot show -----------------------------------------------------------------------------------------


def _remarks(old: _Flat, new: _Flat, parts: Parts, names: _Names) -> Iterator[str]:
    if old.image != new.image:
        before, after = (names.pictures.get(line.image, "") for line in (old, new))
        named = before != after and before and after
        yield f"Another picture: “{before}” → “{after}”." if named else "Another picture."
    elif old.is_described != new.is_described and not new.words:
        yield "Now marked as only decoration." if new.is_described else "No description is given any more."
    if old.tag != new.tag or old.is_quoted != new.is_quoted:
        yield f"Was {_with_article(old)}, is {_with_article(new)} now."
    elif old.depth != new.depth:
        yield f"Moved {'in' if new.depth > old.depth else 'out'} by a level of the list."
    if old.box != new.box:
        yield _box_remark(old.box, new.box)
    yield from _mark_remarks(old, new, parts, names)


def _box_remark(old: str, new: str) -> str:
    if not old or not new:
        return f"Is in {KINDS[new].name} now." if new else f"Is not in {KINDS[old].name} any more."
    return f"Was in {KINDS[old].name}, is in {KINDS[new].name} now."


def _with_article(line: _Flat) -> str:
    return _ARTICLES.get(line.tag) or f"a {_name(line)}"


def _mark_remarks(old: _Flat, new: _Flat, parts: Parts, names: _Names) -> Iterator[str]:
    """Links and looks: of kept words what is another one, of removed and added words their links."""
    removed, added, kept = [], [], []
    for is_equal, olds, news in parts:
        if is_equal:
            kept += list(zip(old.words[olds], new.words[news], strict=True))
        else:
            removed += _links(old.words[olds])
            added += _links(new.words[news])
    changes = groupby(kept, key=lambda pair: (pair[0].marks, pair[1].marks))
    for (before, after), group in changes:
        words = "".join(word.text for _, word in group).strip()
        if before == after or not words:
            continue
        was, is_now = _link(before), _link(after)
        if was != is_now:
            said = compare_values(names.address(was), names.address(is_now), "no link")
            kind = "source" if words == _CITED else "post"
            yield f"{_on(words)}: {said or f'another {kind} of the same title'}"
        looks, looks_now = ({_FORMATS[mark.tag] for mark in marks if mark.tag in _FORMATS} for marks in (before, after))
        if looks_now - looks:
            yield f"“{words}” is {' and '.join(sorted(looks_now - looks))} now."
        if looks - looks_now:
            yield f"“{words}” is not {' or '.join(sorted(looks - looks_now))} any more."
        if was == is_now and looks == looks_now:
            yield f"“{words}” looks the same, marked in another order."
    # Where only the words of a link changed, its address stands on both sides and is no news.
    gone = Counter(link for _, link in removed) - Counter(link for _, link in added)
    come = Counter(link for _, link in added) - Counter(link for _, link in removed)
    yield from (f"{_on(words)} went: {names.address(link)}" for words, link in removed if link in gone)
    yield from (f"{_on(words)} is new: {names.address(link)}" for words, link in added if link in come)


def _pointing(line: _Flat, names: _Names) -> tuple[str, ...]:
    return tuple(
        f"{'Cites' if words == _CITED else f'“{words}” links to'} {names.address(link)}"
        for words, link in _links(line.words)
    )


def _on(words: str) -> str:
    return "The source" if words == _CITED else f"Link on “{words}”"


def _links(words: Iterable[_Word]) -> list[tuple[str, Mark]]:
    groups = groupby(words, key=lambda word: _link(word.marks))
    return [("".join(word.text for word in group).strip(), link) for link, group in groups if link]


def _link(marks: Iterable[Mark]) -> Mark | None:
    return next((mark for mark in marks if mark.tag == "a"), None)
