"""The picture by which an article is found and shared."""

from collections.abc import Iterator

from ..candidate import Candidate
from ..finding import Finding, Severity
from ..rule import Rule

RULE = Rule("main_photo", Severity.WORTH_A_LOOK, "No main photo, or one under 1200 pixels wide", "Google Discover")

WIDTH, PIXELS = 1200, 300_000


def find(candidate: Candidate) -> Iterator[Finding]:
    """No main photo, or one that is too small to be shown large."""
    main = next((use for use in candidate.pictures if use.field == "hero_image"), None)
    if main is None:
        yield RULE.finding(
            "There is no main photo. Add one, so that the post can be seen in lists and when shared.", "hero_image"
        )
    elif main.record is not None and (main.record.width < WIDTH or main.record.width * main.record.height < PIXELS):
        message = (
            f"The main photo is {main.record.width} pixels wide, and large cards need {WIDTH}. "
            "Choose a larger one if you have it."
        )
        yield RULE.finding(message, "hero_image", picture=main.image)
