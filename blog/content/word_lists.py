"""Lists as Microsoft Word puts them on the clipboard: paragraphs that only look like a list.

Such a paragraph carries ``mso-list:l0 level1 lfo1`` (list, level, instance) in its style, and begins with its bullet or
number as text, in a span with ``mso-list:Ignore`` or between ``[if !supportLists]`` and ``[endif]`` comments.
"""

import re
from dataclasses import dataclass

from blog.content.tree import LIST_MARKER_END, LIST_MARKER_START, Node

_ITEM = re.compile(r"l[0-9]+\s+level([1-9])[0-9]*(?:\s+(\w+))?")
_NUMBER = re.compile(r"\(?(?:[0-9]{1,4}\.)*([0-9]{1,4})[.):]?")
_LETTERS = re.compile(r"\(?[a-z]{1,6}[.)]", re.IGNORECASE)


@dataclass(frozen=True)
class Place:
    """Where a list paragraph stands: its level from 1, whether numbered, its number where known, its list's name."""

    level: int
    ordered: bool = False
    number: int | None = None
    name: str = ""


def place_of(paragraph: Node) -> Place | None:
    """The place of a paragraph in one of Word's lists; None for any other paragraph."""
    found = _ITEM.match(paragraph.styles.get("mso-list", ""))
    if not found:
        return None
    marker = _marker_text(paragraph).strip()
    number = _NUMBER.fullmatch(marker)
    return Place(
        level=int(found[1]),
        ordered=bool(number or _LETTERS.fullmatch(marker)),
        number=int(number[1]) if number else None,
        name=found[2] or "",
    )


def is_marker(node: Node) -> bool:
    """Whether an element is nothing but the bullet or number that Word writes before a list paragraph."""
    return node.styles.get("mso-list") == "ignore"


def without_markers(children: list[Node | str]) -> list[Node | str]:
    """Children of an element less those between Word's two comments; a mark that never ends takes nothing with it."""
    kept: list[Node | str] = []
    start = None
    for child in children:
        tag = child.tag if isinstance(child, Node) else ""
        if tag == LIST_MARKER_START:
            start = len(kept)
        elif tag == LIST_MARKER_END:
            if start is not None:
                del kept[start:]
            start = None
        else:
            kept.append(child)
    return kept


def _marker_text(node: Node) -> str:
    between = False
    parts = []
    for child in node.children:
        if isinstance(child, str):
            parts.append(child if between else "")
        elif child.tag == LIST_MARKER_START:
            between = True
        elif child.tag == LIST_MARKER_END:
            break
        elif between or is_marker(child):
            parts.append(_all_text(child))
        else:
            parts.append(_marker_text(child))
    return "".join(parts)


def _all_text(node: Node) -> str:
    return "".join(child if isinstance(child, str) else _all_text(child) for child in node.children)
