"""What makes a rule."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from .candidate import Candidate, Sentence
from .finding import Finding, Severity


@dataclass(frozen=True)
class Rule:
    """One thing that the checks look for.

    ``name`` is the name of its module, ``title`` says in a few words what it looks for, ``source`` who asks for it.
    With ``health_only`` news of the clinic are left alone.
    """

    name: str
    severity: Severity
    title: str
    source: str
    health_only: bool = False

    def finding(
        self, message: str, field: str = "", *, quote: str = "", nth: int = 0, sentence: str = "", picture: int = 0
    ) -> Finding:
        """A finding of this rule; see ``Finding`` for what the words mean."""
        return Finding(self.name, self.severity, message, field, quote, nth, sentence, picture=picture)

    def at(self, candidate: Candidate, sentence: Sentence, message: str, start: int = 0, end: int = 0) -> Finding:
        """A finding at the words from ``start`` to ``end`` of a sentence; at the whole sentence without them."""
        quote = sentence.text[start : end or None]
        nth = candidate.nth(sentence, quote, start)
        return self.finding(
            message, sentence.field, quote=quote, nth=nth, sentence=sentence.text, picture=sentence.picture
        )


@dataclass(frozen=True)
class Check:
    """A rule and how it looks: a pure function from a candidate to what it finds."""

    rule: Rule
    find: Callable[[Candidate], Iterator[Finding]]
