"""Complete snapshots of a post's working copy."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from .article import ArticleFields


class SealedRevision(RuntimeError):
    """Somebody tried to change a sealed revision, which only a mistake in the code can do."""


class Revision(ArticleFields):
    """One saved state of a working copy: every field, who, when, and what it was based on.

    Sealed revisions never change and are never deleted while their post exists. At most one open revision per
    post and person may be overwritten until it is sealed.
    """

    post = models.ForeignKey("blog.Post", on_delete=models.PROTECT, related_name="revisions")
    base = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    saved_at = models.DateTimeField()
    sealed_at = models.DateTimeField(null=True)
    note = models.CharField(max_length=200, blank=True)
    tags = models.ManyToManyField("blog.Tag", through="RevisionTag", related_name="+")
    images = models.ManyToManyField("blog.Image", through="RevisionImage", related_name="revisions")

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["post", "saved_by"], condition=Q(sealed_at__isnull=True), name="revision_one_open_per_person"
            ),
        ]
        indexes = [models.Index(fields=["post", "-id"], name="revision_newest_of_post")]

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self._was_sealed = self.pk is not None and "sealed_at" in self.__dict__ and self.sealed_at is not None

    def save(self, *args, **kwargs) -> None:
        """Save an open revision, or seal it. Raises ``SealedRevision`` for one that is sealed already."""
        if self._was_sealed:
            raise SealedRevision(f"Revision {self.pk} is sealed and cannot change.")
        super().save(*args, **kwargs)
        self._was_sealed = self.sealed_at is not None


class RevisionTag(models.Model):
    """A tag as a revision carries it."""

    revision = models.ForeignKey(Revision, on_delete=models.CASCADE)
    tag = models.ForeignKey("blog.Tag", on_delete=models.PROTECT)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["revision", "tag"], name="revision_tag_once")]

    def __str__(self) -> str:
        return f"{self.tag} on {self.revision}"


class RevisionImage(models.Model):
    """A picture that a revision uses, as main photo or in its text; so a picture in use cannot be deleted."""

    revision = models.ForeignKey(Revision, on_delete=models.CASCADE)
    image = models.ForeignKey("blog.Image", on_delete=models.PROTECT)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["revision", "image"], name="revision_image_once")]

    def __str__(self) -> str:
        return f"{self.image} in {self.revision}"
