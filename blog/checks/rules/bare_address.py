"""Web addresses where words should stand."""

import re
from collections.abc import Iterator

from ..candidate import Candidate
from ..finding import Finding, Severity
from ..rule import Rule

RULE = Rule("bare_address", Severity.WORTH_A_LOOK, "A web address stands in the text", "WCAG 2.4.4")

_ADDRESS = re.compile(r"(?<![\w@/.])(?:https?://|www\.)[^\s<>“”\"()]{3,300}", re.IGNORECASE)
# Without either, only with a path: «HealthCare.gov» is how that site is called.
_WITH_PATH = re.compile(r"[a-z0-9-]+(?:\.[a-z0-9-]+)+/\S+", re.IGNORECASE)


def find(candidate: Candidate) -> Iterator[Finding]:
    """Addresses in the text, linked or not. Those of videos become cards that name the site, and are left alone."""
    linked = {link.words for link in candidate.links if _WITH_PATH.fullmatch(link.words)}
    for sentence in candidate.body:
        for match in _ADDRESS.finditer(sentence.text):
            words = match.group().rstrip(".,;:!?")
            message = f"“{_short(words)}” is a bare web address. Write where it leads, and make those words the link."
            yield RULE.at(candidate, sentence, message, match.start(), match.start() + len(words))
        for words in linked:
            if not _ADDRESS.match(words) and (start := sentence.text.find(words)) >= 0:
                message = (
                    f"“{_short(words)}” is a bare web address. Write where it leads, and make those words the link."
                )
                yield RULE.at(candidate, sentence, message, start, start + len(words))


def _short(address: str) -> str:
    return address if len(address) <= 60 else f"{address[:59]}…"
