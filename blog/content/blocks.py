"""An article's text as its parts: paragraphs, headings, lists, quotations, figures, tables, boxes.

``arrange`` reads HTML of any origin (our own, Word, Google Docs, Pages, another site) into these parts, and nothing
else fits in them: this is where old tags get their modern names and wrong nesting is put right.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

from blog.content import boxes, word_lists
from blog.content.markup import accepts
from blog.content.parts import Block, Cell, Figure, List, Quote, Table, Text, descend
from blog.content.phrases import (
    BREAK,
    Mark,
    PostFromHref,
    Run,
    citation_of,
    is_wholly,
    marks_of,
    plain,
    tidy,
    without,
    words_within,
)
from blog.content.table_parts import TableParts
from blog.content.tree import Node, read
from blog.content.videos import link_to, linked_video, typed_video, video_at

MAX_LISTS = 6
MAX_QUOTES = 4

_HEADINGS = {"h1": "h2", "h2": "h2", "h3": "h3", "h4": "h4", "h5": "h4", "h6": "h4"}
_BOUNDARIES = frozenset(
    """p div section article header footer main nav aside address center form fieldset legend details summary hgroup dl
    dt dd pre listing xmp plaintext hr figcaption caption tbody thead tfoot tr td th li dir menu body html
    search""".split()
)


@dataclass
class _LooseItem:
    place: word_lists.Place
    blocks: list["Block"]


ImageIdFromSrc = Callable[[str], int | None]


def arrange(
    html: str, image_id_from_src: ImageIdFromSrc | None = None, post_from_href: PostFromHref | None = None
) -> list[Block]:
    """The parts of ``html``, top level first. Never raises for a ``str`` of any kind.

    ``image_id_from_src`` may say which picture of the library an address belongs to; pictures from elsewhere are
    dropped, their captions stay as paragraphs. ``post_from_href`` may say which post of this blog an address belongs
    to, and which heading in it; such a link keeps the post and no address. Each picture stands in a figure of its own,
    so one amid a sentence splits it. Lists deeper than ``MAX_LISTS`` and tables within tables lose their structure,
    never their words; so do boxes in lists, quotations, tables and other boxes. Videos of other sites become links:
    their frames, and paragraphs that hold nothing but their address.
    """
    arranger = _Arranger(image_id_from_src, post_from_href)
    return [_with_video_linked(block) for block in arranger.flow(read(html).children, ())]


def _with_video_linked(block: Block) -> Block:
    if not isinstance(block, Text) or block.tag != "p":
        return block
    if video := typed_video(block.runs):
        return Text("p", link_to(video))
    words = plain(block.runs)
    if words.startswith(("<iframe ", "<blockquote ")):
        # The code that a site offers for «embedding», typed as if it were words.
        inner = _Arranger(None, None).flow(read(words).children, ())
        if len(inner) == 1 and isinstance(inner[0], Text) and linked_video(inner[0].runs):
            return inner[0]
    return block


class _Flow:
    """Blocks in the making, and the paragraph that is still open."""

    def __init__(self) -> None:
        self.blocks: list[Block | _LooseItem] = []
        self.runs: list[Run] = []

    def close(self) -> None:
        runs = tidy(self.runs)
        self.runs = []
        if runs:
            self.blocks.append(Text("p", runs))

    def add(self, blocks: Iterable["Block | _LooseItem"]) -> None:
        self.close()
        self.blocks.extend(blocks)


class _Arranger:
    def __init__(self, image_id_from_src: ImageIdFromSrc | None, post_from_href: PostFromHref | None) -> None:
        self.image_id_from_src = image_id_from_src
        self.post_from_href = post_from_href
        self.lists = 0
        self.quotes = 0
        self.in_table = False
        self.in_box = False

    def flow(self, children: list[Node | str], marks: tuple[Mark, ...]) -> list[Block]:
        flow = _Flow()
        self.walk(children, marks, flow)
        flow.close()
        return _gather(flow.blocks, MAX_LISTS - self.lists)

    def walk(self, children: list[Node | str], marks: tuple[Mark, ...], flow: _Flow) -> None:
        for child in word_lists.without_markers(children):
            if isinstance(child, str):
                flow.runs.append(Run(child, marks))
            elif child.tag == "br":
                flow.runs.append(Run(BREAK, marks))
            elif citation := citation_of(child, marks):
                flow.runs.append(citation)
                self.walk(words_within(child), marks, flow)
            elif word_lists.is_marker(child):
                continue
            elif (blocks := self.block(child, marks)) is not None:
                if blocks or child.tag not in ("img", "iframe"):
                    flow.add(blocks)
            elif child.tag in _BOUNDARIES:
                flow.close()
                self.walk(child.children, marks, flow)
                flow.close()
            else:
                self.walk(child.children, marks_of(child, marks, self.post_from_href), flow)

    def block(self, node: Node, marks: tuple[Mark, ...]) -> "list[Block | _LooseItem] | None":
        """What an element makes by itself; None for one that only bounds or marks what it holds."""
        if kind := boxes.kind_of(node):
            return self.box(node, kind, marks)
        if maker := _MAKERS.get(node.tag):
            return maker(self, node, marks)
        if node.tag == "li" and self.lists < MAX_LISTS:
            return self.loose_item(node, word_lists.Place(1), marks)
        if node.tag == "p" and self.lists < MAX_LISTS and (place := word_lists.place_of(node)):
            return self.loose_item(node, place, marks)
        if node.tag == "p" and "MsoTitle" in node.attributes.get("class", "").split():
            return self.heading(Node("h2", children=node.children), marks)
        return None

    def loose_item(self, node: Node, place: word_lists.Place, marks: tuple[Mark, ...]) -> "list[Block | _LooseItem]":
        blocks = self.within_list(node.children, marks)
        return blocks if _only_lists(blocks) else [_LooseItem(place, blocks)]

    def within_list(self, children: list[Node | str], marks: tuple[Mark, ...]) -> list[Block]:
        self.lists += 1
        try:
            return self.flow(children, marks)
        finally:
            self.lists -= 1

    def heading(self, node: Node, marks: tuple[Mark, ...]) -> list[Block]:
        blocks = self.flow(node.children, marks)
        for block in blocks:
            if isinstance(block, Text) and block.tag == "p" and plain(block.runs):
                block.tag = _HEADINGS[node.tag]
                if is_wholly("strong", block.runs):
                    block.runs = without("strong", block.runs)
                break
        return blocks

    def make_list(self, node: Node, marks: tuple[Mark, ...]) -> list[Block]:
        if self.lists >= MAX_LISTS:
            return self.flow(node.children, marks)
        items: list[list[Block]] = []
        for is_stray, children in _item_sources(node.children):
            blocks = self.within_list(children, marks)
            if items and not is_stray and _only_lists(blocks):
                _attach(items[-1], blocks)
            else:
                items.extend(_items_of(blocks))
        if not items:
            return []
        start = node.attributes.get("start", "").strip()
        return [
            List(
                node.tag, items, start if node.tag == "ol" and start != "1" and accepts("ol", "start", start) else None
            )
        ]

    def box(self, node: Node, kind: str, marks: tuple[Mark, ...]) -> list[Block]:
        inner = boxes.contents(node)
        if self.in_box or self.in_table or self.lists or self.quotes:
            return self.flow(inner, marks)
        self.in_box = True
        blocks = self.flow(inner, marks)
        self.in_box = False
        return boxes.make_box(kind, blocks)

    def frame(self, node: Node, marks: tuple[Mark, ...]) -> list[Block]:
        video = video_at(node.attributes.get("src", ""))
        return [Text("p", link_to(video, node.attributes.get("title", "")))] if video else []

    def quote(self, node: Node, marks: tuple[Mark, ...]) -> list[Block]:
        if {"tiktok-embed", "instagram-media"} & set(node.attributes.get("class", "").split()):
            address = node.attributes.get("cite") or node.attributes.get("data-instgrm-permalink", "")
            if video := video_at(address):
                return [Text("p", link_to(video))]
        if self.in_box or self.quotes >= MAX_QUOTES:
            return self.flow(node.children, marks)
        self.quotes += 1
        blocks = self.flow(node.children, marks)
        self.quotes -= 1
        return [Quote(blocks)] if blocks else []

    def picture(self, node: Node, marks: tuple[Mark, ...]) -> list[Block]:
        number = node.attributes.get("data-image", "").strip()
        if not accepts("img", "data-image", number):
            source = node.attributes.get("src", "").strip()
            number = str(self.image_id_from_src(source) or "") if source and self.image_id_from_src else ""
            if not accepts("img", "data-image", number):
                return []
        alt = node.attributes.get("alt")
        return [Figure(int(number), None if alt is None else " ".join(alt.split()))]

    def figure(self, node: Node, marks: tuple[Mark, ...]) -> list[Block]:
        captions = [child for child in node.children if isinstance(child, Node) and child.tag == "figcaption"]
        blocks = self.flow([child for child in node.children if child not in captions], marks)
        caption = self.caption(captions, marks)
        if not caption:
            return blocks
        for block in reversed(blocks):
            if isinstance(block, (Figure, Table)) and not block.caption:
                block.caption = caption
                return blocks
        return [*blocks, Text("p", caption)]

    def caption(self, nodes: list[Node], marks: tuple[Mark, ...]) -> list[Run]:
        runs: list[Run] = []
        for block in descend(self.flow(list(nodes), marks)):
            if isinstance(block, Text):
                runs += [Run(BREAK), *block.runs]
        return tidy(runs)

    def table(self, node: Node, marks: tuple[Mark, ...]) -> list[Block]:
        if self.in_table:
            return self.flow([Node("div", children=node.children)], marks)
        self.in_table = True
        parts = TableParts()
        parts.collect(node)
        caption = self.caption(parts.captions, marks)
        strays = self.flow(parts.strays, marks)
        rows = [(in_head, [self.cell(cell, marks) for cell in cells]) for in_head, cells in parts.rows]
        self.in_table = False
        if not rows:
            return [*strays, *([Text("p", caption)] if caption else [])]
        head = [row for in_head, row in rows if in_head]
        body = [row for in_head, row in rows if not in_head]
        if not head and _is_header(body):
            head, body = body[:1], body[1:]
        for cell in (cell for row in head for cell in row):
            cell.tag = "th"
        for cell in (cell for row in (*head, *body) for cell in row if cell.tag == "th"):
            if len(cell.blocks) == 1 and _is_bold(cell):
                cell.blocks[0].runs = without("strong", cell.blocks[0].runs)
        return [*strays, Table(caption, head, body)]

    def cell(self, node: Node, marks: tuple[Mark, ...]) -> Cell:
        attributes = {
            name: value
            for name in ("scope", "colspan", "rowspan")
            if accepts(node.tag, name, value := node.attributes.get(name, "").strip().lower())
        }
        return Cell(node.tag, attributes, self.flow(node.children, marks))


_MAKERS = {
    "img": _Arranger.picture,
    "iframe": _Arranger.frame,
    "ul": _Arranger.make_list,
    "ol": _Arranger.make_list,
    "blockquote": _Arranger.quote,
    "figure": _Arranger.figure,
    "table": _Arranger.table,
    **dict.fromkeys(_HEADINGS, _Arranger.heading),
}


def _is_header(rows: list[list[Cell]]) -> bool:
    """Whether the first row heads the table: all th, or all in bold above other rows, as word processors have it."""
    first = rows[0]
    if any("rowspan" in cell.attributes for cell in first):
        return False
    return all(cell.tag == "th" for cell in first) or (len(rows) > 1 and all(_is_bold(cell) for cell in first))


def _is_bold(cell: Cell) -> bool:
    return len(cell.blocks) == 1 and isinstance(cell.blocks[0], Text) and is_wholly("strong", cell.blocks[0].runs)


def _item_sources(children: list[Node | str]) -> Iterator[tuple[bool, list[Node | str]]]:
    """A list's children by the item they make, and whether they are strays: neither an item nor a list."""
    for is_stray, group in groupby(
        children, key=lambda child: isinstance(child, str) or child.tag not in ("li", "ul", "ol")
    ):
        if is_stray:
            yield True, [*group]
        else:
            yield from ((False, child.children if child.tag == "li" else [child]) for child in group)


