"""No clinician, where one must review."""

from collections.abc import Iterator

from ..candidate import Candidate
from ..finding import Finding, Severity
from ..rule import Rule

RULE = Rule(
    "review_required",
    Severity.MUST_FIX,
    "No clinician has approved it, where one must",
    "Google helpful content; NHS",
    health_only=True,
)


def find(candidate: Candidate) -> Iterator[Finding]:
    """One finding where the practice publishes nothing unreviewed and nobody stands by these words on that day."""
    if candidate.policy == "must" and candidate.needs_review and not candidate.is_signed:
        message = "In this practice a clinician must approve these exact words first. Ask for a review."
        yield RULE.finding(message, "review")
