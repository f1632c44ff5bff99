"""Claims to be the best."""

import re
from collections.abc import Iterator

from blog.models import Phrase

from ..candidate import Candidate
from ..claims import is_claimed, next_of
from ..finding import Finding, Severity
from ..matching import Matcher, key
from ..rule import Rule

RULE = Rule("superlative", Severity.WORTH_A_LOOK, "A claim to be the best", "BPC 651; Tex. Occ. 102.004")

# Where these words are advice, not praise of oneself: what may follow them, and what may stand before.
_FOLLOWED = {
    "best": re.compile(
        r"^[\s-]+(?:time|day|week|month|season|hour|moment|age|way|ways|if|when|to|for|by|done|described|known|"
        r"practices?|interests?|used|seen|kept|candidates?|not|before|after|friends?|avoided|guess|of luck|bet|"
        r"place to|thing to|answer|questions?|person to|evidence|available evidence|not to|left|"
        r"(?:\w+ )?(?:option|choice|fit|plan|treatment|result|results|product|dose|one|drug|approach|clinic)s?"
        r"(?: \w+)? (?:for (?:you|your|them|each|this|that|the)|depends?|is (?:the one|up to)|may|if|"
        r"when|comes?))\b",
        re.IGNORECASE,
    ),
    "leading": re.compile(
        r"^\s+(?:causes?|to|up|into|from|down|away|off|reasons?|role|questions?|killers?|edge)\b", re.I
    ),
    "safest": re.compile(
        r"^\s+(?:to|if|when|not|way|ways|choice|option|course|bet|thing|place|time|answer|plan|by|for|with)\b", re.I
    ),
    "number one": re.compile(r"^\s+(?:reason|cause|question|concern|rule|tip|complaint|request|mistake|is)\b", re.I),
}
_BEFORE = {
    "best": re.compile(
        r"(?:\b(?:it is|it[’']s|is|are|was|do|does|did|at|your|his|her|my|their|its|as|looks?|feels?|heals?|works?|"
        r"sleeps?|"
        r"goes|do our|do your|tried (?:our|your|my)|try (?:our|your)|like|liked|fits?|suits?|know|knows|next|second|"
        r"what|which|how|see|shows?|whatever)\s+)$",
        re.IGNORECASE,
    ),
    "#1": re.compile(r"\b(?:question|step|tip|rule|reason|day|number|mistake|phase|visit|myth|option|case)\s*$", re.I),
    "safest": re.compile(r"\b(?:it is|it[’']s|is|feels?|what|which)\s+$", re.I),
}
_FOLLOWED["#1"] = _FOLLOWED["number one"]
_FOLLOWED["no. 1"], _BEFORE["no. 1"], _BEFORE["number one"] = _FOLLOWED["number one"], _BEFORE["#1"], _BEFORE["#1"]

_FOR_RESULTS = re.compile(r"\bfor (?:the )?best (?:possible )?results?\b", re.IGNORECASE)


def find(candidate: Candidate) -> Iterator[Finding]:
    """Superlatives that praise, of the clinic or of what it does; advice such as «the best time to call» stands."""
    phrases = Matcher(candidate.words_of(Phrase.Kind.SUPERLATIVE))
    for place, sentence in enumerate(candidate.sentences):
        for match in phrases.matches(sentence.text):
            words = key(match.group())
            if _is_advice(words, sentence.text, match.start(), match.end()):
                continue
            if is_claimed(sentence, match.start(), match.end(), next_of(candidate.sentences, place)):
                instead = phrases.advice(words) or "Say what can be shown."
                message = f"“{match.group()}”{sentence.place} is a claim that is hard to prove. {instead}"
                yield RULE.at(candidate, sentence, message, *match.span())


def _is_advice(words: str, text: str, start: int, end: int) -> bool:
    if words == "best" and _FOR_RESULTS.search(text, max(0, start - 10), end + 20):
        return True
    after, before = _FOLLOWED.get(words), _BEFORE.get(words)
    if after is not None and after.search(text[end : end + 100]):
        return True
    return before is not None and before.search(text[max(0, start - 40) : start]) is not None
