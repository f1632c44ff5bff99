"""How hard a text is to read: the grade of a U.S. school that follows it, after Flesch and Kincaid (1975).

Syllables are counted from letters, by groups of vowels and what is known to deviate, as readability programs without a
dictionary do it. For a grade over hundreds of words that is close enough; ``tests/content`` measures how close.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

# Fewer words say nothing about how a text reads.
ENOUGH_WORDS = 100
# A sentence that may be named as the hardest: long words in a short one can seldom be helped.
LONG = 12

_WORD = re.compile(r"[^\W_]+(?:[’'.-][^\W_]+)*")
_PIECE = re.compile(r"[a-zà-öø-ÿ]+")
_VOWELS = re.compile(r"[aeiouyà-öø-ÿ]+")
# Written and not spoken at the end: use, uses, used; but needed, treated, faces, little.
_SILENT = re.compile(
    r"(?<![aeiouy])(?<![^aeiouy]l)e$|(?<![aeiouytdh])(?<![^aeiouy]l)(?<![cgszxj])es$|(?<![aeiouytd])ed$"
    r"|(?<=[gq])ue(?=s?$)"
)
# And inside: safely, careful, lifetime, something.
_SILENT_INSIDE = re.compile(
    r"(?<=[aeiou][^aeioulwxy])e(?=(?:ly|ty|ful|fully|less|lessly|ment|ments|ness|times?|things?|where|body|lines?|dness)$)"
)
# Side by side and spoken apart: trial, science, period, video, fluid, area, react, usual, going.
_APART = re.compile(
    r"(?<=[^tcsg])ia|(?<=[^tcsgxn])io(?!u)|(?<=[^tcs])ie(?=t|nt|nc|ns|r$)|iu(?=m)|eo(?!n|us|ple)|(?<=[^gq])ua(?=l|t)|"
    r"(?<=[^gq])uo|(?<=[^gqb])ui(?=t[iy]|d)|(?<=[^gq])ue(?=nc|nt|l)|(?<=cr)ea|(?<=r)ea(?=c|l[^l]|l$)(?<!rea(?=d))|(?<=ar|id)ea|(?<=nucl|.lin)ea|"
    r"(?<=[aeiouy])ing|(?<=[iouy])er(?=s?$)|oe(?=t|m)|(?<=thr)|yi|(?<=[rv])iou|(?<=sc|oc)ie|(?<=mus)eu"
)


@dataclass(frozen=True)
class Grade:
    """The grade, and the sentence that is the hardest to follow (its place among those that were given)."""

    grade: float
    hardest: int


@lru_cache(maxsize=20_000)
def syllables(word: str) -> int:
    """How many syllables an English word has, by its letters."""
    count = 0
    for piece in _PIECE.findall(word.lower().replace("’s", "").replace("'s", "").replace("’", "").replace("'", "")):
        spoken = _SILENT_INSIDE.sub("", _SILENT.sub("", piece))
        count += max(1, len(_VOWELS.findall(spoken)) + len(_APART.findall(spoken)) + (piece.endswith(("ism", "isms"))))
    return max(1, count)


def grade_of(sentences: Iterable[str], names: re.Pattern[str] | None = None) -> Grade | None:
    """The grade of a text given as its sentences (a heading or an item of a list is one); None below ENOUGH_WORDS.

    What matches ``names`` counts as one easy word, and so does every word with a capital inside a sentence: a reader of
    any grade takes a name as a name, and the text cannot choose another one.
    """
    words = sounds = count = 0
    hardest, most, place = 0, -1.0, -1
    for place, text in enumerate(sentences):
        plain = names.sub(" x ", text) if names is not None else text
        here = _WORD.findall(plain)
        if not here:
            continue
        heard = sum(1 if _is_name(word, number) else syllables(word) for number, word in enumerate(here))
        words, sounds, count = words + len(here), sounds + heard, count + 1
        rank = 0.39 * len(here) + 11.8 * heard / len(here)
        if rank > most and len(here) >= LONG:
            hardest, most = place, rank
    if words < ENOUGH_WORDS:
        return None
    return Grade(0.39 * words / count + 11.8 * sounds / words - 15.59, hardest)


def _is_name(word: str, number: int) -> bool:
    return word[:1].isupper() if number > 0 else any(letter.isupper() for letter in word[1:])
