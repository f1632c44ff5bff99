"""Browsers that may skip the second factor for a while."""

from django.conf import settings
from django.db import models


class TrustedDevice(models.Model):
    """A browser whose person asked not to be asked for a code again until ``expires_at``.

    The secret in its cookie is stored nowhere, only its SHA-256 digest (64 hexadecimal digits).
    """

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="trusted_devices")
    digest = models.CharField(max_length=64, unique=True)
    browser = models.CharField(max_length=200, blank=True)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta:
        ordering = ["-made_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.browser or 'A browser'} of {self.person}"
