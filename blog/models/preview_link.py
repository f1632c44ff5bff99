"""Links that show a draft to somebody without a login."""

from django.conf import settings
from django.db import models


class PreviewLink(models.Model):
    """A secret address of a draft: of one revision, or, without one, of the newest draft whenever it is opened.

    The secret itself is stored nowhere, only its SHA-256 digest (64 hexadecimal digits).
    """

    post = models.ForeignKey("blog.Post", on_delete=models.CASCADE, related_name="preview_links")
    revision = models.ForeignKey("blog.Revision", on_delete=models.CASCADE, null=True, related_name="+")
    digest = models.CharField(max_length=64, unique=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    last_opened_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-made_at", "-pk"]

    def __str__(self) -> str:
        return f"Preview of {self.post}"
