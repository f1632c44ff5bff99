"""Reading HTML of any kind into a small plain tree.

lxml parses; what comes out is bounded in depth, free of control characters, and its text has every run of white space
as one space. Reading is no sanitising: elements and addresses of all kinds are still there.
"""

import re
from dataclasses import dataclass, field

from lxml import etree

from blog.content.markup import WITHOUT_CONTENT

MAX_DEPTH = 60
LIST_MARKER_START, LIST_MARKER_END = "#marker", "#end"

_ATTRIBUTES = (
    *("href", "src", "alt", "data-image", "data-post", "data-fragment", "data-source", "data-box"),
    *("start", "scope", "colspan", "rowspan", "class"),
)
# What stays of a frame, and of a quotation that stands for one: where it leads and what it is called.
_FRAME_ATTRIBUTES = ("src", "title")
_QUOTE_ATTRIBUTES = ("cite", "data-instgrm-permalink", "class")
_SPACE = re.compile("[ \t\n\r\f\x0b\x85\xa0\u2028\u2029]+")
# Control characters, halves of surrogate pairs, zero-width space, byte order marks, code points that are no characters.
_UNWANTED = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u200b\u2060\ufeff\ufdd0-\ufdef\ufffe\uffff\ud800-\udfff]")
_TAG = re.compile("<[^<>]*>")
# libxml2 stops reading at these, though text may follow, and closes <b> and <i> at a paragraph inside them, which
# browsers do not.
_DOCUMENT_END = re.compile(r"</(?:html|body)\s*>", re.IGNORECASE)
_BOLD, _ITALIC = (re.compile(rf"<(/?){name}(?=[\s/>])", re.IGNORECASE) for name in "bi")


@dataclass
class Node:
    """An element: its name in lower case, the attributes that matter here, its inline styles, its children in order."""

    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    styles: dict[str, str] = field(default_factory=dict)
    children: list["Node | str"] = field(default_factory=list)


def read(html: str) -> Node:
    """Parse ``html``, whatever it is, into a tree under one ``body`` node; never raises for a ``str``.

    Elements that hold no words of an article (scripts, styles, drawings, hidden text, text deleted under Word's change
    tracking) are left out with all they hold; of a frame only its address and title stay. Elements nested deeper than
    ``MAX_DEPTH`` are left out too, their text stays. Comments go, except that Word's marks around a list's bullet
    become ``#marker`` and ``#end`` nodes.
    """
    text = _ITALIC.sub(r"<\1em", _BOLD.sub(r"<\1strong", _DOCUMENT_END.sub("", _UNWANTED.sub("", html))))
    body = Node("body")
    source = _parse(text)
    if source is None:
        return body
    open_nodes = [(source, iter(source), body)]
    _add_text(body, source.text)
    while open_nodes:
        element, children, node = open_nodes[-1]
        child = next(children, None)
        if child is None:
            open_nodes.pop()
            if open_nodes:
                outer = open_nodes[-1][2]
                if node is outer:
                    outer.children.append(" ")
                _add_text(outer, element.tail)
        elif not isinstance(child.tag, str):
            _add_comment(node, child)
            _add_text(node, child.tail)
        elif child.tag == "iframe":
            node.children.append(Node("iframe", _values(child, _FRAME_ATTRIBUTES)))
            _add_text(node, child.tail)
        elif child.tag in WITHOUT_CONTENT or _is_hidden(styles := _styles(child)):
            _add_text(node, child.tail)
        else:
            inner = _child_of(node, child, styles) if len(open_nodes) < MAX_DEPTH else node
            if inner is node:
                node.children.append(" ")
            _add_text(inner, child.text)
            open_nodes.append((child, iter(child), inner))
    return body


def _parse(text: str) -> etree._Element:
    parser = etree.HTMLParser(encoding="utf-8", huge_tree=True)
    document = etree.fromstring(b"<html><body>" + text.encode("utf-8"), parser)
    if any("depth" in entry.message for entry in parser.error_log.filter_from_errors()):
        # The parser gives up at some 2,000 levels and drops what is deeper. No person writes that: save the words.
        document = etree.fromstring(b"<html><body>" + _TAG.sub(" ", text).encode("utf-8"), parser)
    return document


def _child_of(node: Node, element: etree._Element, styles: dict[str, str]) -> Node:
    names = _QUOTE_ATTRIBUTES if element.tag == "blockquote" else _ATTRIBUTES
    child = Node(element.tag.lower(), _values(element, names), styles)
    node.children.append(child)
    return child


def _values(element: etree._Element, names: tuple[str, ...]) -> dict[str, str]:
    return {name: _UNWANTED.sub("", value) for name in names if (value := element.get(name)) is not None}


def _add_text(node: Node, text: str | None) -> None:
    if text:
        node.children.append(_text(text))


def _text(text: str) -> str:
    # References such as &#7; are characters only now, so that what was removed before parsing is looked for again.
    return _SPACE.sub(" ", _UNWANTED.sub("", text))


def _add_comment(node: Node, comment: etree._Comment) -> None:
    text = (comment.text or "").strip()
    if text.startswith("[if !supportLists]"):
        node.children.append(Node(LIST_MARKER_START))
    elif text.startswith("[endif]"):
        node.children.append(Node(LIST_MARKER_END))


def _styles(element: etree._Element) -> dict[str, str]:
    styles = {}
    for declaration in (element.get("style") or "").split(";"):
        name, colon, value = declaration.partition(":")
        if colon:
            styles[name.strip().lower()] = value.strip().lower()
    return styles


def _is_hidden(styles: dict[str, str]) -> bool:
    return styles.get("display", "").startswith("none") or styles.get("mso-hide") == "all"
