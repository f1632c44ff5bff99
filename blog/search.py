"""Readers' search: what a question finds, and what was probably meant by it.

The databases find and rank. Whether an article is live is asked of ``now``, as on every page, so nothing has to happen
at the minute at which one appears or leaves. ``blog.search_index`` writes what is looked in.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from rapidfuzz import process
from rapidfuzz.distance import OSA

from blog import reading
from blog.content import words
from blog.content.plain import tidy_line
from blog.models import Publication, SearchEntry
from blog.models.search_entry import MAX_FOUND

MAX_QUERY_LENGTH = 200
MAX_WORDS = 8
PASSAGE_LENGTH = 220
# From how many articles, the latest, other spellings are learnt: more of them hardly know other words.
MAX_LEARNT = 1000
# With as few results as this, another spelling is offered where it finds more.
FEW = 2

Pieces = list[tuple[str, bool]]


@dataclass(frozen=True)
class Result:
    """An article that was found: its title and a passage, in pieces that say whether to mark them."""

    article: Publication
    title: Pieces
    passage: Pieces


@dataclass(frozen=True)
class Answer:
    """What a question found. ``query`` is the question in one line, as the page shows it.

    ``corrected`` is the spelling whose results are shown because the one typed found nothing; ``suggestion`` another
    spelling that finds more. ``loose`` says that no article has all the words, so those with some of them are shown.
    ``is_capped`` says that there may be more than what was looked at. ``page`` is None where there is no page of that
    number.
    """

    query: str
    page: Page | None
    results: Sequence[Result] = ()
    corrected: str = ""
    suggestion: str = ""
    loose: bool = False
    is_capped: bool = False


@dataclass(frozen=True)
class Vocabulary:
    """The words of live titles and of what stands around the texts.

    ``spellings`` says in how many articles each word is, ``terms`` holds the terms of them all.
    """

    spellings: Mapping[str, int]
    terms: frozenset[str]


def search(query: str, now: datetime, page_number: str | None = None) -> Answer:
    """Answer a reader's question, whatever was typed, from what is live at ``now``. Never raises for any text."""
    asked = tidy_line(query[: 2 * MAX_QUERY_LENGTH])[:MAX_QUERY_LENGTH].strip()
    terms = _terms(asked)
    found, corrected, suggestion, loose = _find(terms, now), "", "", False
    if terms and found.count <= FEW:
        other = _respelled(asked, terms, found.count == 0, now)
        meant = _terms(other)
        others = _find(meant, now)
        if found.count == 0 < others.count:
            found, terms, corrected = others, meant, other
        elif found.count < others.count:
            suggestion = other
        elif found.count == 0 and len(terms) > 1:
            terms = list(dict.fromkeys(terms + meant))
            found = _find(terms, now, any_term=True)
            loose = found.count > 0
    page = reading.page_of(found, page_number)
    return Answer(asked, page, _results(page, terms), corrected, suggestion, loose, found.count >= MAX_FOUND)


def _terms(query: str) -> list[str]:
    return list(dict.fromkeys(words.terms(query).split()))[:MAX_WORDS]


def _find(terms: Sequence[str], now: datetime, *, any_term: bool = False) -> "Paginator[int]":
    entries = SearchEntry.objects
    found = entries.live(now).matching(terms, any_term=any_term) if terms else entries.none()
    # Ranking costs the same for one page as for all, and there are no more than ``MAX_FOUND``: so it is done once.
    return Paginator(list(found.values_list("pk", flat=True)), reading.POSTS_PER_PAGE)


def _results(page: Page | None, terms: Sequence[str]) -> list[Result]:
    # Ranked by their keys alone, and read whole only for one page.
    keys = list(page or ())
    entries = {entry.pk: entry for entry in _readable(keys)} if keys else {}
    # One that was taken off between the two questions is left out.
    return [_result(entries[key], frozenset(terms)) for key in keys if key in entries]


def _readable(keys: Sequence[int]) -> QuerySet[SearchEntry]:
    article = ("title", "slug", "excerpt", "subtitle", "published_at", "author", "topic")
    names = ("author__name", "author__slug", "topic__name", "topic__slug")
    return (
        SearchEntry.objects.filter(pk__in=keys)
        .select_related("publication__author", "publication__topic")
        .only("text", *(f"publication__{name}" for name in article + names))
    )


def _result(entry: SearchEntry, terms: frozenset[str]) -> Result:
    article = entry.publication
    lines = [line for line in (article.excerpt, article.subtitle, *entry.text.splitlines()) if line]
    return Result(article, words.marked(article.title, terms), words.passage(lines, terms, PASSAGE_LENGTH))


def _respelled(query: str, terms: Sequence[str], nothing_found: bool, now: datetime) -> str:
    """The question with known words for those that look mistyped; empty where none does."""
    known = vocabulary(now)
    doubtful = {term for term in terms if term not in known.terms}
    if nothing_found and len(terms) > 1:
        doubtful = {term for term in doubtful if not _find([term], now).count}
    pieces = words.marked(query, doubtful)
    meant = {piece: _nearest(piece, known) or piece for piece, is_doubtful in pieces if is_doubtful}
    other = "".join(meant[piece] if is_doubtful else piece for piece, is_doubtful in pieces)
    return other if other != query else ""


def _nearest(word: str, known: Vocabulary) -> str:
    """The known word that the fewest slips turn into ``word``, of equals the commonest; empty where none is near."""
    if len(word) < 4:
        return ""
    slips = 1 if len(word) < 7 else 2
    near = process.extract(word.casefold(), known.spellings.keys(), scorer=OSA.distance, score_cutoff=slips, limit=None)
    return min(near, key=lambda found: (found[1], -known.spellings[found[0]], found[0]), default=("",))[0]


def vocabulary(now: datetime) -> Vocabulary:
    """The words to correct a question with: of the latest articles that are live at ``now``; kept in the process."""
    return reading.kept("vocabulary", now, lambda: _read_vocabulary(now))


def _read_vocabulary(now: datetime) -> Vocabulary:
    counts: Counter[str] = Counter()
    latest = SearchEntry.objects.live(now).order_by("-pk").values_list("spellings", flat=True)
    for line in latest[:MAX_LEARNT].iterator():
        counts.update(line.split())
    return Vocabulary(counts, frozenset(words.term(word) for word in counts))
