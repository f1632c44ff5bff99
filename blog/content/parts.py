"""What an article is made of: paragraphs, headings, lists, quotations, figures, tables, boxes."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from blog.content.phrases import Run


@dataclass
class Text:
    """A paragraph (``tag`` p) or heading (h2, h3, h4) with its tidy runs, never empty."""

    tag: str
    runs: list[Run]


@dataclass
class Figure:
    """A picture of the library by its number, with what it shows in words (None: nothing said) and its caption."""

    image: int
    alt: str | None = None
    caption: list[Run] = field(default_factory=list)


@dataclass
class List:
    """A list: ul or ol, and its items, none of them empty. ``start`` is the first number where that is not 1."""

    tag: str
    items: list[list["Block"]]
    start: str | None = None


@dataclass
class Quote:
    """A quotation."""

    blocks: list["Block"]


@dataclass
class Cell:
    """A table's cell, td or th, with its attributes; may be empty."""

    tag: str
    attributes: dict[str, str]
    blocks: list["Block"]


@dataclass
class Table:
    """A table: caption, header rows, other rows. At least one row."""

    caption: list[Run]
    head: list[list[Cell]]
    body: list[list[Cell]]


@dataclass
class Box:
    """A box around paragraphs and lists: a warning, a note, a care card, what patients ask. Never in another part.

    ``kind`` is one of ``blog.content.boxes.KINDS``. Headings are in it only as the questions that patients ask.
    """

    kind: str
    blocks: list["Block"]


Block = Text | Figure | List | Quote | Table | Box


def descend(blocks: Iterable[Block]) -> Iterator[Block]:
    """All parts in reading order, those within lists, quotations, boxes and cells too."""
    for block in blocks:
        yield block
        if isinstance(block, List):
            for item in block.items:
                yield from descend(item)
        elif isinstance(block, (Quote, Box)):
            yield from descend(block.blocks)
        elif isinstance(block, Table):
            for row in (*block.head, *block.body):
                for cell in row:
                    yield from descend(cell.blocks)


def all_runs(blocks: Iterable[Block]) -> Iterator[Run]:
    """All words with their marks: of paragraphs, headings, captions."""
    for block in descend(blocks):
        if isinstance(block, Text):
            yield from block.runs
        elif isinstance(block, (Figure, Table)):
            yield from block.caption
