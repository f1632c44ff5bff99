"""Medicines and treatments that this clinic has written nothing down about."""

from collections.abc import Iterator

from blog.models import Phrase

from ..candidate import Candidate
from ..finding import Finding, Severity
from ..matching import Matcher, key, pattern_of
from ..rule import Rule

RULE = Rule("no_record", Severity.MUST_FIX, "A drug or treatment is named that has no record", "house: safety note")

FIELDS = frozenset({"title", "subtitle", "key_points", "body"})


def find(candidate: Candidate) -> Iterator[Finding]:
    """The first mention of each name of the list that no record has, so that no safety note can come with it."""
    phrases = Matcher(candidate.words_of(Phrase.Kind.MEDICINE))
    known = pattern_of(
        name for one in candidate.records for name in (*one.names, getattr(one, "generic_name", "")) if name
    )
    said = set()
    for sentence in candidate.sentences:
        if sentence.field not in FIELDS:
            continue
        covered = None
        for match in phrases.matches(sentence.text):
            if key(match.group()) in said:
                continue
            if covered is None:
                covered = [one.span() for one in known.finditer(sentence.text)] if known is not None else []
            if any(start <= match.start() and match.end() <= end for start, end in covered):
                continue
            said.add(key(match.group()))
            message = (
                f"“{match.group()}” has no safety record here, so readers would get no safety note. "
                "Have an editor add it under Drugs or Procedures, or leave the name out."
            )
            yield RULE.at(candidate, sentence, message, *match.span())
