"""Reviewers who are no independent clinicians."""

from collections.abc import Iterator

from ..candidate import Candidate
from ..finding import Finding, Severity
from ..rule import Rule

RULE = Rule(
    "unfit_reviewer",
    Severity.MUST_FIX,
    "The reviewer is the author, or has no credentials",
    "16 CFR 255.3",
    health_only=True,
)


def find(candidate: Candidate) -> Iterator[Finding]:
    """A signature by the author of the text, or by somebody of whom readers cannot see why they may judge it."""
    if candidate.signature is None:
        return
    reviewer = candidate.signature.reviewer
    if candidate.author is not None and reviewer.pk == candidate.author.pk:
        message = f"{reviewer.name} signs this article and reviewed it. Ask somebody else for a review."
        yield RULE.finding(message, "review")
    elif not reviewer.credentials:
        message = f"{reviewer.name} reviewed this and has no credentials here. Add them under Authors."
        yield RULE.finding(message, "review")
