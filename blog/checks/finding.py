"""What a rule found."""

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """What a finding does to publishing."""

    MUST_FIX = "must_fix"
    NEEDS_REASON = "needs_reason"
    WORTH_A_LOOK = "worth_a_look"


@dataclass(frozen=True)
class Finding:
    """One thing to mend, in words for the person who writes.

    ``rule`` is the name of the rule's module, ``message`` says what is there and what to do. ``field`` is the form
    field it stands in, ``quote`` the words in it to show and select, where there are any, and ``nth`` which occurrence
    of them, from 0; in the text white space of any kind counts as one space, and a paragraph's end as a line's end.
    ``picture`` is the number of the picture it is about, 0 where it is about none; ``nth`` is then which of its uses in
    the text. ``sentence`` is what a reason is given for: it holds while that sentence stands. ``reason`` is the
    reason that holds, blank where none does; such a finding stops nothing.
    """

    rule: str
    severity: Severity
    message: str
    field: str = ""
    quote: str = ""
    nth: int = 0
    sentence: str = ""
    reason: str = ""
    picture: int = 0

    @property
    def stops(self) -> bool:
        """Whether it keeps the article from going live."""
        if self.severity == Severity.NEEDS_REASON:
            return not self.reason
        return self.severity == Severity.MUST_FIX
