"""Dates that cannot be."""

from collections.abc import Iterator

from django.utils import timezone

from ..candidate import Candidate
from ..finding import Finding, Severity
from ..rule import Rule

RULE = Rule(
    "wrong_dates", Severity.MUST_FIX, "Dates in the wrong order, or a review in the future", "Google byline dates"
)


def find(candidate: Candidate) -> Iterator[Finding]:
    """A shown date after the moment of going live, and a review after that day."""
    if candidate.published_at is not None and candidate.published_at > candidate.goes_live:
        yield RULE.finding(
            "The shown date is later than the moment it goes live. Choose an earlier date, or leave it blank.",
            "published_at",
        )
    signature = candidate.signature
    if signature is not None and signature.reviewed_on > timezone.localdate(candidate.goes_live):
        yield RULE.finding("The review carries a day that lies ahead. Ask for a new review.", "review")
