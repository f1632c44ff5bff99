"""A stored body as the editing screen needs it."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from blog.content.blocks import arrange
from blog.content.boxes import ASKS, questions
from blog.content.clean import clean
from blog.content.parts import Box, Figure
from blog.content.phrases import UNCOUNTED, Mark
from blog.content.writing import Writer, attributes


class Target(NamedTuple):
    """A post that a link leads to: its present address, and whether readers can open it now."""

    address: str
    is_live: bool


# What the editing screen shows as the address of a post that is not there any more.
NOWHERE = "#no-longer-here"


def to_editor(html: str, src_for: Callable[[int], str], targets: Mapping[int, Target] | None = None) -> str:
    """``html`` with an address on every picture and link, and the class by which the editing screen styles figures.

    ``src_for`` gives the address to show for a picture's id, ``targets`` the posts that are linked to by their number;
    a link to one that readers cannot open is marked. Cleaning the result gives the cleaned ``html`` again, so that
    opening and saving a body changes nothing. Raises ``BodyTooLong`` where ``clean`` does.
    """
    return _EditorWriter(src_for, targets or {}).write(arrange(clean(html)))


class _EditorWriter(Writer):
    def __init__(self, src_for: Callable[[int], str], targets: Mapping[int, Target]) -> None:
        self.src_for = src_for
        self.targets = targets

    def cited_words(self, mark: Mark) -> str:
        # The screen's script puts the number of the list in its place.
        return UNCOUNTED

    def link_attributes(self, mark: Mark) -> dict[str, str]:
        if mark.source is not None:
            return {"href": "#sources", **super().link_attributes(mark)}
        if mark.post is None:
            return super().link_attributes(mark)
        target = self.targets.get(mark.post, Target(NOWHERE, False))
        address = f"{target.address}#{mark.fragment}" if mark.fragment else target.address
        return {"href": address, **super().link_attributes(mark), **({} if target.is_live else {"data-off": "yes"})}

    def figure_attributes(self) -> dict[str, str]:
        return {"class": "image"}

    def picture_attributes(self, figure: Figure) -> dict[str, str]:
        return {**super().picture_attributes(figure), "src": self.src_for(figure.image)}

    def box(self, box: Box) -> str:
        if box.kind != ASKS:
            return super().box(box)
        # A question without an answer gets the empty paragraph to write it in.
        lines = []
        for asked, answer in questions(box.blocks):
            lines += [self.text(asked), self.write(answer) or "<p></p>"] if asked else [self.write(answer)]
        return "\n".join([f"<aside{attributes({'data-box': ASKS})}>", *filter(None, lines), "</aside>"])
