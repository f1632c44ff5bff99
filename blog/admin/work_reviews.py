"""The cards of the first page about medical reviews: due, ended, missing. For reviewers theirs, for publishers all.

Nobody is asked for them where nobody reviews.
"""

from collections.abc import Callable
from datetime import datetime

from django.contrib.auth.models import User
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from blog import publishing
from blog.clinic_time import full_date
from blog.models import MedicalReview, Publication

from .work_rows import SHOWN, Row, Section, Taken


def reviews_due(user: User, now: datetime, taken: Taken) -> Section | None:
    """Live articles whose review is due within 30 days or overdue, the most urgent first."""
    if not _concerns(user):
        return None
    today = timezone.localdate(now)
    rows = []
    for article in _new(_of(user, publishing.due(now), lambda one: Q(pk=one.review_id)), taken):
        is_late = article.due_on <= today
        sub = (
            "Overdue: the page no longer says who reviewed it"
            if is_late
            else "The page then stops saying who reviewed it"
        )
        row = _row(user, article, sub)
        row.end, row.is_late = f"{'Was due' if is_late else 'Due'} {full_date(article.due_on)}", is_late
        rows.append(row)
    return Section("reviews-due", "Medical reviews due", rows)


def review_again(user: User, now: datetime, taken: Taken) -> Section | None:
    """Live articles whose review was withdrawn, or ended because a record that they show changed; says which."""
    if not _concerns(user):
        return None
    listed = publishing.needs_review_again(now)
    rows = []
    for article in _new(_of(user, listed, lambda one: Q(post=one.post_id, digest=one.digest)), taken):
        withdrawn = article.withdrawn_at is not None
        sub = f"Review withdrawn: {article.withdrawn_because}" if withdrawn else article.lapsed_because
        rows.append(_row(user, article, sub))
    return Section("review-again", "Needs review again", rows)


def live_without_review(user: User, now: datetime, taken: Taken) -> Section | None:
    """Where a clinician must review: live health articles that nobody has signed; for those who publish."""
    if not publishing.may_release(user):
        return None
    found = _new(publishing.live_without_review(now), taken)
    rows = [_row(user, article, "Readers see it, and nobody has reviewed it") for article in found]
    return Section("without-review", "Live without a review", rows)


def _concerns(user: User) -> bool:
    return publishing.may_release(user) or publishing.may_decide_review(user)


def _of(user: User, articles: list[Publication], signature: Callable[[Publication], Q]) -> list[Publication]:
    """All for who may publish, without a query; for a reviewer those that stood under their own name, by one."""
    if publishing.may_release(user) or not articles:
        return articles
    mine = MedicalReview.objects.filter(Q(signed_by=user) | Q(reviewer__user=user))
    any_of = Q()
    for article in articles:
        any_of |= signature(article)
    posts = set(mine.filter(any_of).values_list("post_id", flat=True))
    return [article for article in articles if article.post_id in posts]


def _new(articles: list[Publication], taken: Taken) -> list[Publication]:
    found = [article for article in articles if article.post_id not in taken][:SHOWN]
    taken.update(article.post_id for article in found)
    return found


def _row(user: User, article: Publication, sub: str) -> Row:
    row = Row(article.title, reverse("admin:blog_post_change", args=[article.post_id]), sub)
    if publishing.may_edit(user, article.post):
        row.button, row.button_url = "Ask for a review…", reverse("admin:blog_post_submit", args=[article.post_id])
    return row
