"""Where posts stand, in the words of lists."""

from datetime import datetime, timedelta

from django.contrib.auth.models import AbstractBaseUser
from django.db.models import Expression, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from blog.clinic_time import day, spoken
from blog.models import FAR_FUTURE, Author, Post, Publication


def is_mine(user: AbstractBaseUser) -> Q:
    """The condition for a person's posts: started by them, or under their name."""
    return Q(created_by=user) | Q(author__in=Author.objects.filter(user=user))


def posts_of(user: AbstractBaseUser) -> QuerySet[Post]:
    """A person's posts."""
    return Post.objects.filter(is_mine(user))


def with_standing(keys: list[int], now: datetime, **also: Expression) -> list[Post]:
    """The posts with these keys, in this order, each with its author, main photo and where it stands. One query.

    Beside the annotations of ``with_staff_word``: ``shown_date`` (the last date readers saw on it),
    ``leaves_at`` (when it leaves the site, if that is set), ``scheduled_revision_id``, and ``seen_at`` (``now``);
    and what ``also`` asks for.
    """
    publications = Publication.objects.filter(post=OuterRef("pk")).order_by("-live_from")
    found = (
        Post.objects.filter(pk__in=keys)
        .with_staff_word(now)
        .annotate(
            shown_date=Subquery(publications.filter(live_from__lte=now).values("published_at")[:1]),
            last_end=Subquery(publications.values("live_until")[:1]),
            scheduled_revision_id=Subquery(publications.filter(live_from__gt=now).values("revision_id")[:1]),
            **also,
        )
        .select_related("author", "hero_image")
        .defer("body", "key_points", "related_posts")
        .in_bulk()
    )
    posts = [found[key] for key in keys if key in found]
    for post in posts:
        post.seen_at = now
        post.leaves_at = post.last_end if post.last_end and now < post.last_end < FAR_FUTURE else None
    return posts


def standing(post: Post, now: datetime) -> Post:
    """One post as ``with_standing`` gives it."""
    return with_standing([post.pk], now)[0]


def has_unpublished_changes(post: Post) -> bool:
    """Whether readers see another text than the newest draft."""
    return post.live_revision_id is not None and post.live_revision_id != post.newest_revision_id


def notes_on(post: Post) -> list[str]:
    """What is unusual about where a post from ``with_standing`` stands, as short sentences for a list."""
    notes = []
    now = post.seen_at
    if post.live_since and post.scheduled_for:
        notes.append(f"Until then readers see the text of {since(post.live_since, now, zone=False)}")
    elif has_unpublished_changes(post):
        notes.append(f"Readers still see the text of {since(post.live_since, now, zone=False)}")
    if post.scheduled_for and post.scheduled_revision_id != post.newest_revision_id:
        notes.append("The draft has changed since it was scheduled")
    if post.leaves_at:
        notes.append(f"Leaves the site {spoken_on(post.leaves_at, now)}")
    if post.trashed_at:
        notes.append(f"In the trash since {since(post.trashed_at, now, zone=False)}")
    return notes


def since(moment: datetime, now: datetime, *, zone: bool = True) -> str:
    """A moment that is over, after «since» or «of»: with its time in the last 7 days, then as a day, «June 2»."""
    is_near = timezone.localdate(now) - timezone.localdate(moment) < timedelta(days=7)
    return spoken(moment, now, zone=zone) if is_near else day(moment, now)


def spoken_on(moment: datetime, now: datetime, *, zone: bool = True) -> str:
    """A moment after a verb: «today 3:00 pm, …», «on Tuesday 9:00 am, …»."""
    words = spoken(moment, now, zone=zone)
    return words if words.startswith("today") else f"on {words}"


def what_lies_ahead(now: datetime) -> QuerySet[Publication]:
    """Publications that go live at a set time, or that readers see until one. A post can have two."""
    leaves = Q(live_until__gt=now, live_until__lt=FAR_FUTURE)
    return Publication.objects.filter(Q(live_from__gt=now) | leaves).order_by()
