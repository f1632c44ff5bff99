"""Pictures of before and after."""

from collections.abc import Iterator

from ..candidate import Candidate
from ..finding import Finding, Severity
from ..rule import Rule

RULE = Rule(
    "before_after", Severity.MUST_FIX, "A before-and-after photo that does not say what was done", "BPC 651(b)(3)"
)

WHERE = "Name it at the photo, under Images."


def find(candidate: Candidate) -> Iterator[Finding]:
    """Pairs whose record names no treatment. That individual results differ stands under each by itself."""
    for use in candidate.pictures:
        record = use.record
        if record is None or not record.is_before_after or record.procedures_shown or record.drugs_shown:
            continue
        message = f"{use.name} shows before and after, and does not say of which treatment. {WHERE}"
        yield RULE.finding(message, use.field, picture=use.image, nth=use.nth)
