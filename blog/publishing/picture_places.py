"""Where a picture stands: in articles, drafts, earlier versions, beside an author's name, on the practice's pages."""

from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import CharField, Exists, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Cast, Concat

from blog.models import ArticleFields, Author, Image, Post, Practice, Publication, Revision, RevisionImage

PRACTICE_FIELDS = {"logo": "Logo of the practice", "share_image": "Picture for shared links"}


@dataclass(frozen=True)
class Places:
    """Posts by where the picture stands in them, each in the first list that it belongs to; authors; the practice.

    ``live`` and ``scheduled`` are posts that readers see or will see with it, whatever their draft says; ``drafts`` are
    others of which the working copy, or words that somebody is writing, have it; of ``earlier`` only earlier versions
    do. ``practice`` are names of fields.
    """

    live: list[Post] = field(default_factory=list)
    scheduled: list[Post] = field(default_factory=list)
    drafts: list[Post] = field(default_factory=list)
    earlier: list[Post] = field(default_factory=list)
    authors: list[Author] = field(default_factory=list)
    practice: list[str] = field(default_factory=list)

    @property
    def posts(self) -> list[Post]:
        """Every post among them."""
        found = (*self.live, *self.scheduled, *self.drafts, *self.earlier)
        return list(found)

    @property
    def present(self) -> bool:
        """Whether anything but earlier versions has it."""
        return bool(self.live or self.scheduled or self.drafts or self.authors or self.practice)


def uses(article: ArticleFields, pk: int) -> bool:
    """Whether a stored article has this picture, as its main photo or in its text."""
    return article.hero_image_id == pk or f' data-image="{pk}"' in article.body


def posts_using(image: Image) -> QuerySet[Post]:
    """Posts of which anything has the picture: working copy, any version, words that are being written."""
    versions = RevisionImage.objects.filter(revision__post=OuterRef("pk"), image=image)
    written = Revision.objects.filter(post=OuterRef("pk"), sealed_at__isnull=True).filter(
        Q(hero_image=image) | Q(body__contains=f' data-image="{image.pk}"')
    )
    return Post.objects.filter(Q(hero_image=image) | Exists(versions) | Exists(written)).order_by("pk")


def places_of(image: Image, now: datetime) -> Places:
    """Where a picture stands at ``now``. Five queries, however many places there are."""
    posts = {post.pk: post for post in posts_using(image)}
    present = Publication.objects.filter(post__in=posts, live_until__gt=now).order_by("pk")
    shown = [publication for publication in present if uses(publication, image.pk)]
    live = {publication.post_id for publication in shown if publication.live_from <= now}
    scheduled = {publication.post_id for publication in shown if publication.live_from > now}
    scheduled -= live
    drafts = {pk for pk, post in posts.items() if uses(post, image.pk)}
    writing = Revision.objects.filter(post__in=posts, sealed_at__isnull=True)
    drafts |= {revision.post_id for revision in writing if uses(revision, image.pk)}
    drafts -= live | scheduled
    practice = Practice.objects.first()
    return Places(
        live=[posts[pk] for pk in sorted(live)],
        scheduled=[posts[pk] for pk in sorted(scheduled)],
        drafts=[posts[pk] for pk in sorted(drafts)],
        earlier=[post for pk, post in posts.items() if pk not in live | scheduled | drafts],
        authors=list(Author.objects.filter(photo=image)),
        practice=[name for name in PRACTICE_FIELDS if practice and getattr(practice, f"{name}_id") == image.pk],
    )


def stands_nowhere() -> Q:
    """True for a picture in no version, in no words that are being written, beside no author and on no page's head."""
    here = OuterRef("pk")
    in_text = Concat(Value(' data-image="'), Cast(here, CharField()), Value('"'))
    versions = RevisionImage.objects.filter(image=here)
    written = Revision.objects.filter(Q(hero_image=here) | Q(body__contains=in_text), sealed_at__isnull=True)
    practice = Practice.objects.filter(Q(logo=here) | Q(share_image=here))
    authors = Author.objects.filter(photo=here)
    return ~Exists(versions) & ~Exists(written) & ~Exists(authors) & ~Exists(practice)
