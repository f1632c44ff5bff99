"""Articles looked at without a database: text and facts in, findings out."""

from importlib import import_module

from cast import NOON

from blog.checks import Candidate, Finding, all_checks
from blog.checks.build import FIELDS, headings_of, sentences_of
from blog.content.blocks import arrange
from blog.content.foreign import foreign, odd_headings
from blog.content.sentences import parts
from blog.models import Phrase

_SHIPPED = import_module("blog.migrations.0015_phrases").PHRASES
SHIPPED = {
    kind: [
        Phrase(kind=kind, words=words, advice=advice)
        for advice, list_of_words in groups.items()
        for words in list_of_words
    ]
    for kind, groups in _SHIPPED.items()
}
RULES = {check.rule.name: check for check in all_checks()}


def candidate(body: str = "", *, key_points: tuple[str, ...] = (), **values) -> Candidate:
    """A candidate of a body and of facts by their names; what is not given is blank."""
    blocks = arrange(body)
    found = parts(blocks)
    texts = {name: values.get(name, "") for name in FIELDS}
    texts |= {"key_points": "\n".join(key_points), "body": "\n".join(part.text for part in found)}
    facts = {
        "post": 1,
        "kind": "health_information",
        "title": values.get("title", ""),
        "now": NOON,
        "goes_live": NOON,
        "texts": texts,
        "sentences": tuple(sentences_of(texts, found)),
        "headings": tuple(headings_of(found)),
        "foreign": tuple(foreign(body)),
        "odd_headings": tuple(odd_headings(body)),
        "phrases": SHIPPED,
        "has_text": bool(texts["body"]),
    }
    named = set(Candidate.__dataclass_fields__)
    return Candidate(**facts | {name: value for name, value in values.items() if name in named})


def found_by(rule: str, body: str = "", **values) -> list[Finding]:
    """What one rule finds."""
    return list(RULES[rule].find(candidate(body, **values)))


def quotes(rule: str, body: str = "", **values) -> list[str]:
    """The words that one rule quotes, in order."""
    return [finding.quote for finding in found_by(rule, body, **values)]
