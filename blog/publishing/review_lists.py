"""What needs a clinician's look again, for the list of work. Each asks once or twice, at any number of posts."""

from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from blog.models import MedicalReview, Practice, Publication, Review
from blog.models.medical_review import MedicalReviewQuerySet

AHEAD = timedelta(days=30)
LONGEST = 50
_Policy = Practice.ReviewPolicy


def due(now: datetime, *, all_of_them: bool = False) -> list[Publication]:
    """Live articles whose review is due within 30 days, or overdue; the most urgent first, as many as a page shows.

    With ``all_of_them`` every one. Each has ``due_on``, and ``review_id``, the signature under its words. None where
    nobody reviews. One query.
    """
    latest = _under(MedicalReview.objects.standing()).order_by("-due_on", "-pk")
    day = timezone.localdate(now) + AHEAD
    # Beginning with the few signatures, so that the other articles are not looked at.
    concerned = MedicalReview.objects.standing().filter(due_on__lte=day).order_by().values("post")
    found = _live(now, _Policy.MAY, _Policy.MUST).filter(post__in=concerned)
    found = found.annotate(due_on=Subquery(latest.values("due_on")[:1]), review_id=Subquery(latest.values("pk")[:1]))
    soon = found.filter(due_on__lte=day)
    return list(soon.order_by("due_on", "pk")[: None if all_of_them else LONGEST])


def needs_review_again(now: datetime) -> list[Publication]:
    """Live articles whose signature was withdrawn, or ended by a changed record, and that nobody signed since.

    Without those about which a reviewer is asked already, the longest wait first. Each has ``ended_at``, and
    ``lapsed_because`` or ``withdrawn_because``. None where nobody reviews. One query.
    """
    ended = MedicalReview.objects.filter(Q(withdrawn_at__isnull=False) | Q(lapsed_at__isnull=False))
    last = ended.filter(post=OuterRef("post"), digest=OuterRef("digest")).order_by("-pk")
    asked = Review.objects.filter(revision=OuterRef("revision"), outcome=Review.Outcome.WAITING).order_by()
    found = (
        _live(now, _Policy.MAY, _Policy.MUST)
        .filter(Exists(last), post__in=ended.order_by().values("post"))
        .filter(~Exists(_under(MedicalReview.objects.standing())), ~Exists(asked))
        .annotate(
            withdrawn_at=Subquery(last.values("withdrawn_at")[:1]),
            withdrawn_because=Subquery(last.values("withdrawn_because")[:1]),
            lapsed_at=Subquery(last.values("lapsed_at")[:1]),
            lapsed_because=Subquery(last.values("lapsed_because")[:1]),
        )
    )
    listed = list(found[:LONGEST])
    for publication in listed:
        publication.ended_at = publication.withdrawn_at or publication.lapsed_at
    return sorted(listed, key=lambda one: (one.ended_at, one.pk))


def live_without_review(now: datetime) -> list[Publication]:
    """Live health articles that nobody has signed, where a clinician must: from before that rule, or signed no more.

    Overdue ones are in ``due``. One query where the practice has no such rule, else two.
    """
    if not Practice.objects.filter(review_policy=_Policy.MUST).exists():
        return []
    found = _live(now, _Policy.MUST).filter(~Exists(_under(MedicalReview.objects.standing())))
    return list(found.order_by("live_from", "pk")[:LONGEST])


def _live(now: datetime, *policies: str) -> QuerySet[Publication]:
    health = Publication.objects.live(now).filter(kind=Publication.Kind.HEALTH_INFORMATION, post__is_sample=False)
    says = Practice.objects.filter(review_policy__in=policies)
    return health.filter(Exists(says)).select_related("post", "author").defer("body", "post__body").order_by("pk")


def _under(signatures: MedicalReviewQuerySet) -> MedicalReviewQuerySet:
    return signatures.under(OuterRef("post"), OuterRef("digest"), OuterRef("author")).order_by()
