"""Finding phrases in a sentence, whole words only, whatever their capitals, hyphens and apostrophes."""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from blog.models import Phrase


def pattern_of(words: Iterable[str]) -> re.Pattern[str] | None:
    """One pattern for many phrases, longest first; the plural of a phrase counts too. None for no phrase.

    One without a letter or digit is none: a lone hyphen would be found everywhere.
    """
    phrases = (" ".join(one.split()).casefold() for one in words if any(character.isalnum() for character in one))
    return _pattern(tuple(dict.fromkeys(phrases)))


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


def key(words: str) -> str:
    """A phrase as it compares: small letters, one kind of space and apostrophe."""
    return " ".join(re.split(r"[\s\u2010\u2011-]+", words.casefold().replace("’", "'"))).strip()


class Matcher:
    """Finds phrases of one kind in many sentences, and knows what to write instead."""

    def __init__(self, phrases: Sequence[Phrase]) -> None:
        self._pattern = pattern_of(phrase.words for phrase in phrases)
        self._advice = {key(phrase.words): phrase.advice for phrase in phrases}

    def matches(self, text: str) -> Iterator[re.Match[str]]:
        """Where any of the phrases stands in a text."""
        if self._pattern is not None:
            yield from self._pattern.finditer(text)

    def advice(self, found: str) -> str:
        """The advice of the phrase that was found, in whatever number; blank where it has none."""
        wanted = key(found)
        for ending in ("", "s", "es", "'s"):
            if wanted.endswith(ending) and (base := wanted[: len(wanted) - len(ending)]) in self._advice:
                return self._advice[base]
        return ""
