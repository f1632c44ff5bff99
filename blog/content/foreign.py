"""What no article holds, looked for in HTML as it was given: code, frames, pictures from elsewhere, odd headings."""

from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from blog.content.markup import WITHOUT_CONTENT, accepts

_CODE = WITHOUT_CONTENT & frozenset("script iframe frame frameset object embed applet svg audio video".split())
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})


@dataclass(frozen=True)
class Foreign:
    """An element as it stands in the HTML: its name, where it leads or comes from, and the words in it."""

    tag: str
    address: str = ""
    words: str = ""


def foreign(html: str) -> list[Foreign]:
    """Code, frames and pictures that are none of the library's, in order. Never raises for a ``str``."""
    return [
        Foreign(element.tag, element.get("src") or element.get("data") or "")
        for element in _elements(html)
        if element.tag in _CODE
        or (element.tag == "img" and not accepts("img", "data-image", (element.get("data-image") or "").strip()))
    ]


def odd_headings(html: str) -> list[Foreign]:
    """Headings of the first level, and headings of any level without words, in order."""
    found = []
    for element in _elements(html):
        if element.tag in _HEADINGS:
            words = " ".join("".join(element.itertext()).split())
            if element.tag == "h1" or not words:
                found.append(Foreign(element.tag, "", words))
    return found


def _elements(html: str) -> Iterator[etree._Element]:
    if "<" not in html:
        return
    text = "".join(character for character in html if character >= " " or character in "\t\n")
    try:
        root = etree.fromstring(
            b"<html><body>" + text.encode("utf-8", "replace"), etree.HTMLParser(encoding="utf-8", huge_tree=True)
        )
    except etree.ParserError:
        return
    if root is not None:
        yield from (element for element in root.iter() if isinstance(element.tag, str))
