"""A stored body as the editing screen needs it."""

from collections.abc import Callable

from blog.content.blocks import Figure, arrange
from blog.content.clean import clean
from blog.content.writing import Writer


def to_editor(html: str, src_for: Callable[[int], str]) -> str:
    """``html`` with an address on every picture, and the class by which the editing screen styles figures.

    ``src_for`` gives the address to show for a picture's id. Cleaning the result gives the cleaned ``html`` again, so
    that opening and saving a body changes nothing. Raises ``BodyTooLong`` where ``clean`` does.
    """
    return _EditorWriter(src_for).write(arrange(clean(html)))


class _EditorWriter(Writer):
    def __init__(self, src_for: Callable[[int], str]) -> None:
        self.src_for = src_for

    def figure_attributes(self) -> dict[str, str]:
        return {"class": "image"}

    def picture_attributes(self, figure: Figure) -> dict[str, str]:
        return {**super().picture_attributes(figure), "src": self.src_for(figure.image)}
