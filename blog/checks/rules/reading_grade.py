"""Texts that are harder to read than they need be."""

from collections.abc import Iterator

from blog.content.reading_grade import grade_of
from blog.content.sentences import Kind
from blog.models import Phrase

from ..candidate import Candidate
from ..finding import Finding, Severity
from ..matching import pattern_of
from ..rule import Rule

RULE = Rule(
    "reading_grade", Severity.WORTH_A_LOOK, "Reading grade over 8 (aim for 6 to 8)", "AMA/NIH", health_only=True
)

HIGHEST = 8.0
# A table is looked up, not read; what stands in it would make the text look easier than it is.
_READ = frozenset({Kind.PARAGRAPH, Kind.HEADING, Kind.ITEM, Kind.QUOTE})


def find(candidate: Candidate) -> Iterator[Finding]:
    """One finding, at the sentence that is the hardest to follow."""
    read = [one for one in candidate.body if one.kind in _READ]
    names = [name for one in candidate.records for name in (*one.names, getattr(one, "generic_name", "")) if name]
    names += [phrase.words for phrase in candidate.words_of(Phrase.Kind.MEDICINE)]
    found = grade_of((one.text for one in read), pattern_of(names))
    if found is None or round(found.grade, 1) <= HIGHEST:
        return
    message = (
        f"The text reads at grade {found.grade:.1f}; aim for 6 to 8. Shorter sentences and everyday words help most. "
        "Begin with this sentence."
    )
    yield RULE.at(candidate, read[found.hardest], message)
