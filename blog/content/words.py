"""Words as the search sees them: small letters, no accents, no endings, without the little words of every sentence.

Index and question are brought to the same terms here, before any database sees them, so that both databases find the
same, and what is marked on the page is what was found.
"""

import re
import threading
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterator
from functools import lru_cache

import snowballstemmer

# Databases refuse words of thousands of letters; no honest one is longer than this.
MAX_TERM_LENGTH = 40
# A line of fewer characters hardly says anything by itself.
_SENTENCE = 50
# How many characters of an article are looked at for the passage beside a result.
_READ = 20_000
# A word, with the soft hyphens and separate accents that may stand in it.
_WORD = re.compile("(?:[^\\W_][\u0300-\u036f\u00ad]*)+")
# The English list of the Snowball project, whose stemmer is used here too.
_LITTLE = frozenset(
    """i me my myself we our ours ourselves you your yours yourself yourselves he him his himself she her hers herself
    it its itself they them their theirs themselves what which who whom this that these those am is are was were be
    been being have has had having do does did doing a an the and but if or because as until while of at by for with
    about against between into through during before after above below to from up down in out on off over under again
    further then once here there when where why how all any both each few more most other some such no nor not only own
    same so than too very s t can will just don should now""".split()
)
# Kin that the stemmer leaves apart. After a change here: manage.py index_search.
_KIN = {"coverag": "cover", "treatment": "treat", "dosag": "dose", "swollen": "swell", "pregnanc": "pregnant"}
_stemmer = snowballstemmer.stemmer("english")
_one_at_a_time = threading.Lock()  # a stemmer works in place on one word


@lru_cache(maxsize=50_000)
def term(word: str) -> str:
    """The term of one word: «Coverage» and «covered» have the same. Empty for little words and for no word at all."""
    letters = unicodedata.normalize("NFKD", word).casefold()
    plain = "".join(letter for letter in letters if letter.isalnum())[:MAX_TERM_LENGTH]
    if plain in _LITTLE:
        return ""
    with _one_at_a_time:
        stem = _stemmer.stemWord(plain)
    return _KIN.get(stem, stem)


def spans(text: str) -> Iterator[tuple[int, int, str]]:
    """Every word of a text that has a term: where it begins and ends, and the term."""
    for match in _WORD.finditer(text):
        if found := term(match.group()):
            yield match.start(), match.end(), found


def terms(text: str) -> str:
    """The terms of a text in order, with spaces between: what an index holds of it."""
    return " ".join(found for _, _, found in spans(text))


def spellings(text: str) -> set[str]:
    """The words of a text as they are written, in small letters; of use to somebody who mistyped one."""
    return {text[start:end].replace("\u00ad", "").casefold() for start, end, _ in spans(text)}


def marked(text: str, wanted: Collection[str]) -> list[tuple[str, bool]]:
    """A text in pieces, each with whether it is a word with one of the ``wanted`` terms."""
    pieces, end = [], 0
    for start, stop, found in spans(text):
        if found in wanted:
            pieces += [(text[end:start], False), (text[start:stop], True)]
            end = stop
    return [piece for piece in [*pieces, (text[end:], False)] if piece[0]]


def passage(lines: Collection[str], wanted: Collection[str], limit: int) -> list[tuple[str, bool]]:
    """The line with the most different ``wanted`` terms, else the first one, in pieces like those of ``marked``.

    Only the first ``_READ`` characters are looked at, which keeps one long text from holding up the page. Of equals a
    whole sentence comes before the words of a heading or a table, then the first is taken. A line longer than
    ``limit`` characters is cut between words around its hits.
    """
    best, most, room = "", (-1, False), _READ
    for whole in lines:
        line = whole[:room]
        hits = len({found for _, _, found in spans(line)} & set(wanted))
        rank = (hits, hits > 0 and len(line) >= _SENTENCE)
        if rank > most:
            best, most = line, rank
        room -= len(line)
        if most == (len(set(wanted)), True) or room <= 0:
            break
    return marked(_cut(best, wanted, limit), wanted)


def _cut(text: str, wanted: Collection[str], limit: int) -> str:
    if len(text) <= limit:
        return text
    hits = [(start, found) for start, _, found in spans(text) if found in wanted]
    start = 0
    if hits:
        first, most, ahead = 0, 0, 0
        within: Counter[str] = Counter()
        for at, found in hits:
            while ahead < len(hits) and hits[ahead][0] < at + limit * 2 // 3:
                within[hits[ahead][1]] += 1
                ahead += 1
            if len(+within) > most:
                first, most = at, len(+within)
            within[found] -= 1
        start = max(0, min(first - limit // 4, len(text) - limit))
    if start:
        start = text.find(" ", start) + 1 or start
    end = start + limit
    if end < len(text):
        end = max(text.rfind(" ", start, end), start) or end
    before, after = "… " if start else "", " …" if end < len(text) else ""
    return f"{before}{text[start:end].strip()}{after}"
