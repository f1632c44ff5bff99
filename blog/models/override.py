"""Why a sentence that a check stopped may stand."""

from django.conf import settings
from django.db import models


class Override(models.Model):
    """A publisher's reason for one finding of one rule. It holds for as long as ``sentence`` stands in the text.

    Never changed and never deleted: a newer reason for the same sentence takes its place by being newer.
    """

    post = models.ForeignKey("blog.Post", on_delete=models.PROTECT, related_name="overrides")
    rule = models.CharField(max_length=60)
    sentence = models.TextField()
    reason = models.TextField()
    given_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    given_at = models.DateTimeField()

    class Meta:
        ordering = ["-given_at", "-pk"]
        constraints = [models.CheckConstraint(condition=~models.Q(reason=""), name="override_has_reason")]

    def __str__(self) -> str:
        return f"{self.rule}: {self.reason}"
