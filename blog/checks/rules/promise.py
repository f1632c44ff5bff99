"""Promises that no treatment keeps for everybody."""

from collections.abc import Iterator

from blog.models import Phrase

from ..candidate import Candidate
from ..claims import is_claimed, next_of
from ..finding import Finding, Severity
from ..matching import Matcher
from ..rule import Rule

RULE = Rule("promise", Severity.NEEDS_REASON, "A promise that nobody can keep for every reader", "FTC; BPC 651")


def find(candidate: Candidate) -> Iterator[Finding]:
    """Each promise in a sentence that claims it."""
    phrases = Matcher(candidate.words_of(Phrase.Kind.PROMISE))
    for place, sentence in enumerate(candidate.sentences):
        for match in phrases.matches(sentence.text):
            if is_claimed(sentence, match.start(), match.end(), next_of(candidate.sentences, place)):
                instead = phrases.advice(match.group()) or "Say what most people can expect, or give a reason."
                message = (
                    f"“{match.group()}”{sentence.place} is a promise that nobody can keep for every reader. {instead}"
                )
                yield RULE.at(candidate, sentence, message, *match.span())
