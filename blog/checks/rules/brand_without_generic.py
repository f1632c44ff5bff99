"""A brand without the name of what is in it."""

import re
from collections.abc import Iterator

from blog.content.sentences import Kind
from blog.models import Drug

from ..candidate import Candidate
from ..finding import Finding, Severity
from ..matching import key, pattern_of
from ..rule import Rule

RULE = Rule(
    "brand_without_generic", Severity.WORTH_A_LOOK, "A brand appears without its generic name", "21 CFR 202.1(b)"
)

# A heading has no room for it; what counts is the first sentence that a reader reads.
_READ = frozenset({Kind.PARAGRAPH, Kind.ITEM, Kind.QUOTE, Kind.CELL})
_SUFFIX = re.compile(r"-[a-z]{4}$")


def find(candidate: Candidate) -> Iterator[Finding]:
    """The first mention in the text of each drug whose generic name stands neither there nor earlier in it."""
    drugs = {key(name): drug for drug in candidate.drugs for name in drug.names if key(name) != key(drug.generic_name)}
    pattern = pattern_of(drugs)
    if pattern is None:
        return
    said: set[str] = set()
    generics = {_plain(drug.generic_name) for drug in drugs.values()}
    for sentence in candidate.body:
        text = sentence.text.casefold()
        said |= {generic for generic in generics - said if generic in text}
        if sentence.kind not in _READ:
            continue
        for match in pattern.finditer(sentence.text):
            drug = _drug_of(match.group(), drugs)
            if drug is None or not drug.generic_name or _plain(drug.generic_name) in said:
                continue
            said.add(_plain(drug.generic_name))
            message = (
                f"“{match.group()}” appears without its generic name. "
                f"Write “{match.group()} ({drug.generic_name})” the first time."
            )
            yield RULE.at(candidate, sentence, message, *match.span())


def _plain(generic: str) -> str:
    return _SUFFIX.sub("", generic.casefold())


def _drug_of(found: str, drugs: dict[str, Drug]) -> Drug | None:
    words = key(found)
    return drugs.get(words) or drugs.get(words.removesuffix("'s")) or drugs.get(words.removesuffix("s"))
