"""One person's result without what others can expect."""

import re
from collections.abc import Iterator

from blog.content.sentences import Kind
from blog.models import Phrase

from ..candidate import Candidate
from ..finding import Finding, Severity
from ..matching import Matcher
from ..rule import Rule

RULE = Rule("testimonial", Severity.WORTH_A_LOOK, "A testimonial without the typical result", "16 CFR 255.2")

# Somebody tells of the own face or body, in a quotation or within quotation marks.
_TELLS = re.compile(
    r"\b(?:I|we)\b.{0,80}?\b(?:look|feel|love|got|had|came|lost|saw|noticed|was|am|have)\b.{0,80}?"
    r"\b(?:years?|younger|results?|skin|face|lines|wrinkles|pounds|confident|amazing|amazed|thrilled|happy|happier)\b"
)
_QUOTED = re.compile(r"[“\"][^“”\"]{10,400}[”\"]")
_TYPICAL = re.compile(
    r"\b(?:most (?:people|patients|of (?:our|the) patients)|typical(?:ly)?|on average|generally|as a rule|usually|"
    r"\d+ (?:out )?of (?:every )?\d+|about half|in studies|in trials|expected result)\b",
    re.IGNORECASE,
)
# How many sentences beside it are looked at for the typical result.
_BESIDE = 3


def find(candidate: Candidate) -> Iterator[Finding]:
    """Each paragraph of praise by a patient with nothing beside it about what most people can expect."""
    phrases = Matcher(candidate.words_of(Phrase.Kind.TESTIMONIAL))
    last = -1
    for place, sentence in enumerate(candidate.sentences):
        if sentence.part == last:
            continue
        quote = _praise(sentence.text, sentence.kind, phrases)
        if quote is None:
            continue
        beside = candidate.sentences[max(0, place - _BESIDE) : place + _BESIDE + 1]
        if any(_TYPICAL.search(one.text) for one in beside if one.field == sentence.field):
            continue
        last = sentence.part
        message = (
            f"“{_short(quote[2])}” tells what one person got. Say beside it what most people can expect; "
            "“results may vary” is not enough."
        )
        yield RULE.at(candidate, sentence, message, quote[0], quote[1])


def _praise(text: str, kind: Kind, phrases: Matcher) -> tuple[int, int, str] | None:
    if text.rstrip("”\"' ").endswith("?"):
        return None
    for match in phrases.matches(text):
        return match.start(), match.end(), match.group()
    told = [text] if kind == Kind.QUOTE else [match.group() for match in _QUOTED.finditer(text)]
    for words in told:
        if match := _TELLS.search(words):
            start = text.index(words) + match.start()
            return start, start + len(match.group()), match.group()
    return None


def _short(words: str) -> str:
    return words if len(words) <= 80 else f"{words[:79]}…"
