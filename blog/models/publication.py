"""What readers see, and when."""

from datetime import UTC, datetime

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from .article import EMPTY_LIST, ArticleFields
from .public_record import PublicQuerySet, PublicRecord

# "No end is set." A date far ahead and not NULL, so that one comparison answers and an index serves it.
FAR_FUTURE = datetime(9000, 1, 1, tzinfo=UTC)


class FixedPublication(RuntimeError):
    """Somebody tried to change a publication other than by closing it, which only a mistake in the code can do."""


class PublicationQuerySet(PublicQuerySet):
    """The one question every public page asks, and the guard of what was published."""

    def live(self, now: datetime) -> "PublicationQuerySet":
        """What readers see at ``now`` (aware datetime): ``live_from <= now < live_until``."""
        return self.filter(live_from__lte=now, live_until__gt=now)

    def newest_first(self) -> "PublicationQuerySet":
        """In the order of the shown date; equal dates by the moment of going live."""
        return self.order_by("-published_at", "-live_from", "-pk")

    def before(self, other: "Publication") -> "PublicationQuerySet":
        """Those that come after ``other`` in ``newest_first``, because they are older."""
        return self.filter(published_at__lte=other.published_at).exclude(
            Q(published_at=other.published_at)
            & (Q(live_from__gt=other.live_from) | Q(live_from=other.live_from, pk__gte=other.pk))
        )

    def after(self, other: "Publication") -> "PublicationQuerySet":
        """Those that stand before ``other`` in ``newest_first``, because they are newer."""
        return self.filter(published_at__gte=other.published_at).exclude(
            Q(published_at=other.published_at)
            & (Q(live_from__lt=other.live_from) | Q(live_from=other.live_from, pk__lte=other.pk))
        )

    def update(self, **values) -> int:
        """Only the closing moment can change. Raises ``FixedPublication`` for anything else."""
        if set(values) - {"live_until"}:
            raise FixedPublication("A publication is fixed: only live_until can change.")
        return super().update(**values)

    update.alters_data = True

    def delete(self) -> tuple[int, dict[str, int]]:
        """Raises ``FixedPublication``: what readers saw is kept; see ``discard``."""
        raise FixedPublication("Publications are kept.")

    delete.alters_data = True
    delete.queryset_only = True

    def discard(self) -> None:
        """Delete publications that readers never saw, or that are samples. ``blog.publishing`` knows which."""
        super().delete()

    discard.alters_data = True
    discard.queryset_only = True


class Publication(PublicRecord, ArticleFields):
    """An article as readers see it from ``live_from`` until just before ``live_until`` (both UTC).

    Fixed once made, but for closing it; only ``blog.publishing`` writes here. A row whose ``live_from`` lies
    ahead is a schedule: it appears in ``live()`` at its minute, without a timer and without a write.
    """

    post = models.ForeignKey("blog.Post", on_delete=models.PROTECT, related_name="publications")
    post_uuid = models.UUIDField()
    revision = models.ForeignKey("blog.Revision", on_delete=models.PROTECT, related_name="publications")
    author = models.ForeignKey("blog.Author", on_delete=models.PROTECT, related_name="publications")
    published_at = models.DateTimeField("shown date")
    updated_at = models.DateTimeField(null=True)
    live_from = models.DateTimeField()
    live_until = models.DateTimeField(default=FAR_FUTURE)
    released_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    released_at = models.DateTimeField()
    tags = models.ManyToManyField("blog.Tag", through="PublicationTag", related_name="publications")
    # What was read and may be signed, in one number; see ``blog.digest``. Blank in rows of earlier releases.
    digest = models.CharField(max_length=64, blank=True, default="", db_default="")
    # Frozen like the tags, in columns, so that a page needs no query for them. ``shown_sources`` are dictionaries of
    # id, title, publisher, url and accessed_on (an ISO day); the others are keys of the notes that the page shows.
    shown_sources = models.JSONField(default=list, db_default=EMPTY_LIST)
    shown_drugs = models.JSONField(default=list, db_default=EMPTY_LIST)
    shown_procedures = models.JSONField(default=list, db_default=EMPTY_LIST)

    objects = PublicationQuerySet.as_manager()

    class Meta:
        ordering = ["-published_at", "-live_from", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(live_from__lt=F("live_until")), name="publication_ends_after_start"),
            models.UniqueConstraint(
                fields=["post"], condition=Q(live_until=FAR_FUTURE), name="publication_one_open_per_post"
            ),
            models.UniqueConstraint(fields=["post", "live_from"], name="publication_one_start_per_post"),
        ]
        indexes = [
            # The end stands in each index, so that counting what is live reads no article's text.
            models.Index(fields=["-published_at", "-live_from", "-id", "live_until"], name="publication_newest_first"),
            models.Index(fields=["slug", "-live_from"], name="publication_by_address"),
            models.Index(
                fields=["topic", "-published_at", "-live_from", "-id", "live_until"], name="publication_in_topic"
            ),
            models.Index(
                fields=["author", "-published_at", "-live_from", "-id", "live_until"], name="publication_under_author"
            ),
            # Where posts stand, which have a moment ahead, what the sitemaps hold: all without a look at any text.
            models.Index(
                fields=["post", "live_from", "live_until", "revision", "noindex", "canonical_url"],
                name="publication_of_post",
            ),
        ]

    def save(self, *args, **kwargs) -> None:
        """Make a publication, or close one by ``update_fields=["live_until"]``. Raises ``FixedPublication``."""
        if self.pk is not None and set(kwargs.get("update_fields") or ["everything"]) != {"live_until"}:
            raise FixedPublication(f"Publication {self.pk} is fixed: only live_until can change.")
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs) -> tuple[int, dict[str, int]]:
        """Raises ``FixedPublication``: what readers saw is kept."""
        raise FixedPublication(f"Publication {self.pk} is kept.")

    def get_absolute_url(self) -> str:
        """The article's public page."""
        return reverse("blog:article", args=[self.slug])

    @property
    def changed_at(self) -> datetime:
        """When the article last changed in substance, as the page says: updated if later than published."""
        return self.updated_at if self.updated_at and self.updated_at > self.published_at else self.published_at


class PublicationTag(PublicRecord):
    """A tag as it stood on the article when it was published."""

    publication = models.ForeignKey(Publication, on_delete=models.CASCADE)
    tag = models.ForeignKey("blog.Tag", on_delete=models.PROTECT)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["publication", "tag"], name="publication_tag_once")]

    def __str__(self) -> str:
        return f"{self.tag} on {self.publication}"
