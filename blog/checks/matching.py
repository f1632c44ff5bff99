"""Finding phrases in a sentence, whole words only, whatever their capitals, hyphens and apostrophes."""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from blog.models import Phrase


def pattern_of(words: Iterable[str]) -> re.Pattern[str] | None:
    """One pattern for many phrases, longest first; the plural of a phrase counts too. None for no phrase."""
    return _pattern(tuple(dict.fromkeys(" ".join(one.split()).casefold() for one in words if one.strip())))


@lru_cache(maxsize=64)
def _pattern(words: tuple[str, ...]) -> re.Pattern[str] | None:
    if not words:
        return None
    # A phrase of which another one is the beginning comes first, so that the whole is found.
    alternatives = "|".join(_flexible(one) for one in sorted(words, key=len, reverse=True))
    return re.compile(rf"(?<!\w)(?:{alternatives})(?:s|es|[’']s)?(?!\w)", re.IGNORECASE)


def _flexible(phrase: str) -> str:
    pieces = [re.sub("['’]", "['’]", re.escape(piece)) for piece in re.split(r"[\s-]+", phrase) if piece]
    return r"[\s\u2010\u2011-]+".join(pieces)


def advice_by_words(phrases: Sequence[Phrase]) -> dict[str, str]:
    """What to write instead, by the phrase as ``key`` gives it."""
    return {key(phrase.words): phrase.advice for phrase in phrases}


def key(words: str) -> str:
    """A phrase as it compares: small letters, one kind of space and apostrophe."""
    return " ".join(re.split(r"[\s\u2010\u2011-]+", words.casefold().replace("’", "'"))).strip()


def advice_for(found: str, advice: dict[str, str]) -> str:
    """The advice of the phrase that was found, in whatever number; blank where it has none."""
    wanted = key(found)
    for ending in ("", "s", "es", "'s"):
        if wanted.endswith(ending) and (base := wanted[: len(wanted) - len(ending)]) in advice:
            return advice[base]
    return ""


def matches(phrases: Sequence[Phrase], text: str) -> Iterator[re.Match[str]]:
    """Where any of these phrases stands in a text."""
    pattern = pattern_of(phrase.words for phrase in phrases)
    if pattern is not None:
        yield from pattern.finditer(text)
