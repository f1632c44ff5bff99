"""Text within a paragraph, as a line of words that each know their marks (strong, em, sub, sup, link, citation).

Seen so, markup that says the same thing becomes the same thing: nested or split bold, a space inside or outside of a
link, marks around nothing.
"""

import re
from collections.abc import Callable, Mapping
from html import escape
from itertools import groupby
from typing import NamedTuple

from blog.content.markup import accepts
from blog.content.tree import Node

BREAK = "\n"
# Stands for a citation, which is no word of its author's. No text that is read can hold this character.
CITATION = "\ufdd0"

_GAPS = (" ", BREAK)
_URL_NOISE = re.compile(r"[\t\n\r]+")
_TAG_MARKS = {"strong": "strong", "em": "em", "cite": "em", "sub": "sub", "sup": "sup"}
# What stands in a citation until a number does; beside it and the number, what somebody got into one are words.
UNCOUNTED = "•"
_CITED_NUMBER = re.compile(rf"\s*\[?(?:[0-9]{{1,3}}|{UNCOUNTED})?\]?")
_ALIGN_MARKS = {"super": "sup", "sub": "sub"}


class Mark(NamedTuple):
    """One inline element around words.

    A link has either ``href``, an address, or ``post``, the number of a post of this blog, then perhaps with
    ``fragment``, the id of a heading in it. A citation is a link with ``source``, the key of what it cites.
    """

    tag: str
    href: str | None = None
    post: int | None = None
    fragment: str = ""
    source: int | None = None


PostFromHref = Callable[[str], tuple[int, str] | None]


class Run(NamedTuple):
    """Text under the same marks, outermost first, white space as single spaces.

    The text ``BREAK`` is a line break, ``CITATION`` a citation, which has no words.
    """

    text: str
    marks: tuple[Mark, ...] = ()


def marks_of(node: Node, marks: tuple[Mark, ...], post_from_href: PostFromHref | None = None) -> tuple[Mark, ...]:
    """The marks for what stands inside the inline element ``node``, given those outside of it.

    What an element looks like counts, not its name: bold by style is strong, and ``<b style="font-weight:normal">``,
    in which Google Docs wraps a whole clipboard, is nothing. ``post_from_href`` may say which post, and which heading
    in it, an address belongs to.
    """
    added = []
    if node.tag == "a" and (link := _link(node.attributes, post_from_href)):
        added.append(link)
    if mark := _TAG_MARKS.get(node.tag):
        added.append(Mark(mark))
    if mark := _ALIGN_MARKS.get(node.styles.get("vertical-align", "")):
        added.append(Mark(mark))
    removed = set()
    for tag, says_so in (("strong", _is_bold(node.styles)), ("em", _is_italic(node.styles))):
        if says_so:
            added.append(Mark(tag))
        elif says_so is False:
            removed.add(tag)
    result = []
    for mark in (*marks, *added):
        if mark.tag not in removed and mark.tag not in {kept.tag for kept in result}:
            result.append(mark)
    return tuple(result)


def citation_of(node: Node, marks: tuple[Mark, ...]) -> Run | None:
    """The citation that an element is, given the marks outside of it; None for every other element."""
    key = node.attributes.get("data-source", "").strip()
    if node.tag != "a" or not accepts("a", "data-source", key):
        return None
    return Run(CITATION, (*(mark for mark in marks if mark.tag in ("strong", "em")), Mark("a", source=int(key))))


def words_within(citation: Node) -> list[Node | str]:
    """What an author wrote into a citation by mistake, which stays as words behind it."""
    first, *rest = citation.children or [""]
    if isinstance(first, str):
        first = _CITED_NUMBER.sub("", first, count=1)
    return [first, *rest]


