"""Whether words in a sentence claim what they say: negations, questions, and words about words do not.

Rules of thumb, in the order of a reader's eye: what stands before the words in their own clause, what stands after
them, and what kind of sentence it is. Where they err, they err towards asking.
"""

import re
from collections.abc import Sequence

from .candidate import Sentence

# Only so much before and after the words is looked at, so that no text is slow.
_NEAR = 160

# Where the reach of a negation ends: a new clause, or the next item of a list of things that are not there.
_CLAUSE = re.compile(
    r"[;:–—()]|,|\s-\s|\b(?:(?<!anything )but|yet|because|although|though|instead|so)\b|"
    r"\b(?:and|or) (?:no|without|zero|it|it[’']s|its|we|our|you|your|they|he|she|there|this|that|these|those|the|i)\b",
    re.IGNORECASE,
)
# Where it ends too, unless the whole sentence is about nothing: «no treatment is safe and has no risk».
_NEXT_VERB = re.compile(
    r"\b(?:and|or) (?:is|are|was|has|have|had|will|can|gives?|offers?|makes?|leaves?|comes?|means?|works?)\b",
    re.IGNORECASE,
)
_ABOUT_NOTHING = re.compile(
    r"^\W*(?:(?:and|but|that|because|so|there (?:is|are)|there[’']s) )?"
    r"(?:no|nothing|none|nobody|neither|not every|not all|few)\b",
    re.IGNORECASE,
)
_FEW = re.compile(r"^\W*few\b", re.IGNORECASE)
# What is absent only under a condition, or is nothing that anybody promises: «until there is no pain», «take no risks».
_ABSENCE = re.compile(r"(?:no|without|zero)\b", re.IGNORECASE)
_CONDITION = re.compile(
    r"\b(?:if|when|until|once|unless|whether|as soon as|as long as|in case)\b|\b(?:take|takes|taking|run)\s+$",
    re.IGNORECASE,
)
# Somebody is told to find out: «ask whether results are guaranteed».
_TO_FIND_OUT = re.compile(
    r"\b(?:ask|asks|know|see|find out|check|learn|wonder)\s(?:\w+\s){0,2}(?:if|whether)\b", re.IGNORECASE
)
# Words between two commas, or brackets, that a reader skips.
_INSERTED = re.compile(
    r",\s(?:and|or|however|even|whatever|including|such as|like|not even|of course|as with)\b[^,.;:]{0,60},"
    r"|\([^()]{0,80}\)",
    re.IGNORECASE,
)
_NEGATION = re.compile(
    r"(?<!\w)(?:no|not|never|nothing|none|nobody|no one|neither|nor|cannot|without|hardly|rarely|seldom|unlikely|"
    r"impossible|far from|anything but|\w+n[’']t|lack of|instead of|rather than|less than)(?!\w)",
    re.IGNORECASE,
)
# They look like negations and are none.
_NO_NEGATION = re.compile(
    r"(?<!\w)(?:not only|not just|not merely|no doubt|no question|no wonder|without (?:a )?doubt|without question|"
    r"nothing but|(?:settle|go) for less than|no(?:body| one)(?: else)? (?:can )?(?:match|beat)\w*|"
    r"no other|nothing beats|(?:can[’']t|cannot) beat|(?:will not|won[’']t) (?:regret|believe)|"
    r"why not|no matter|no longer|if not|whether or not)(?!\w)",
    re.IGNORECASE,
)
# What takes the words back after they were said.
_AFTER = re.compile(
    r"^[\w\s’'\"“”%-]{0,60}?\b(?:(?:is|are|was|were|be)(?: simply| just| still)? "
    r"(?:not|never|impossible|unlikely|unrealistic|a myth|a fairy tale|too good|too small|rare|wishful)|"
    r"(?:is|are|do|does|did|can|could|will|would|has|have)n[’']t\b|cannot|can not|(?:do|does|did|can|could|will) not\b|"
    r"(?:has|have) (?:not|never)\b|can(?: ever)? be (?:ruled out|excluded)|"
    r"(?:do|does) not exist|is (?:always )?a (?:red flag|warning sign|lie))",
    re.IGNORECASE,
)
# A sentence about such words, or about those who use them.
_WARNS = re.compile(
    r"\b(?:beware|be wary|wary of|be careful (?:with|of)|careful with|suspicious|skeptical|sceptical|distrust|"
    r"(?:do not|don[’']t|never) (?:trust|believe)|red flags?|warning signs?|steer clear|walk away|run from|myths?|"
    r"wrong to (?:call|say|think)|too good to be true|promises too much|words? (?:like|such as)|"
    r"claims? (?:like|such as|of|that)|"
    r"(?:no|nobody|no one)\w* (?:can|could|should|may|will)?\s*(?:honestly |ever )?"
    r"(?:promise|guarantee|claim|say|tell))\b",
    re.IGNORECASE,
)
_WHO_PROMISES = re.compile(
    r"\b(?:anyone|anybody|someone|somebody|whoever|people|clinics?|spas?|ads?|adverts?|advertisements?|websites?|"
    r"sellers?|offers?|injectors?|providers?)\b[\w\s’']{0,30}?\b(?:promis|claim|advertis|sell|says?\b|boast)\w*|"
    r"\bif (?:a|an|any|some)\w*\b[\w\s’']{0,30}?\b(?:promis|guarantee|claim|advertis)\w*",
    re.IGNORECASE,
)
_FIRST_PERSON = re.compile(r"\b(?:we|our|us|here at)\b", re.IGNORECASE)
# Questions that sell: the answer is meant to be yes.
_SELLS = re.compile(
    r"^\W*(?:(?:do|would|did) you (?:want|like|need|dream)|(?:are you )?(?:looking|ready|searching|hoping)|want|need|"
    r"looking|ready|tired|why (?:not|settle|wait)|who (?:doesn[’']t|wouldn[’']t|would not|does not)|"
    r"what if (?:it|you|we|there)|imagine|how about)\b",
    re.IGNORECASE,
)
_SAYS_YES = re.compile(
    r"^\W*(?:yes|absolutely|definitely|certainly|of course|it is\b|they are\b|it does\b|sure)", re.IGNORECASE
)


