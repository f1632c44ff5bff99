"""Health information that rests on nothing a reader could look up."""

from collections.abc import Iterator

from ..candidate import Candidate
from ..finding import Finding, Severity
from ..rule import Rule

RULE = Rule("no_sources", Severity.WORTH_A_LOOK, "No sources are named", "HONcode principles", health_only=True)


def find(candidate: Candidate) -> Iterator[Finding]:
    """One finding where the list of sources is empty."""
    if not candidate.sources:
        yield RULE.finding(
            "No sources are named. Add those that you looked things up in, so that readers can do the same.", "sources"
        )
