"""What a clinician signs, as one number: equal exactly where nothing that was read has changed."""

import hashlib
import json
from collections.abc import Iterable, Sequence

from blog.models import ArticleFields, Publication, SafetyRecord
from blog.safety_notes import Attached, attached, keys
from blog.sources import shown_sources


def digest_of(
    article: ArticleFields,
    notes: Attached | None = None,
    sources: Sequence[dict[str, object]] | None = None,
) -> str:
    """The SHA-256 of everything that a reviewer reads: 64 hexadecimal digits.

    Title, subtitle, key points, text, pictures with their descriptions and captions, sources, drugs and procedures.
    The day on which a source was seen is no part of it. ``notes`` and ``sources`` are given by callers that have them.
    """
    notes = attached(article) if notes is None else notes
    sources = shown_sources(article) if sources is None else sources
    return digest_of_shown(article, keys(notes.drugs), keys(notes.procedures), sources)


def digest_on_page(
    article: ArticleFields,
    notes: Attached | None = None,
    sources: Sequence[dict[str, object]] | None = None,
) -> str:
    """The number by which a page names its signature: of a publication the one that it went live with."""
    kept = article.digest if isinstance(article, Publication) else ""
    return kept or digest_of(article, notes, sources)


def digest_of_shown(
    article: ArticleFields, drugs: list[int], procedures: list[int], sources: Sequence[dict[str, object]]
) -> str:
    """The same over what a publication froze: the keys of its drugs and procedures, and its sources."""
    named_set = {
        "title": article.title,
        "subtitle": article.subtitle,
        "key_points": article.key_points,
        "body": article.body,
        "hero": [article.hero_image_id, article.hero_alt, article.hero_is_decorative, article.hero_caption],
        "sources": [[source["title"], source["publisher"], source["url"]] for source in sources],
        "drugs": sorted(drugs),
        "procedures": sorted(procedures),
    }
    return hashlib.sha256(json.dumps(named_set, sort_keys=True).encode()).hexdigest()


def digest_of_shared(records: Iterable[SafetyRecord], disclaimer: str) -> str:
    """The SHA-256 of what a reviewer reads beside the article, in words that it shares with others.

    Another one exactly where a change of it would end a signature.
    """
    words = {
        f"{record._meta.model_name}-{record.pk}": {name: getattr(record, name) for name in sorted(record.SIGNED_WORDS)}
        for record in records
    }
    return hashlib.sha256(json.dumps([words, disclaimer], sort_keys=True).encode()).hexdigest()
