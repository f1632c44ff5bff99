"""Headings that leave a level out."""

from collections.abc import Iterator

from ..candidate import Candidate
from ..finding import Finding, Severity
from ..rule import Rule

RULE = Rule("skipped_heading", Severity.WORTH_A_LOOK, "A heading leaves a level out", "W3C WAI headings")


def find(candidate: Candidate) -> Iterator[Finding]:
    """Each heading that is more than one level below the one before it; the title is the first level."""
    above = 1
    for heading in candidate.headings:
        if heading.level > above + 1:
            message = (
                f"“{heading.text}” is a Heading {heading.level} under a {_name(above)}. "
                f"Make it a Heading {above + 1}, so that no level is left out."
            )
            nth = candidate.texts["body"].count(heading.text, 0, heading.start)
            yield RULE.finding(message, "body", quote=heading.text, nth=nth)
        above = heading.level


def _name(level: int) -> str:
    return "title" if level == 1 else f"Heading {level}"