def _only_lists(blocks: list[Block]) -> bool:
    return all(isinstance(block, List) for block in blocks)


def _items_of(blocks: list[Block]) -> list[list[Block]]:
    """What an item's blocks are in a list: one item, or where they are only lists, the items of those."""
    return [item for block in blocks for item in block.items] if _only_lists(blocks) else [blocks]


def _attach(item: list[Block], lists: list[Block]) -> None:
    for added in lists:
        if item and isinstance(item[-1], List) and item[-1].tag == added.tag:
            item[-1].items.extend(added.items)
        else:
            item.append(added)


def _gather(blocks: "list[Block | _LooseItem]", max_level: int) -> list[Block]:
    """Make neighbouring loose items into lists, nested by their levels."""
    gathered: list[Block] = []
    open_lists: list[tuple[word_lists.Place, List]] = []
    for block in blocks:
        if not isinstance(block, _LooseItem):
            open_lists = []
            gathered.append(block)
            continue
        place, tag = block.place, "ol" if block.place.ordered else "ul"
        while len(open_lists) > 1 and open_lists[-1][0].level > place.level:
            open_lists.pop()
        if open_lists:
            above, inside = open_lists[-1]
            deeper = place.level > above.level and len(open_lists) < max_level
            if not deeper and (above.name, inside.tag) == (place.name, tag):
                inside.items.append(block.blocks)
                continue
            if not deeper:
                open_lists.pop()
        start = str(place.number) if place.ordered and (place.number or 1) != 1 else None
        new = List(tag, [block.blocks], start)
        (open_lists[-1][1].items[-1] if open_lists else gathered).append(new)
        open_lists.append((place, new))
    return gathered
