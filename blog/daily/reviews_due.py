"""Mails about medical reviews that are due again."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from blog import outbox, publishing
from blog.clinic_time import full_date
from blog.models import MedicalReview

LONGEST_TITLE = 120


@dataclass(frozen=True)
class Article:
    """A line of the mail."""

    post_id: int
    title: str
    reviewer: str
    due_on: str


def step(now: datetime) -> str:
    """Tell reviewers, and those who may publish, of reviews that are due today or within 30 days: each once.

    After days on which this did not run, only what still makes sense: what is due already is not announced as due soon.
    """
    if not settings.EMAIL_CONFIGURED:
        return "E-mail is not set up here, so nobody is told by mail; the work list shows what is due."
    with transaction.atomic():
        told = _tell(now)
    if not told:
        return "Nobody had to be told of a review that is due."
    return f"{'1 review that is due was' if told == 1 else f'{told} reviews that are due were'} told by mail."


def _tell(now: datetime) -> int:
    today = timezone.localdate(now)
    keys = [article.review_id for article in publishing.due(now, all_of_them=True)]
    waiting = list(MedicalReview.objects.filter(pk__in=keys).select_related("reviewer", "revision").order_by("due_on"))
    due = [one for one in waiting if one.due_on <= today and one.reminded_due_at is None]
    soon = [one for one in waiting if one.due_on > today and one.reminded_before_at is None]
    if not (due or soon):
        return 0
    publishers = _publishers()
    told: set[int] = set()
    reviewers = User.objects.filter(
        author__in={one.reviewer_id for one in (*due, *soon)}, is_active=True, is_staff=True
    )
    for user in {user.pk: user for user in (*publishers, *reviewers)}.values():
        may_ask = publishing.may_release(user)
        own_due, own_soon = ([one for one in kind if may_ask or _is_theirs(one, user)] for kind in (due, soon))
        mine = [*own_due, *own_soon]
        about = {"due": _lines(own_due), "soon": _lines(own_soon), "may_ask": may_ask}
        if mine and outbox.put([user], _subject(mine), "review_due.txt", now=now, **about):
            told |= {one.pk for one in mine}
    MedicalReview.objects.filter(pk__in=told & {one.pk for one in due}).update(reminded_due_at=now)
    MedicalReview.objects.filter(pk__in=told & {one.pk for one in soon}).update(reminded_before_at=now)
    return len(told)


def _is_theirs(signature: MedicalReview, user: User) -> bool:
    return user.pk in (signature.signed_by_id, signature.reviewer.user_id)


def _publishers() -> Iterable[User]:
    may = User.objects.with_perm("blog.release_post", backend="django.contrib.auth.backends.ModelBackend")
    return may.filter(is_staff=True).distinct()


def _subject(signatures: list[MedicalReview]) -> str:
    """With a title: of two unsent mails under one subject the outbox keeps the newer one."""
    title = signatures[0].revision.title[:LONGEST_TITLE]
    more = len(signatures) - 1
    return f"Medical review due: “{title}”" + (f" and {more} more" if more else "")


def _lines(signatures: list[MedicalReview]) -> list[Article]:
    return [
        Article(one.post_id, one.revision.title[:LONGEST_TITLE], one.reviewer.byline, full_date(one.due_on))
        for one in signatures
    ]
