"""Links to a heading of another post that is not called so any more."""

from collections.abc import Iterator

from ..candidate import Candidate
from ..finding import Finding, Severity
from ..rule import Rule

RULE = Rule("lost_heading", Severity.WORTH_A_LOOK, "A link leads to a heading that another post no longer has", "house")


def find(candidate: Candidate) -> Iterator[Finding]:
    """Readers arrive at the top of the right page; the heading was renamed or taken out."""
    for link in candidate.links:
        if link.target == "heading":
            message = (
                f"The link “{link.words}” leads to a heading that “{link.title}” does not have any more. "
                "Readers arrive at the top of that page. Choose the heading anew."
            )
            yield RULE.finding(message, "body", quote=link.words, nth=link.nth)
