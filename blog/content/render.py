"""The way out: a stored body made ready for a page."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from html import escape
from urllib.parse import urljoin

import nh3

from blog.content.blocks import arrange
from blog.content.boxes import ASKS, KINDS, WHEN_TO_CALL, questions, says, without_level
from blog.content.long_words import soften
from blog.content.markup import output_rules
from blog.content.outline import Heading, Ids, headings
from blog.content.parts import Block, Box, Cell, Figure, Table, Text
from blog.content.phrases import BREAK, CITATION, Mark, Run, plain
from blog.content.videos import linked_video
from blog.content.writing import Writer, attributes

SIZES = "(min-width:42rem) 660px, 92vw"

_sanitiser = nh3.Cleaner(**output_rules())

# The paragraph that ends a care card of one kind (care, urgent, emergency): whom to call and when; blank for none.
CallFor = Callable[[str], str]


@dataclass(frozen=True)
class Picture:
    """The files of one picture: ``sources`` are (mime type, srcset), best first; the rest is the fallback img's.

    ``width`` and ``height`` are pixels of the file at ``src``; ``note`` is a sentence that every page puts under it.
    """

    sources: tuple[tuple[str, str], ...]
    src: str
    srcset: str
    width: int
    height: int
    note: str = ""


@dataclass(frozen=True)
class Withheld:
    """A picture that is not to be seen: in its place stand these words alone, without its caption and description."""

    words: str


Pictures = Mapping[int, Picture | Withheld]


@dataclass(frozen=True)
class Rendered:
    """A body for a page, its headings in order for a table of contents, and the numbers of the sources it cites.

    The first citation of source 2 has the id ``cited-2``.
    """

    html: str
    outline: list[Heading]
    cited: frozenset[int] = frozenset()


def render(
    html: str,
    pictures: Pictures,
    links: Mapping[int, str] | None = None,
    call_for: CallFor | None = None,
    sources: Mapping[int, int] | None = None,
) -> Rendered:
    """A stored body as a page shows it.

    Headings get their ids, tables a box that scrolls by itself and can be reached by keyboard, header cells their
    scope, links to other sites ``rel="noopener"``, long names of drugs places to break, and pictures their files. A
    paragraph that only links to a video elsewhere becomes a card that says which site it opens. A figure whose picture
    is not in ``pictures`` is left out whole; of one that is withheld only what is said instead stays. ``links`` has the
    address of each post that can be linked to now; of a link to another post only the words stay. Boxes say their level
    in a word, and care cards end with what ``call_for`` gives; a question in a box that has no answer is left out, and
    so is a box with nothing to show. ``sources`` has the number of each source that may be cited, by its key; a
    citation leads to ``#source-1``, and one of anything else is left out. The sanitiser with OUTPUT is the last step,
    so nothing done here can let through what a page may not hold. The result is a plain ``str``.
    """
    blocks = arrange(html)
    ids = Ids()
    found = headings(blocks, ids)
    writer = _PageWriter(pictures, links or {}, call_for, sources or {}, found, ids)
    return Rendered(_sanitiser.clean(writer.write(blocks)), found, frozenset(writer.cited))


def render_for_feeds(
    html: str,
    pictures: Pictures,
    address: str,
    links: Mapping[int, str] | None = None,
    call_for: CallFor | None = None,
    sources: Mapping[int, int] | None = None,
) -> str:
    """A stored body as a feed reader shows it, far from the page's own address and looks.

    Every address is whole, seen from ``address``, the article's own. A picture is one file that everything can open.
    Otherwise as ``render``.
    """
    writer = _FeedWriter(pictures, links or {}, call_for, sources or {}, address)
    return _sanitiser.clean(writer.write(arrange(html)))


class _OutwardWriter(Writer):
    def __init__(
        self,
        pictures: Pictures,
        links: Mapping[int, str],
        call_for: CallFor | None,
        sources: Mapping[int, int],
    ) -> None:
        self.pictures = pictures
        self.links = links
        self.call_for = call_for or (lambda kind: "")
        self.sources = sources
        # The level of a box's title: under the main heading above it, or where there is none, a main heading itself.
        self.box_level = 2

    def runs(self, runs: list[Run]) -> str:
        return super().runs([run._replace(marks=tuple(self.marks(run.marks))) for run in self.shown(runs)])

    def shown(self, runs: list[Run]) -> list[Run]:
        return [run for run in runs if run.text != CITATION or run.marks[-1].source in self.sources]

    def text(self, text: Text) -> str:
        # Nothing is left of a paragraph that only cites what the page does not list.
        return super().text(text) if self.shown(text.runs) else ""

    def marks(self, marks: Iterable[Mark]) -> Iterator[Mark]:
        for mark in marks:
            if mark.source is not None:
                yield Mark("sup")
                yield Mark("a", f"#source-{self.sources[mark.source]}", source=mark.source)
            elif mark.post is None:
                yield mark
            elif address := self.links.get(mark.post):
                yield Mark("a", f"{address}#{mark.fragment}" if mark.fragment else address)

    def cited_words(self, mark: Mark) -> str:
        return str(self.sources[mark.source])

    def link_attributes(self, mark: Mark) -> dict[str, str]:
        if mark.source is not None:
            return {"href": mark.href or ""}
        leads_away = (mark.href or "").lower().startswith(("http:", "https:", "//"))
        return super().link_attributes(mark) | ({"rel": "noopener"} if leads_away else {})

    def block(self, block: Block) -> str:
        if isinstance(block, Figure) and block.image not in self.pictures:
            return ""
        if isinstance(block, Text) and block.tag == "h2":
            self.box_level = 3
        return super().block(block)

    def figure(self, figure: Figure) -> str:
        picture = self.pictures[figure.image]
        if isinstance(picture, Withheld):
            return f'<figure class="withheld"><p>{escape(picture.words)}</p></figure>'
        note = [Run(picture.note)] if picture.note else []
        between = [Run(BREAK)] if note and figure.caption else []
        return super().figure(replace(figure, caption=[*figure.caption, *between, *note]))

    def box(self, box: Box) -> str:
        if box.kind == ASKS:
            return self.asks(box)
        first = box.blocks[0]
        title = first.runs if isinstance(first, Text) else []
        rest = self.write(box.blocks[1:] if title else box.blocks)
        if not KINDS[box.kind].title:
            return self.callout(box.kind, title, rest) if title or rest else ""
        if title and not rest:
            title, rest = [], self.write(box.blocks)
        return self.care(box.kind, title, rest) if rest else ""

    def callout(self, kind: str, title: list[Run], html: str) -> str:
        word = KINDS[kind].word
        looks = "callout callout--note" if kind == "note" else "callout"
        name = "" if says(word, title) else f"<strong>{word}:</strong> "
        head = f"<p>{name}{self.runs(title)}</p>" if title else f"<p>{word}</p>"
        return "\n".join(filter(None, (f'<div class="{looks}">', head, html, "</div>")))

    def care(self, kind: str, title: list[Run], html: str) -> str:
        level = f"h{self.box_level}"
        looks = "care" if kind == "care" else f"care care--{kind}"
        words = self.runs(without_level(title, kind)) if title else KINDS[kind].title
        head = f"<{level}><span>{KINDS[kind].word}:</span> {words}</{level}>"
        return "\n".join(filter(None, (f'<div class="{looks}">', head, html, self.call_for(kind), "</div>")))

    def asks(self, box: Box) -> str:
        title, question = f"h{self.box_level}", f"h{self.box_level + 1}"
        lines = []
        for asked, answer in questions(box.blocks):
            if not (html := self.write(answer)):
                continue
            lines += [f"<{question}>{self.runs(asked.runs)}</{question}>", html] if asked else [html]
            if asked and plain(asked.runs) == WHEN_TO_CALL:
                lines.append(self.call_for("care"))
        if not lines:
            return ""
        head = f"<{title}>{KINDS[ASKS].word}</{title}>"
        return "\n".join(['<div class="asks">', head, *filter(None, lines), "</div>"])


class _FeedWriter(_OutwardWriter):
    def __init__(
        self,
        pictures: Pictures,
        links: Mapping[int, str],
        call_for: CallFor | None,
        sources: Mapping[int, int],
        address: str,
    ) -> None:
        super().__init__(pictures, links, call_for, sources)
        self.address = address

    def marks(self, marks: Iterable[Mark]) -> Iterator[Mark]:
        return map(self.seen_from_afar, super().marks(marks))

    def seen_from_afar(self, mark: Mark) -> Mark:
        if mark.href is None:
            return mark
        try:
            return mark._replace(href=urljoin(self.address, mark.href))
        except ValueError:  # leads nowhere on the page either
            return mark._replace(href=self.address)

    def picture(self, figure: Figure) -> str:
        picture = self.pictures[figure.image]
        values = {"width": str(picture.width), "height": str(picture.height), "alt": figure.alt or ""}
        return f"<img{attributes({'src': urljoin(self.address, picture.src), **values})}>"


class _PageWriter(_OutwardWriter):
    def __init__(
        self,
        pictures: Pictures,
        links: Mapping[int, str],
        call_for: CallFor | None,
        sources: Mapping[int, int],
        found: list[Heading],
        ids: Ids,
    ) -> None:
        super().__init__(pictures, links, call_for, sources)
        self.cited: set[int] = set()
        self.heading_ids = iter([heading.id for heading in found])
        self.ids = ids
        self.caption_id = ""

    def runs(self, runs: list[Run]) -> str:
        return super().runs([run._replace(text=soften(run.text)) for run in runs])

    def link_attributes(self, mark: Mark) -> dict[str, str]:
        if mark.source is None:
            return super().link_attributes(mark)
        number = self.sources[mark.source]
        place = {} if number in self.cited else {"id": f"cited-{number}"}
        self.cited.add(number)
        return super().link_attributes(mark) | place | {"aria-label": f"Source {number}"}

    def text(self, text: Text) -> str:
        if text.tag == "p":
            return self.video(text) or super().text(text)
        return f"<{text.tag}{attributes({'id': next(self.heading_ids)})}>{self.runs(text.runs)}</{text.tag}>"

    def video(self, text: Text) -> str:
        video = linked_video(text.runs)
        card = self.runs(text.runs) if video else ""
        # One link around all the words; where marks stand around it, it stays an ordinary paragraph.
        if not (card.startswith("<a ") and card.endswith("</a>") and card.count("<a ") == 1):
            return ""
        return f'<p class="video">{card.removesuffix("</a>")}<span>Opens {video.host}</span></a></p>'

    def picture(self, figure: Figure) -> str:
        picture = self.pictures[figure.image]
        sources = "".join(
            f"<source{attributes({'type': mime, 'srcset': srcset, 'sizes': SIZES})}>"
            for mime, srcset in picture.sources
        )
        srcset = {"srcset": picture.srcset, "sizes": SIZES} if picture.srcset else {}
        fallback = {
            "src": picture.src,
            **srcset,
            "width": str(picture.width),
            "height": str(picture.height),
            "loading": "lazy",
            "decoding": "async",
            "alt": figure.alt or "",
        }
        return f"<picture>{sources}<img{attributes(fallback)}></picture>"

    def table(self, table: Table) -> str:
        self.caption_id = self.ids.take("table 1") if table.caption else ""
        name = {"aria-labelledby": self.caption_id} if table.caption else {"aria-label": "Table"}
        box = attributes({"class": "table", "role": "group", "tabindex": "0", **name})
        return f"<div{box}>\n{super().table(table)}\n</div>"

    def caption_attributes(self) -> dict[str, str]:
        return {"id": self.caption_id}

    def cell_attributes(self, cell: Cell, in_head: bool) -> dict[str, str]:
        return {"scope": "col", **cell.attributes} if in_head else cell.attributes
