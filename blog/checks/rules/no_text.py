"""An article without words."""

from collections.abc import Iterator

from ..candidate import Candidate
from ..finding import Finding, Severity
from ..rule import Rule

RULE = Rule("no_text", Severity.MUST_FIX, "There is no text", "house")


def find(candidate: Candidate) -> Iterator[Finding]:
    """A text without a single word."""
    if not candidate.has_text:
        yield RULE.finding("There is no text yet. Write the article first.", "body")
