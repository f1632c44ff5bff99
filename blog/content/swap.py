"""A stored body with other pictures in it, every word as it was."""

from collections.abc import Mapping

from blog.content.blocks import arrange
from blog.content.parts import Figure, descend
from blog.content.writing import Writer


def with_other_pictures(html: str, numbers: Mapping[int, int], alts: Mapping[int, str] | None = None) -> str:
    """``html`` with each picture that is a key of ``numbers`` replaced by the one named there.

    ``alts`` may give a description for a new picture's number; without one, each use keeps its own. A body without
    such a picture comes back exactly as it was.
    """
    blocks = arrange(html)
    found = [block for block in descend(blocks) if isinstance(block, Figure) and block.image in numbers]
    for figure in found:
        figure.image = numbers[figure.image]
        figure.alt = (alts or {}).get(figure.image, figure.alt)
    return Writer().write(blocks) if found else html
