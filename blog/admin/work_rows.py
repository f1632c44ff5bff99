"""What the first page is made of: cards with lines."""

from dataclasses import dataclass, field

# Lines of one card.
SHOWN = 8
# The posts that a more urgent card has shown already.
Taken = set[int]


@dataclass
class Row:
    """One line: a name that leads somewhere, what to know about it, and when; ``button`` names what to do next.

    ``is_moment`` says that the end is a moment that lies ahead, ``is_late`` that it has passed.
    """

    title: str
    url: str
    sub: str = ""
    end: str = ""
    is_moment: bool = False
    is_late: bool = False
    button: str = ""
    button_url: str = ""


@dataclass
class Section:
    """One card. ``ahead`` is for what needs nobody right now; ``more`` leads to the rest of a long list."""

    name: str
    title: str
    rows: list[Row] = field(default_factory=list)
    ahead: bool = False
    more: str = ""
    more_words: str = ""