def _link(attributes: Mapping[str, str], post_from_href: PostFromHref | None) -> Mark | None:
    number, fragment = attributes.get("data-post", "").strip(), attributes.get("data-fragment", "").strip()
    href = _URL_NOISE.sub("", attributes.get("href", "")).strip()
    if accepts("a", "data-post", number):
        found = int(number), fragment
    else:
        found = post_from_href(href) if href and post_from_href else None
    if found is None:
        return Mark("a", href) if href else None
    post, fragment = found
    return Mark("a", post=post, fragment=fragment if accepts("a", "data-fragment", fragment) else "")


def _is_bold(styles: dict[str, str]) -> bool | None:
    weight = styles.get("font-weight", "").removesuffix("!important").strip()
    if weight in ("normal", "lighter"):
        return False
    if weight in ("bold", "bolder"):
        return True
    return int(weight) >= 600 if re.fullmatch("[0-9]{1,4}", weight) else None


def _is_italic(styles: dict[str, str]) -> bool | None:
    style = styles.get("font-style", "").removesuffix("!important").strip()
    return {"normal": False, "italic": True, "oblique": True}.get(style)


def tidy(runs: list[Run]) -> list[Run]:
    """The same words with single spaces, none at an edge or a line break, and no line break at either end.

    A space or break carries the marks that the words on both sides share, so that marks begin and end at a word.
    """
    words: list[Run] = []
    for text, marks in runs:
        if text == BREAK:
            if words and words[-1].text == " ":
                words.pop()
            if words:
                words.append(Run(BREAK))
            continue
        if text == CITATION and words and words[-1] == (text, marks):
            continue
        core = text.strip(" ")
        if core != text and text[:1] == " " and words and words[-1].text not in _GAPS:
            words.append(Run(" "))
        if core:
            words.append(Run(core, marks))
            if text[-1] == " ":
                words.append(Run(" "))
    while words and words[-1].text in _GAPS:
        words.pop()
    for index in range(1, len(words)):
        if words[index].text in _GAPS:
            words[index] = Run(words[index].text, words[index - 1].marks)
    for index in range(len(words) - 2, -1, -1):
        text, marks = words[index]
        if text in _GAPS:
            words[index] = Run(text, marks[: _shared_length(marks, words[index + 1].marks)])
    return _joined(words)


def _joined(words: list[Run]) -> list[Run]:
    joined: list[Run] = []
    for (marks, is_break), group in groupby(words, key=lambda run: (run.marks, run.text == BREAK)):
        texts = [run.text for run in group]
        joined.extend(Run(text, marks) for text in (texts if is_break else ["".join(texts)]))
    return joined


def without(tag: str, runs: list[Run]) -> list[Run]:
    """Tidy runs freed of one mark."""
    return tidy([Run(run.text, tuple(mark for mark in run.marks if mark.tag != tag)) for run in runs])


def is_wholly(tag: str, runs: list[Run]) -> bool:
    """Whether all of some tidy runs stand under one mark; False for no text."""
    return bool(runs) and all(any(mark.tag == tag for mark in run.marks) for run in runs)


def plain(runs: list[Run]) -> str:
    """The words alone; a line break is a newline, and a citation nothing."""
    return "".join(run.text for run in runs if run.text != CITATION)


def write_runs(runs: list[Run], link_attributes: Callable[[Mark], str]) -> str:
    """Tidy runs as HTML. ``link_attributes`` gives all that a link carries: text that begins with a space."""
    parts: list[str] = []
    open_marks: tuple[Mark, ...] = ()
    for run in [*runs, Run("")]:
        shared = _shared_length(open_marks, run.marks)
        parts.extend(f"</{mark.tag}>" for mark in reversed(open_marks[shared:]))
        for mark in run.marks[shared:]:
            parts.append(f"<{mark.tag}{link_attributes(mark) if mark.tag == 'a' else ''}>")
        parts.append("<br>" if run.text == BREAK else escape(run.text, quote=False))
        open_marks = run.marks
    return "".join(parts)


def _shared_length(one: tuple[Mark, ...], other: tuple[Mark, ...]) -> int:
    length = 0
    for mine, theirs in zip(one, other, strict=False):
        if mine != theirs:
            break
        length += 1
    return length
