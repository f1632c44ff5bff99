"""Boxes in an article: what kinds there are, what each says by itself, and how pasted ones are known.

A box holds paragraphs, lists, pictures and tables. Its level is never typed: rendering says it in a word. The first
paragraph is the title where more follows. A heading in a box is a question that patients ask, or else no heading, so
that no box comes into the list of contents or breaks the order of headings.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from blog.content.parts import Block, Box, Text, descend
from blog.content.phrases import Mark, Run, plain, tidy
from blog.content.tree import Node

ASKS = "asks"
ASKS_TITLE = "What patients ask"
WHEN_TO_CALL = "When should I call?"
QUESTIONS = ("What does it cost?", "How long is the downtime?", "Who should not have it?", WHEN_TO_CALL)


@dataclass(frozen=True)
class Kind:
    """A kind of box: ``name`` for staff, ``word`` for readers, and the ``title`` of a care card that has none typed."""

    name: str
    word: str
    title: str = ""


KINDS = {
    "warning": Kind("a warning box", "Warning"),
    "note": Kind("a note", "Note"),
    "care": Kind("a card for what is not urgent", "Not urgent", "ask us, or your regular doctor"),
    "urgent": Kind("a card for what is urgent", "Urgent", "call us the same day"),
    "emergency": Kind("a card for emergencies", "Emergency", "call 911 now"),
    ASKS: Kind("a box of what patients ask", ASKS_TITLE),
}

# Classes of boxes as readers' pages here have them, all of them on one element.
_OWN = {
    frozenset({"callout"}): "warning",
    frozenset({"callout", "callout--note"}): "note",
    frozenset({"care"}): "care",
    frozenset({"care", "care--urgent"}): "urgent",
    frozenset({"care", "care--emergency"}): "emergency",
    frozenset({"asks"}): ASKS,
}
# Classes by which other sites say what a box is: notices of WordPress and its blocks, alerts of Bootstrap.
FOREIGN = {
    **dict.fromkeys("notice-warning notice-error alert-warning alert-danger ub_notify_warning".split(), "warning"),
    **dict.fromkeys("notice-info alert-info ub_notify_info".split(), "note"),
}
_LEVELS = re.compile(rf"(?:{'|'.join(kind.word for kind in KINDS.values() if kind.title)}):")


def kind_of(node: Node) -> str | None:
    """Which kind of box an element is: one of ours, one copied from a page of this blog, or a notice elsewhere."""
    if node.tag == "aside" and (kind := node.attributes.get("data-box", "").strip()) in KINDS:
        return kind
    if node.tag != "div":
        return None
    classes = frozenset(node.attributes.get("class", "").split())
    kind = _OWN.get(classes)
    if kind and "care" in classes and not any(_is_heading(child) for child in node.children):
        return None
    return kind or next((FOREIGN[name] for name in FOREIGN if name in classes), None)


def contents(node: Node) -> list[Node | str]:
    """What a box holds, without what rendering had said in it where it comes from a page."""
    if node.tag == "aside":
        return node.children
    kept = [child for child in node.children if isinstance(child, str) or not _is_call(child)]
    for place, child in enumerate(kept):
        if _is_heading(child):
            words = [one for one in child.children if isinstance(one, str) or not _is_level(one)]
            is_name = _words(child).strip() == ASKS_TITLE
            kept[place] = " " if is_name else Node(child.tag, child.attributes, child.styles, words)
            break
    return kept


def _is_heading(child: Node | str) -> bool:
    return isinstance(child, Node) and child.tag in ("h2", "h3")


def _is_call(child: Node) -> bool:
    return child.tag == "p" and child.attributes.get("class", "") == "call"


def _is_level(node: Node) -> bool:
    return node.tag == "span" and _LEVELS.fullmatch(_words(node).strip()) is not None


def _words(node: Node) -> str:
    return "".join(child if isinstance(child, str) else _words(child) for child in node.children)


def make_box(kind: str, blocks: list[Block]) -> list[Block]:
    """A box of these parts, or none where there are none; headings in it become questions or words in bold."""
    tops = {id(block) for block in blocks} if kind == ASKS else set()
    for block in descend(blocks):
        if not isinstance(block, Text) or block.tag == "p":
            continue
        if id(block) in tops:
            block.tag = "h3"
            continue
        block.tag = "p"
        if block is not blocks[0]:
            block.runs = tidy([Run(text, _in_bold(marks)) for text, marks in block.runs])
    return [Box(kind, blocks)] if blocks else []


def _in_bold(marks: Iterable[Mark]) -> tuple[Mark, ...]:
    return (Mark("strong"), *(mark for mark in marks if mark.tag != "strong"))


def questions(blocks: Iterable[Block]) -> Iterator[tuple[Text | None, list[Block]]]:
    """What patients ask, each question with its answer; first, without a question, what stands before them all."""
    asked: Text | None = None
    answer: list[Block] = []
    for block in blocks:
        if isinstance(block, Text) and block.tag != "p":
            yield asked, answer
            asked, answer = block, []
        else:
            answer.append(block)
    yield asked, answer


def shown_blocks(box: Box) -> list[Block]:
    """What readers see of a box: all but questions that nobody has answered yet."""
    if box.kind != ASKS:
        return box.blocks
    return [block for asked, answer in questions(box.blocks) if answer for block in (asked, *answer) if block]


def without_level(runs: list[Run], kind: str) -> list[Run]:
    """A care card's title freed of the word for its level, where somebody typed that, too."""
    said = f"{KINDS[kind].word}:".casefold()
    if not runs or not runs[0].text.casefold().startswith(said):
        return runs
    return tidy([runs[0]._replace(text=runs[0].text[len(said) :]), *runs[1:]]) or runs


def says(word: str, runs: list[Run]) -> bool:
    """Whether words have ``word`` among them, so that nobody has to add it."""
    return re.search(rf"\b{word}\b", plain(runs), re.IGNORECASE) is not None
