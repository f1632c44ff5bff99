"""What a look at one part of the site gives: how it stands, and one plain sentence."""

from typing import NamedTuple

OK = "ok"
LOOK = "look"
WRONG = "wrong"


class Finding(NamedTuple):
    """``level`` is OK, LOOK (somebody should see to it) or WRONG (it does not work, or is about to stop working).

    ``sentence`` says what was found and, below OK, what to do.
    """

    level: str
    sentence: str
