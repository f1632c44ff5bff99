"""Reviews that are past their day."""

from collections.abc import Iterator

from django.utils import timezone
from django.utils.dateformat import format as in_words

from ..candidate import Candidate
from ..finding import Finding, Severity
from ..rule import Rule

RULE = Rule("review_overdue", Severity.WORTH_A_LOOK, "The next review is overdue", "NHS review dates", health_only=True)


def find(candidate: Candidate) -> Iterator[Finding]:
    """A signature under exactly these words whose day is over."""
    signature = candidate.signature
    if signature is not None and signature.due_on <= timezone.localdate(candidate.goes_live):
        due = in_words(signature.due_on, "F j, Y")
        message = (
            f"The review of this text was due {due}, so the page no longer names a reviewer. Ask for a new review."
        )
        yield RULE.finding(message, "review")