def is_claimed(sentence: Sentence, start: int, end: int, following: Sentence | None = None) -> bool:
    """Whether a sentence says that the words from ``start`` to ``end`` are so. ``following`` is the next sentence."""
    return not (
        is_denied(sentence.text, start, end)
        or is_about_words(sentence.text[max(0, start - 2 * _NEAR) : end + 2 * _NEAR])
        or is_asked(sentence.text, following.text if following else "")
    )


def is_denied(text: str, start: int, end: int) -> bool:
    """Whether the words are negated in their clause, or taken back right after."""
    near = _NO_NEGATION.sub(_blank, text[max(0, start - _NEAR) : end])
    near = _INSERTED.sub(_blank, near)
    start_near = len(near) - (end - start)
    clause = near[_last_end(_CLAUSE, near, start_near) : start_near]
    if not _ABOUT_NOTHING.search(clause):
        clause = clause[_last_end(_NEXT_VERB, clause, len(clause)) :]
    if _NEGATION.search(clause) or _FEW.search(clause) or _TO_FIND_OUT.search(clause):
        return True
    if _ABSENCE.match(text, start) and _CONDITION.search(clause):
        return True
    return _AFTER.search(text[end : end + _NEAR]) is not None


def is_about_words(text: str) -> bool:
    """Whether a sentence warns of such words, or speaks of those who use them."""
    if _FIRST_PERSON.search(text) and not re.search(
        r"\b(?:we|our) (?:do not|don[’']t|never|cannot)\b", text, re.IGNORECASE
    ):
        return False
    return bool(_WARNS.search(text) or _WHO_PROMISES.search(text))


def is_asked(text: str, following: str) -> bool:
    """Whether a sentence asks, honestly: it does not sell, and the next sentence does not say yes."""
    if not text[-4:].rstrip("\"'”’)] ").endswith("?"):
        return False
    return not (_SELLS.match(text) or _SAYS_YES.match(following))


def next_of(sentences: Sequence[Sentence], place: int) -> Sentence | None:
    """The sentence that is read after the one at ``place``, in the same field."""
    after = sentences[place + 1] if place + 1 < len(sentences) else None
    return after if after is not None and after.field == sentences[place].field else None


def _blank(match: re.Match[str]) -> str:
    return " " * len(match.group())


def _last_end(pattern: re.Pattern[str], text: str, limit: int) -> int:
    """Where the last of these begins to count that begins before ``limit``: words themselves do, marks do not."""
    place = 0
    for match in pattern.finditer(text):
        if match.start() >= limit:
            break
        place = match.start() if match.group()[0].isalpha() else match.end()
    return place
