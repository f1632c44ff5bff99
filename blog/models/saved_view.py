"""Filters of the list of posts that somebody wants to find again."""

from django.conf import settings
from django.db import models

from .fields import LineField


class SavedView(models.Model):
    """One person's named filters; ``query`` is the part of the list's address after the question mark."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    name = LineField(max_length=40)
    query = models.CharField(max_length=500)

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["owner", "name"], name="saved_view_name_once")]

    def __str__(self) -> str:
        return self.name
