"""Who did what to a post in public."""

from django.conf import settings
from django.db import models


class AuditEntry(models.Model):
    """One act of publishing, kept for good: who, what, when, and the reason where one was given."""

    class Act(models.TextChoices):
        """What was done."""

        PUBLISHED = "published", "Published"
        SCHEDULED = "scheduled", "Scheduled"
        UNSCHEDULED = "unscheduled", "Unscheduled"
        TAKEN_OFF = "taken_off", "Taken off the site"
        TAKE_OFF_SCHEDULED = "take_off_scheduled", "Scheduled to leave the site"
        TAKE_OFF_CANCELLED = "take_off_cancelled", "Kept on the site"
        TRASHED = "trashed", "Moved to the trash"
        RESTORED = "restored", "Taken out of the trash"

    post = models.ForeignKey("blog.Post", on_delete=models.PROTECT, related_name="audit")
    revision = models.ForeignKey("blog.Revision", on_delete=models.PROTECT, null=True, related_name="+")
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    act = models.CharField(max_length=20, choices=Act)
    at = models.DateTimeField()
    takes_effect_at = models.DateTimeField(null=True)
    reason = models.TextField(blank=True)

    class Meta:
        ordering = ["-at", "-pk"]
        verbose_name = "record of publishing"
        verbose_name_plural = "record of publishing"
        indexes = [models.Index(fields=["post", "-at"], name="audit_of_post")]

    def __str__(self) -> str:
        return f"{self.get_act_display()}: {self.post}"
