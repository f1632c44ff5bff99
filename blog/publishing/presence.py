"""Who has which post open right now, so that two people talk before they both write.

A window gives a sign of life every ten seconds. Rows in the database carry it, so all processes know the same.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import F, OuterRef, QuerySet, Subquery

from blog.models import Presence, Revision

from .access import Actor, name_of, require_edit
from .drafts import NotThere, Seen

SHOWN_FOR = timedelta(seconds=30)
WRITING_FOR = timedelta(minutes=1)
KEPT_FOR = timedelta(hours=1)
COLUMNS = ("pk", "version", "window", "saved_at", "saved_by_id")
NAMES = ("first_name", "last_name", "username")
WINDOW_LENGTH = Presence._meta.get_field("window").max_length

# No database here counts further; it would not say that there is no such post, but break off.
LARGEST_KEY = 2**63 - 1
REMOVED = "This post was removed meanwhile. Your text stands here; save it as a new post."


@dataclass(frozen=True)
class Colleague:
    """Somebody else who has a post open: since when, and whether they wrote within the last minute."""

    name: str
    since: datetime
    is_writing: bool


@dataclass(frozen=True)
class Draft:
    """Words as the database has them, without the words: by whom and when, and which window wrote them."""

    pk: int
    version: int
    window: str
    saved_at: datetime
    saved_by_id: int | None
    saved_by: str


@dataclass(frozen=True)
class Around:
    """What a window is told: colleagues, the newest draft, and the person's own open words, wherever they wrote them.

    Each of the two is None where there is none.
    """

    colleagues: list[Colleague]
    newest: Draft | None
    own: Draft | None

    def unknown_to(self, actor: Actor, seen: Seen) -> Draft | None:
        """The words that a window of this person does not know; None where it knows the newest."""
        if self.own is not None:
            return None if seen.knows(self.own) else self.own
        if self.newest is None or seen.base_of(actor, self.newest) == self.newest.pk:
            return None
        return self.newest


@transaction.atomic
def beat(actor: Actor, post_id: int, window: str, now: datetime, *, arriving: bool = False) -> Around:
    """Note that a window has a post open, and tell it what is around: one write and one read.

    ``window`` is a random name that the page gave itself. ``arriving`` is for its first sign of life, which also
    removes what windows left behind that were never closed. Raises ``NotAllowed`` for whoever may not change the
    post, ``NotThere`` where it was removed.
    """
    if post_id > LARGEST_KEY:
        raise NotThere(REMOVED)
    if arriving:
        Presence.objects.filter(seen_at__lt=now - KEPT_FOR).delete()
    Presence.objects.bulk_create(
        [Presence(post_id=post_id, person_id=actor.pk, window=window[:WINDOW_LENGTH], opened_at=now, seen_at=now)],
        update_conflicts=True,
        unique_fields=["post", "person", "window"],
        update_fields=["seen_at"],
    )
    here = _shown(now).filter(post=post_id).select_related("person", "post__author")
    rows = list(here.defer("post__body").annotate(**_drafts(actor)))
    if not rows:
        raise NotThere(REMOVED)
    # Whatever row comes first: of the post, all say the same.
    require_edit(actor, rows[0].post)
    return Around(_colleagues(rows, actor, now), _draft(rows[0], "newest"), _draft(rows[0], "own"))


def leave(actor: Actor, post_id: int, window: str) -> None:
    """Note that a window was closed."""
    Presence.objects.filter(post=post_id, person=actor.pk, window=window[:WINDOW_LENGTH]).delete()


def open_elsewhere(actor: Actor, post_ids: Iterable[int], now: datetime) -> dict[int, list[Colleague]]:
    """The colleagues who have these posts open, by post; one read for all of them."""
    rows = defaultdict(list)
    for row in _shown(now).filter(post__in=list(post_ids)).exclude(person=actor.pk).select_related("person"):
        rows[row.post_id].append(row)
    return {post_id: _colleagues(of_post, actor, now) for post_id, of_post in rows.items()}


def _shown(now: datetime) -> QuerySet[Presence]:
    """Windows that were heard of a moment ago, those that were opened first in front."""
    writing = Revision.objects.filter(post=OuterRef("post"), saved_by=OuterRef("person"), sealed_at__isnull=True)
    return (
        Presence.objects.filter(seen_at__gte=now - SHOWN_FOR)
        .annotate(wrote_at=Subquery(writing.values("saved_at")[:1]))
        .order_by("opened_at", "pk")
    )


def _drafts(actor: Actor) -> dict[str, Subquery]:
    of_post = Revision.objects.filter(post=OuterRef("post")).order_by("-pk")
    newest = of_post.filter(sealed_at__isnull=False, set_aside=False)
    own = of_post.filter(sealed_at__isnull=True, saved_by=actor.pk)
    asked = {f"newest_{name}": newest.values(found=F(f"saved_by__{name}")) for name in NAMES}
    for name in COLUMNS:
        asked |= {f"newest_{name}": newest.values(found=F(name)), f"own_{name}": own.values(found=F(name))}
    return {name: Subquery(query[:1]) for name, query in asked.items()}


def _draft(row: Presence, which: str) -> Draft | None:
    columns = {name: getattr(row, f"{which}_{name}") for name in COLUMNS}
    if columns["pk"] is None:
        return None
    by = User(**{name: getattr(row, f"{which}_{name}", None) or "" for name in NAMES})
    return Draft(**columns, saved_by=name_of(by))


def _colleagues(rows: Iterable[Presence], actor: Actor, now: datetime) -> list[Colleague]:
    found: dict[int, Colleague] = {}
    for row in rows:
        if row.person_id != actor.pk and row.person_id not in found:
            is_writing = row.wrote_at is not None and row.wrote_at >= now - WRITING_FOR
            found[row.person_id] = Colleague(name_of(row.person), row.opened_at, is_writing)
    return list(found.values())
