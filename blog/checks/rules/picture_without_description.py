"""A picture that says nothing to somebody who cannot see it."""

from collections.abc import Iterator

from ..candidate import Candidate
from ..finding import Finding, Severity
from ..rule import Rule

RULE = Rule(
    "picture_without_description",
    Severity.MUST_FIX,
    "A photo has no description and is not only decoration",
    "WCAG 1.1.1",
)


def find(candidate: Candidate) -> Iterator[Finding]:
    """Pictures about which nothing was said."""
    for use in candidate.pictures:
        if use.alt or use.is_decorative:
            continue
        if use.field == "hero_image":
            message = "The main photo has no description. Describe it, or tick “Only decoration”."
            yield RULE.finding(message, "hero_alt", picture=use.image)
        else:
            where = f"in “{use.section}”" if use.section else "in the text"
            message = f"The photo {where} has no description. Describe it, or tick “Only decoration”."
            yield RULE.finding(message, "body", picture=use.image, nth=use.nth)
