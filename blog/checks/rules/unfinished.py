"""Words in a form that no draft can keep yet."""

from collections.abc import Iterator

from ..candidate import Candidate
from ..finding import Finding, Severity
from ..rule import Rule

RULE = Rule("unfinished", Severity.MUST_FIX, "Something typed that cannot be kept yet", "house: no word is lost")


def find(candidate: Candidate) -> Iterator[Finding]:
    """Words that came to rest with something in a field that it cannot hold: without it they are another text."""
    if candidate.unfinished:
        yield RULE.finding(
            "Something in the draft is unfinished and would be left out, such as a tag that does not exist. "
            "Mend it, then save.",
            candidate.unfinished[0],
        )
