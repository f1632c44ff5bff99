"""When the daily work was last done."""

from django.db import models


class DailyRun(models.Model):
    """One step of ``manage.py daily``: when it last ran, and what came of it in a few words for staff."""

    step = models.CharField(max_length=40, unique=True)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    went_well = models.BooleanField(default=False)
    words = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["step"]

    def __str__(self) -> str:
        return f"{self.step}: {self.words}"
