"""A colleague's look at a draft before readers see it."""

from django.conf import settings
from django.db import models
from django.db.models import Q


class Review(models.Model):
    """One request to look at exactly one revision, and what came of it. At most one per post waits."""

    class Outcome(models.TextChoices):
        """What came of it; ``waiting`` until somebody decides."""

        WAITING = "waiting", "Waiting"
        APPROVED = "approved", "Approved"
        SENT_BACK = "sent_back", "Sent back"
        TAKEN_BACK = "taken_back", "Taken back by its writer"
        REPLACED = "replaced", "Replaced by newer words"

    post = models.ForeignKey("blog.Post", on_delete=models.PROTECT, related_name="reviews")
    revision = models.ForeignKey("blog.Revision", on_delete=models.PROTECT, related_name="reviews")
    submitted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    submitted_at = models.DateTimeField()
    note = models.TextField(blank=True)
    outcome = models.CharField(max_length=20, choices=Outcome, default=Outcome.WAITING)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    answer = models.TextField(blank=True)
    # An editor's order that the approval carries out: publish, not before a moment where one is named.
    ordered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    ordered_at = models.DateTimeField(null=True)
    not_before = models.DateTimeField(null=True)
    until = models.DateTimeField(null=True)
    show_updated = models.BooleanField(default=False, db_default=False)

    class Meta:
        ordering = ["-submitted_at", "-pk"]
        permissions = [("decide_review", "Can approve a text or send it back")]
        constraints = [
            models.UniqueConstraint(
                fields=["post"], condition=Q(outcome="waiting"), name="review_one_waiting_per_post"
            ),
            models.CheckConstraint(
                condition=Q(outcome="waiting", decided_at__isnull=True)
                | (~Q(outcome="waiting") & Q(decided_at__isnull=False)),
                name="review_decided_or_waiting",
            ),
        ]
        indexes = [models.Index(fields=["outcome", "submitted_at"], name="review_queue")]

    def __str__(self) -> str:
        return f"{self.get_outcome_display()}: {self.post}"
