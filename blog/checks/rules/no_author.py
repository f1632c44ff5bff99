"""Who signs."""

from collections.abc import Iterator

from ..candidate import Candidate
from ..finding import Finding, Severity
from ..rule import Rule

RULE = Rule("no_author", Severity.MUST_FIX, "Nobody real signs the article", "house: real bylines")


def find(candidate: Candidate) -> Iterator[Finding]:
    """No author, or the made-up one of the samples under a post that is none."""
    author = candidate.author
    if author is None and candidate.other_authors:
        yield RULE.finding("Nobody is named as the author. Choose one under “Post”.", "author")
    elif author is None:
        yield RULE.finding(
            "There is no author yet. Add the person who signs this under Authors, then choose the name here.", "author"
        )
    elif author.is_sample and not candidate.is_sample:
        yield RULE.finding(
            f"“{author.name}” is a made-up name from the samples. Choose who signs this under “Post”.", "author"
        )
