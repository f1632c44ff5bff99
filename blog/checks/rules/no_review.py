"""No clinician, where one may review."""

from collections.abc import Iterator

from ..candidate import Candidate
from ..finding import Finding, Severity
from ..rule import Rule

RULE = Rule(
    "no_review",
    Severity.WORTH_A_LOOK,
    "No clinician has reviewed it, where one may",
    "Google helpful content; NHS",
    health_only=True,
)


def find(candidate: Candidate) -> Iterator[Finding]:
    """One finding where the practice lets clinicians review and nobody stands by these words."""
    if candidate.policy == "may" and candidate.needs_review and candidate.signature is None:
        message = "No clinician has reviewed exactly these words yet. Ask for a review, unless one waits already."
        yield RULE.finding(message, "review")
