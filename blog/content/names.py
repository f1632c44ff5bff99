"""Finding names in text: brands and treatments, however a writer or a pasted text spells them.

Whole words, whatever their capitals and accents; singular, plural and possessive; with ® or ™ behind them, with
invisible characters inside them. «Botox-like» names Botox. The longest name counts: «Botox Cosmetic» is not «Botox».
What stands in an address (a link written out, an e-mail) names nothing.
"""

import re
import unicodedata
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)

_WORD = re.compile(r"[^\W_]+")
_MARKS = str.maketrans("", "", "®™℠©")
# Where one part of a text ends and the next begins, for telling addresses from words.
_BREAK = re.compile(r"([\s()\[\]{}<>\"“”«»,;—–|…]+)")
_HOST = re.compile(
    r"[\w-]+(?:\.[\w-]+)*\.(?:com|org|net|gov|edu|mil|info|biz|us|uk|ca|eu|co|io|app|health|clinic|shop|store)"
    r"(?:[/?#:].*)?",
    re.IGNORECASE,
)
_PATH = re.compile(r"/[\w-]+/")
# What may stand between the words of one name.
_WITHIN_A_NAME = {"", "-", "\N{HYPHEN}", "'", "’", "+", "&"}


@dataclass
class _Place(Generic[Key]):
    """How far names have been read that begin alike: the words that go on, and whose names end here, as given."""

    further: dict[str, "_Place[Key]"] = field(default_factory=dict)
    names: dict[Key, str] = field(default_factory=dict)


class Names(Generic[Key]):
    """A list of names to look for, each with the keys of what it names. Reading a text takes time linear in it."""

    def __init__(self, names: Mapping[Key, Iterable[str]]) -> None:
        self._start: _Place[Key] = _Place()
        for key, spellings in names.items():
            for name in spellings:
                *before, last = [match[0] for match in _WORD.finditer(_plain(name))] or [""]
                for ending in _numbers_of(last) if last else ():
                    place = self._start
                    for word in (*before, ending):
                        place = place.further.setdefault(word, _Place())
                    place.names.setdefault(key, name)

    def find(self, text: str) -> dict[Key, str]:
        """What a text names, in the order in which it does, each with the name, as it was given, that came first."""
        found: dict[Key, str] = {}
        plain = _plain("".join("\n" if _is_address(part) else part for part in _BREAK.split(text)))
        words = list(_WORD.finditer(plain))
        number = 0
        while number < len(words):
            end, names = self._longest(words, number, plain)
            for key, name in names.items():
                found.setdefault(key, name)
            number = max(end, number + 1)
        return found

    def _longest(self, words: list[re.Match[str]], first: int, plain: str) -> tuple[int, dict[Key, str]]:
        """The longest name that begins with this word: after which word it ends, and whose it is."""
        place, end, names = self._start, first, {}
        for number in range(first, len(words)):
            if (
                number > first
                and plain[words[number - 1].end() : words[number].start()].strip(" ") not in _WITHIN_A_NAME
            ):
                break
            place = place.further.get(words[number][0])
            if place is None:
                break
            if place.names:
                end, names = number + 1, place.names
        return end, names


def _plain(text: str) -> str:
    """Small letters without accents, marks and invisible characters; every line stays one."""
    text = text.translate(_MARKS)
    if not text.isascii():
        decomposed = unicodedata.normalize("NFKD", text)
        text = "".join(one for one in decomposed if unicodedata.category(one) not in ("Mn", "Cf"))
    return text.casefold().replace("\t", " ")


def _numbers_of(word: str) -> set[str]:
    """A word in the singular and the plural, whichever it is given in."""
    found = {word, f"{word}s", f"{word}es"}
    if word.endswith("y"):
        found.add(f"{word[:-1]}ies")
    if len(word) > 3 and word.endswith("s") and not word.endswith("ss"):
        found.add(word[:-1])
    return found


def _is_address(part: str) -> bool:
    core = part.strip(".!?:'’‘")
    whole = _PATH.match(core) or _HOST.fullmatch(core)
    return whole is not None or "://" in core or "@" in core or core.startswith("www.")
