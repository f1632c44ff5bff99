"""Complete snapshots of a post's working copy."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q, Value
from django.urls import reverse

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

    def overwrite_open(self, pk: int, *, post_id: int, saved_by_id: int, version: int, **columns) -> bool:
        """Write over one person's open revision, in one statement; returns whether it was still as they knew it.

        Nothing happens where it is sealed, or where its ``version`` is another one. Values are written as they are
        given: whoever calls has tidied them.
        """
        known = self.filter(pk=pk, post=post_id, saved_by=saved_by_id, version=version, sealed_at__isnull=True)
        return models.QuerySet.update(known, version=F("version") + 1, **columns) == 1

    overwrite_open.alters_data = True

    def drop_open(self, pk: int) -> None:
        """Delete an open revision that holds no word which its base does not hold; a sealed one stays."""
        models.QuerySet.delete(self.filter(pk=pk, sealed_at__isnull=True))

    drop_open.alters_data = True

    def discard(self) -> None:
        """Delete the revisions of posts that are nobody's words: the samples."""
        super().update(base=None, restored_from=None)
        super().delete()

    discard.alters_data = True
    discard.queryset_only = True


class Revision(ArticleFields):
    """One saved state of a working copy: every field, who, when, and what it was based on.

    Sealed revisions never change and are never deleted while their post exists. At most one open revision per
    post and person may be overwritten, by autosave, until it is sealed; ``version`` counts how often it was, so that
    each of one person's windows knows whether another one wrote last. ``window`` and ``turn`` name the window of the
    last write and its count there, so that a window whose answer got lost is not taken for another one.

    ``typed`` holds what a form had that no column can hold yet, by the form's field names: a title that is too long,
    tags that do not exist. ``set_aside`` marks words that were open when somebody else saved: they are kept, and
    stand in no line of drafts, so they are never the newest draft of the post.
    """

    post = models.ForeignKey("blog.Post", on_delete=models.PROTECT, related_name="revisions")
    base = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    saved_at = models.DateTimeField()
    sealed_at = models.DateTimeField(null=True)
    note = models.CharField(max_length=200, blank=True)
    version = models.PositiveIntegerField(default=0, db_default=0)
    set_aside = models.BooleanField(default=False, db_default=False)
    typed = models.JSONField(default=dict, db_default=Value({}, models.JSONField()), blank=True)
    window = models.CharField(max_length=40, blank=True, default="", db_default="")
    turn = models.PositiveIntegerField(default=0, db_default=0)
    restored_from = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    tags = models.ManyToManyField("blog.Tag", through="RevisionTag", related_name="+")
    images = models.ManyToManyField("blog.Image", through="RevisionImage", related_name="revisions")

    objects = RevisionQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["post", "saved_by"], condition=Q(sealed_at__isnull=True), name="revision_one_open_per_person"
            ),
            models.CheckConstraint(
                condition=Q(set_aside=False) | Q(sealed_at__isnull=False), name="revision_set_aside_is_sealed"
            ),
        ]
        indexes = [
            models.Index(fields=["post", "-id"], name="revision_newest_of_post"),
            models.Index(
                fields=["post", "-id"],
                condition=Q(sealed_at__isnull=False, set_aside=False),
                name="revision_newest_draft",
            ),
        ]

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self._was_sealed = self.pk is not None and "sealed_at" in self.__dict__ and self.sealed_at is not None

    def save(self, *args, **kwargs) -> None:
        """Save an open revision, or seal it. Raises ``SealedRevision`` for one that is sealed already."""
        if self._was_sealed:
            raise SealedRevision(f"Revision {self.pk} is sealed and cannot change.")
        super().save(*args, **kwargs)
        self._was_sealed = self.sealed_at is not None

    def get_absolute_url(self) -> str:
        """Where readers would find it."""
        return reverse("blog:article", args=[self.slug])

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


class RevisionLink(models.Model):
    """Another post that a revision's text links to, so that whoever takes that one off the site is told."""

    revision = models.ForeignKey(Revision, on_delete=models.CASCADE)
    post = models.ForeignKey("blog.Post", on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["revision", "post"], name="revision_link_once")]

    def __str__(self) -> str:
        return f"{self.revision} links to {self.post}"
