"""Titles that search engines cut."""

from collections.abc import Iterator

from ..candidate import Candidate
from ..finding import Finding, Severity
from ..rule import Rule

RULE = Rule("long_title", Severity.WORTH_A_LOOK, "Title over 60 characters", "Google title links")

LONGEST = 60


def find(candidate: Candidate) -> Iterator[Finding]:
    """The title on Google, or the title where there is no other; nothing for posts kept out of search engines."""
    field = "seo_title" if candidate.seo_title else "title"
    length = len(candidate.seo_title or candidate.title)
    if length <= LONGEST or candidate.noindex:
        return
    if field == "title":
        message = (
            f"The title has {length} characters, and search engines show about {LONGEST}. "
            "Shorten it, or write a shorter title on Google."
        )
    else:
        message = f"The title on Google has {length} characters, and about {LONGEST} fit. Shorten it."
    yield RULE.finding(message, field)
