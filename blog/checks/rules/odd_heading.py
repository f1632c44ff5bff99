"""Headings that break the page for somebody who moves through it by headings."""

from collections.abc import Iterator

from ..candidate import Candidate
from ..finding import Finding, Severity
from ..rule import Rule

RULE = Rule("odd_heading", Severity.MUST_FIX, "A second main heading, or a heading without words", "WCAG 1.3.1, 2.4.6")


def find(candidate: Candidate) -> Iterator[Finding]:
    """Headings of the first level, which is the title's, and empty ones."""
    for heading in candidate.odd_headings:
        if not heading.words:
            yield RULE.finding("A heading has no words. Write them, or take the heading out.", "body")
        else:
            message = f"“{heading.words}” is marked as a main heading, which only the title is. Make it a Heading 2."
            yield RULE.finding(message, "body", quote=heading.words)
