"""A clinician's name under exact words."""

from datetime import date, datetime

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from .public_record import PublicQuerySet, PublicRecord


class MedicalReviewQuerySet(PublicQuerySet):
    """Which signatures still stand."""

    def standing(self) -> "MedicalReviewQuerySet":
        """Those that nobody withdrew and no change of a shared record undid; overdue ones too."""
        return self.filter(withdrawn_at__isnull=True, lapsed_at__isnull=True)

    def in_force(self, day: date) -> "MedicalReviewQuerySet":
        """Those that a page may name on a day of the clinic: standing, and due only after it."""
        return self.standing().filter(due_on__gt=day, reviewed_on__lte=day)

    def in_force_at(self, moment: datetime, day: date) -> "MedicalReviewQuerySet":
        """Those that a page could name at a moment on a day of the clinic, whatever became of them afterwards."""
        stood = (Q(withdrawn_at__isnull=True) | Q(withdrawn_at__gt=moment)) & (
            Q(lapsed_at__isnull=True) | Q(lapsed_at__gt=moment)
        )
        return self.filter(stood, signed_at__lte=moment, due_on__gt=day, reviewed_on__lte=day)

    def under(self, post: object, digest: object, author: object) -> "MedicalReviewQuerySet":
        """Those under exactly these words, by somebody who has credentials and did not write them.

        The three are values, or ``OuterRef`` to the columns of a publication or a revision.
        """
        same = self.filter(post=post, digest=digest).exclude(digest="")
        return same.exclude(reviewer=author).exclude(reviewer__credentials="")


class MedicalReview(PublicRecord):
    """A clinician's signature under one revision. A page names it while its words have the same ``digest``.

    ``digest`` covers what was read: title, subtitle, key points, text, pictures, sources, drugs and procedures
    (``blog.digest``). ``carried_from`` is the signature under the words before a spelling correction.
    ``lapsed_at`` says that a record which the page shows (a drug, a procedure, the disclaimer) changed afterwards.
    Days are days of the clinic. Never deleted; only withdrawing, lapsing and reminders change a row.
    """

    post = models.ForeignKey("blog.Post", on_delete=models.PROTECT, related_name="medical_reviews")
    revision = models.ForeignKey("blog.Revision", on_delete=models.PROTECT, related_name="medical_reviews")
    request = models.ForeignKey("blog.Review", on_delete=models.PROTECT, null=True, related_name="+")
    reviewer = models.ForeignKey("blog.Author", on_delete=models.PROTECT, related_name="medical_reviews")
    signed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    signed_at = models.DateTimeField()
    digest = models.CharField(max_length=64)
    reviewed_on = models.DateField()
    due_on = models.DateField()
    carried_from = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    withdrawn_because = models.TextField(blank=True)
    lapsed_at = models.DateTimeField(null=True)
    lapsed_because = models.CharField(max_length=200, blank=True)
    reminded_before_at = models.DateTimeField(null=True)
    reminded_due_at = models.DateTimeField(null=True)

    objects = MedicalReviewQuerySet.as_manager()

    class Meta:
        ordering = ["-signed_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(due_on__gt=F("reviewed_on")), name="medical_review_due_later"),
        ]
        indexes = [
            models.Index(fields=["post", "digest", "due_on"], name="medical_review_of_words"),
            models.Index(fields=["due_on"], name="medical_review_due"),
        ]

    def __str__(self) -> str:
        return f"{self.reviewer} on {self.post}, {self.reviewed_on}"
