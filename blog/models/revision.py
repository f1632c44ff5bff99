"""Complete snapshots of a post's working copy."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from .article import ArticleFields


class SealedRevision(RuntimeError):
    """Somebody tried to change a sealed revision, which only a mistake in the code can do."""


class RevisionQuerySet(models.QuerySet):
    """Revisions in bulk: to be read. What was saved is neither rewritten nor thrown away."""

    def update(self, **values) -> int:
        """Raises ``SealedRevision``: an open revision is saved by itself, a sealed one never changes."""
        raise SealedRevision("Revisions are not changed in bulk.")

    update.alters_data = True

    def delete(self) -> tuple[int, dict[str, int]]:
        """Raises ``SealedRevision``; see ``discard``."""
        raise SealedRevision("Revisions are kept.")

    delete.alters_data = True
    delete.queryset_only = True

    def discard(self) -> None:
        """Delete the revisions of posts that are nobody's words: the samples."""
        super().update(base=None)
        super().delete()

    discard.alters_data = True
    discard.queryset_only = True


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

    objects = RevisionQuerySet.as_manager()

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

    def delete(self, *args, **kwargs) -> tuple[int, dict[str, int]]:
        """Raises ``SealedRevision``: what was saved is kept."""
        raise SealedRevision(f"Revision {self.pk} is kept.")


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
