"""A post: its identity and its working copy."""

import uuid
from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Case, Exists, OuterRef, Q, Subquery, Value, When
from django.utils import timezone

from .article import ArticleFields


class StaffWord(models.TextChoices):
    """How staff call where a post stands. Computed from publications and the working state, never stored."""

    DRAFT = "draft", "Draft"
    IN_REVIEW = "in_review", "In review"
    SCHEDULED = "scheduled", "Scheduled"
    LIVE = "live", "Live"
    OFF_THE_SITE = "off_the_site", "Off the site"


class PostQuerySet(models.QuerySet):
    """Questions that staff ask about posts."""

    def with_staff_word(self, now: datetime) -> "PostQuerySet":
        """Add ``staff_word`` (a ``StaffWord`` value) and what it rests on, as seen at ``now`` (aware datetime).

        - ``live_revision_id``, ``live_since``, ``live_until``: of the publication that readers see, or None;
        - ``scheduled_for``: when a waiting publication goes live, or None;
        - ``last_live``: the end of the last publication that is over, or None;
        - ``newest_revision_id``: the newest draft, a sealed revision that was not set aside.

        The order of the words: what is about to happen, who must act, what readers see, what they saw.
        """
        from .publication import Publication
        from .revision import Revision

        publications = Publication.objects.filter(post=OuterRef("pk"))
        live = publications.live(now).order_by()
        return self.annotate(
            live_revision_id=Subquery(live.values("revision_id")[:1]),
            live_since=Subquery(live.values("live_from")[:1]),
            live_until=Subquery(live.values("live_until")[:1]),
            scheduled_for=Subquery(
                publications.filter(live_from__gt=now).order_by("live_from").values("live_from")[:1]
            ),
            last_live=Subquery(
                publications.filter(live_until__lte=now).order_by("-live_until").values("live_until")[:1]
            ),
            newest_revision_id=Subquery(
                Revision.objects.filter(post=OuterRef("pk"), sealed_at__isnull=False, set_aside=False)
                .order_by("-pk")
                .values("pk")[:1]
            ),
            staff_word=Case(
                When(Exists(publications.filter(live_from__gt=now)), then=Value(StaffWord.SCHEDULED)),
                When(state=Post.State.IN_REVIEW, then=Value(StaffWord.IN_REVIEW)),
                When(Exists(live), then=Value(StaffWord.LIVE)),
                When(Exists(publications.filter(live_until__lte=now)), then=Value(StaffWord.OFF_THE_SITE)),
                default=Value(StaffWord.DRAFT),
                output_field=models.CharField(),
            ),
        )

    def called(self, word: str, now: datetime) -> "PostQuerySet":
        """Those with this staff word at ``now``; none where there is no such word.

        The same as a filter by ``with_staff_word``, which would work all of it out for every post that there is.
        """
        from .publication import Publication

        publications = Publication.objects.filter(post=OuterRef("pk"))
        waits = Exists(publications.filter(live_from__gt=now))
        if word == StaffWord.SCHEDULED:
            return self.filter(waits)
        if word == StaffWord.IN_REVIEW:
            return self.filter(~waits, state=Post.State.IN_REVIEW)
        rest = self.exclude(state=Post.State.IN_REVIEW)
        if word == StaffWord.DRAFT:
            return rest.filter(~Exists(publications))
        live = Exists(publications.live(now).order_by())
        if word == StaffWord.LIVE:
            return rest.filter(live, ~waits)
        if word == StaffWord.OFF_THE_SITE:
            return rest.filter(~live, ~waits, Exists(publications.filter(live_until__lte=now)))
        return self.none()

    def not_in_trash(self) -> "PostQuerySet":
        """Posts that nobody threw away."""
        return self.filter(trashed_at__isnull=True)


class Post(ArticleFields):
    """A post's identity and working copy: what staff are writing. Readers never see this record.

    Readers see publications, which ``blog.publishing`` makes from sealed revisions of the working copy.
    """

    class State(models.TextChoices):
        """State of the working copy only."""

        DRAFT = "draft", "Draft"
        IN_REVIEW = "in_review", "In review"

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT, editable=False)
    slug = models.SlugField("address", max_length=200, unique=True, blank=True)
    tags = models.ManyToManyField("blog.Tag", blank=True, related_name="+")
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", editable=False
    )
    created_at = models.DateTimeField(auto_now_add=True)
    saved_at = models.DateTimeField(default=timezone.now, editable=False)
    trashed_at = models.DateTimeField(null=True, editable=False)
    is_sample = models.BooleanField(default=False, editable=False)

    objects = PostQuerySet.as_manager()

    class Meta:
        ordering = ["-saved_at", "-pk"]
        permissions = [
            ("change_any_post", "Can edit posts of others"),
            ("release_post", "Can publish and schedule"),
            ("take_off_post", "Can take off the site"),
        ]
        indexes = [
            # What the staff's list asks at any number of posts: newest first, counts by standing, samples or not.
            models.Index(fields=["-saved_at", "-id"], condition=Q(trashed_at__isnull=True), name="post_newest_saved"),
            models.Index(fields=["trashed_at", "state", "created_by", "author", "saved_at"], name="post_standing"),
            models.Index(fields=["id"], condition=Q(is_sample=True), name="post_sample"),
        ]
        constraints = [
            models.CheckConstraint(condition=~Q(title=""), name="post_has_title"),
            models.CheckConstraint(condition=~Q(slug=""), name="post_has_slug"),
            models.CheckConstraint(
                condition=Q(hero_is_decorative=False) | Q(hero_alt=""), name="post_hero_described_or_decorative"
            ),
        ]

    def clean(self) -> None:
        """Words about a main photo that is not there, or that only decorates, fall away."""
        super().clean()
        if self.hero_image_id is None:
            self.hero_alt, self.hero_is_decorative, self.hero_caption = "", False, ""
        elif self.hero_is_decorative:
            self.hero_alt = ""


class Address(models.Model):
    """An address under ``/blog/`` that belongs to a post for good, because it was public or is scheduled to be.

    The unique slug is what keeps two posts from ever answering at the same address, whoever publishes when.
    """

    slug = models.SlugField(max_length=200, unique=True)
    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="addresses")

    class Meta:
        verbose_name_plural = "addresses"

    def __str__(self) -> str:
        return self.slug
