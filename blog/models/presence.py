"""Who has which post open, right now."""

from django.conf import settings
from django.db import models
from django.utils import timezone


class Presence(models.Model):
    """One window in which a person has a post open; the row is as old as the window's last sign of life."""

    post = models.ForeignKey("blog.Post", on_delete=models.CASCADE, related_name="+")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    window = models.CharField(max_length=36)
    opened_at = models.DateTimeField(default=timezone.now)
    seen_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["post", "person", "window"], name="presence_once_per_window")]
        indexes = [models.Index(fields=["seen_at"], name="presence_by_age")]

    def __str__(self) -> str:
        return f"{self.person} at {self.post}"
