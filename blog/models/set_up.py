"""The first-run list: what somebody has looked at and found done."""

from django.conf import settings
from django.db import models


class SetUpStep(models.Model):
    """One step of the first-run list that a person has ticked off, because nothing else shows that it is done."""

    name = models.CharField(max_length=40, unique=True)
    done_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    done_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name
