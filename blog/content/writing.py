"""Parts of an article as HTML, in one fixed form: one block a line, nothing that says nothing."""

from collections.abc import Iterable
from html import escape

from blog.content.parts import Block, Box, Cell, Figure, List, Quote, Table, Text
from blog.content.phrases import CITATION, Mark, Run, write_runs


class Writer:
    """Writes blocks in the form that is stored. Rendering and the editor override what they show in another way."""

    def write(self, blocks: Iterable[Block]) -> str:
        """All ``blocks`` as HTML, one a line; blocks that a subclass leaves out leave nothing behind."""
        return "\n".join(html for block in blocks if (html := self.block(block)))

    def block(self, block: Block) -> str:
        """One block as HTML."""
        if isinstance(block, Text):
            return self.text(block)
        if isinstance(block, Figure):
            return self.figure(block)
        if isinstance(block, List):
            return self.list_block(block)
        if isinstance(block, Quote):
            return self.quote(block)
        if isinstance(block, Box):
            return self.box(block)
        return self.table(block)

    def runs(self, runs: list[Run]) -> str:
        """Words within a block."""
        runs = [run._replace(text=self.cited_words(run.marks[-1])) if run.text == CITATION else run for run in runs]
        return write_runs(runs, lambda mark: attributes(self.link_attributes(mark)))

    def cited_words(self, mark: Mark) -> str:
        """What stands in a citation."""
        return ""

    def link_attributes(self, mark: Mark) -> dict[str, str]:
        """What a link carries."""
        if mark.source is not None:
            return {"data-source": str(mark.source)}
        if mark.post is None:
            return {"href": mark.href or ""}
        return {"data-post": str(mark.post)} | ({"data-fragment": mark.fragment} if mark.fragment else {})

    def text(self, text: Text) -> str:
        """A paragraph or heading."""
        return f"<{text.tag}>{self.runs(text.runs)}</{text.tag}>"

    def figure(self, figure: Figure) -> str:
        """A picture with its caption."""
        caption = f"<figcaption>{self.runs(figure.caption)}</figcaption>" if figure.caption else ""
        return f"<figure{attributes(self.figure_attributes())}>{self.picture(figure)}{caption}</figure>"

    def figure_attributes(self) -> dict[str, str]:
        """What every figure carries."""
        return {}

    def picture(self, figure: Figure) -> str:
        """The picture in a figure."""
        return f"<img{attributes(self.picture_attributes(figure))}>"

    def picture_attributes(self, figure: Figure) -> dict[str, str]:
        """What an img carries."""
        alt = {} if figure.alt is None else {"alt": figure.alt}
        return {"data-image": str(figure.image), **alt}

    def list_block(self, block: List) -> str:
        """A list; an item that turns out empty is left out."""
        items = [f"<li>{html}</li>" for item in block.items if (html := self.inner(item))]
        start = attributes({"start": block.start} if block.start else {})
        return "\n".join([f"<{block.tag}{start}>", *items, f"</{block.tag}>"]) if items else ""

    def quote(self, quote: Quote) -> str:
        """A quotation."""
        html = self.write(quote.blocks)
        return f"<blockquote>{html}</blockquote>" if html else ""

    def box(self, box: Box) -> str:
        """A box around other parts."""
        html = self.write(box.blocks)
        return f"<aside{attributes({'data-box': box.kind})}>\n{html}\n</aside>" if html else ""

    def table(self, table: Table) -> str:
        """A table: caption, thead, tbody, each where there is something in it."""
        lines = ["<table>"]
        if table.caption:
            lines.append(f"<caption{attributes(self.caption_attributes())}>{self.runs(table.caption)}</caption>")
        for tag, rows in (("thead", table.head), ("tbody", table.body)):
            if rows:
                lines += [f"<{tag}>", *(self.row(row, tag == "thead") for row in rows), f"</{tag}>"]
        return "\n".join([*lines, "</table>"])

    def caption_attributes(self) -> dict[str, str]:
        """What a table's caption carries."""
        return {}

    def row(self, row: list[Cell], in_head: bool) -> str:
        """A table's row."""
        cells = (
            f"<{cell.tag}{attributes(self.cell_attributes(cell, in_head))}>{self.inner(cell.blocks)}</{cell.tag}>"
            for cell in row
        )
        return f"<tr>{''.join(cells)}</tr>"

    def cell_attributes(self, cell: Cell, in_head: bool) -> dict[str, str]:
        """What a cell carries."""
        return cell.attributes

    def inner(self, blocks: list[Block]) -> str:
        """What stands in an item or cell: a paragraph that is the only one there needs no p."""
        paragraphs = [block for block in blocks if isinstance(block, Text) and block.tag == "p"]
        if len(paragraphs) > 1:
            return self.write(blocks)
        html = (self.runs(block.runs) if block in paragraphs else self.block(block) for block in blocks)
        return "\n".join(part for part in html if part)


def attributes(values: dict[str, str]) -> str:
    """Attributes as they stand in a tag, each after a space, values escaped."""
    return "".join(f' {name}="{escape(value)}"' for name, value in values.items())
