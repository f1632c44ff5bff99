"""A table of any origin, taken apart before it is put together again."""

from blog.content.tree import Node

_CELLS = ("td", "th")


class TableParts:
    """A table taken apart: captions, rows (whether in a thead, cells), and whatever stands where it may not."""

    def __init__(self) -> None:
        self.captions: list[Node] = []
        self.rows: list[tuple[bool, list[Node]]] = []
        self.strays: list[Node | str] = []

    def collect(self, node: Node, in_head: bool = False) -> None:
        """Take in what ``node`` holds, at any depth of thead, tbody and tfoot."""
        loose: list[Node] = []
        for child in node.children:
            tag = child.tag if isinstance(child, Node) else ""
            if tag in _CELLS:
                if not loose:
                    self.rows.append((in_head, loose))
                loose.append(child)
                continue
            if tag:
                loose = []
            if tag == "caption":
                self.captions.append(child)
            elif tag in ("thead", "tbody", "tfoot", "tr"):
                self.collect(child, in_head or tag == "thead")
            elif tag not in ("colgroup", "col"):
                self.strays.append(child)
