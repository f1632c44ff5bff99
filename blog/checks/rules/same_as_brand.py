"""Copies that are called the brand itself."""

import re
from collections.abc import Iterator

from blog.models import Phrase

from ..candidate import Candidate
from ..claims import is_denied
from ..finding import Finding, Severity
from ..matching import Matcher, key, pattern_of
from ..rule import Rule

RULE = Rule("same_as_brand", Severity.WORTH_A_LOOK, "“Generic” or “same as” a brand", "FDA letters 2025-26")

# A generic name is what every drug has.
_NAME = re.compile(r"\s+(?:name|names|term|drug names?|ingredient)\b", re.IGNORECASE)
_NEAR = 60


def find(candidate: Candidate) -> Iterator[Finding]:
    """Such words in one sentence with a brand, near before it, or «generic» right behind it."""
    phrases = Matcher(candidate.words_of(Phrase.Kind.SAME_AS_BRAND))
    names = [name for drug in candidate.drugs for name in (*drug.names, drug.generic_name)]
    brands = pattern_of([*names, *(phrase.words for phrase in candidate.words_of(Phrase.Kind.MEDICINE))])
    if brands is None:
        return
    for sentence in candidate.sentences:
        text = sentence.text
        for match in phrases.matches(text):
            brand = brands.search(text, match.end(), match.end() + _NEAR)
            if brand is None and key(match.group()) in ("generic", "generics"):
                brand = brands.search(text, max(0, match.start() - 30), match.start())
            if brand is None or _NAME.match(text, match.end()) or is_denied(text, match.start(), match.end()):
                continue
            instead = phrases.advice(match.group()) or "Name what it is, and who made it."
            message = f"“{match.group()}” and “{brand.group()}” in one sentence may say more than is true. {instead}"
            yield RULE.at(candidate, sentence, message, *match.span())
