"""The sample articles: loaded once into an empty blog, removed by one button."""

import tomllib
from collections.abc import Callable
from datetime import timedelta
from functools import cache
from pathlib import Path

from django.db import transaction
from django.db.models import ProtectedError
from django.utils import timezone
from django.utils.text import slugify

from blog.models import (
    Address,
    Author,
    Image,
    MedicalReview,
    Post,
    Practice,
    Publication,
    Review,
    Revision,
    SampleContent,
    Tag,
    Topic,
    public_write,
)
from blog.picture_files import finish_after_commit
from blog.pictures import add_picture

from .access import Actor, Operator, require_release
from .drafts import newest_revision, save_draft
from .release import publish

FOLDER = Path(__file__).resolve().parent.parent / "demo"


def samples_present() -> bool:
    """Whether sample articles stand in this blog."""
    return Post.objects.filter(is_sample=True).exists()


def load_samples(say: Callable[[str], None]) -> bool:
    """Load the samples, unless they were ever loaded here. ``say`` gets a line of progress for each long step.

    Dates are relative to today. Returns whether anything was loaded.
    """
    if SampleContent.objects.exists() or Post.objects.exists():
        return False
    pictures = {}
    described = tomllib.loads((FOLDER / "pictures.toml").read_text("utf-8"))
    for number, (name, details) in enumerate(sorted(described.items()), start=1):
        say(f"Preparing sample picture {number} of {len(described)}")
        data = (FOLDER / "pictures" / name).read_bytes()
        pictures[name], _ = add_picture(data, is_sample=True, **details)
    say("Writing sample articles")
    with public_write():
        _load_practice()
        details = tomllib.loads((FOLDER / "author.toml").read_text("utf-8"))
        author, _ = Author.objects.get_or_create(slug=slugify(details["name"]), defaults={**details, "is_sample": True})
        for path in sorted((FOLDER / "articles").glob("*.html")):
            _load_article(path, author, pictures)
        SampleContent.objects.create()
    return True


def _load_practice() -> None:
    practice, _ = Practice.objects.get_or_create(pk=1)
    for name, value in sample_practice_values().items():
        # What staff have entered is theirs.
        if getattr(practice, name) == Practice._meta.get_field(name).get_default():
            setattr(practice, name, value)
    practice.save()


@cache
def sample_practice_values() -> dict[str, str]:
    """What the samples write into the practice, by field."""
    values = tomllib.loads((FOLDER / "practice.toml").read_text("utf-8"))
    names = {"intro_title": "blog_title", "intro": "blog_intro"}
    return {names.get(name, name): value for name, value in values.items()}


def _load_article(path: Path, author: Author, pictures: dict[str, Image]) -> None:
    _, front, body = path.read_text("utf-8").split("+++\n", 2)
    facts = tomllib.loads(front)
    for name, picture in pictures.items():
        body = body.replace(f'data-image="{name}"', f'data-image="{picture.pk}"')
    topic, _ = Topic.objects.get_or_create(
        slug=slugify(facts["topic"]), defaults={"name": facts["topic"], "is_sample": True}
    )
    tags = [
        Tag.objects.get_or_create(slug=slugify(name), defaults={"name": name, "is_sample": True})[0]
        for name in facts["tags"]
    ]
    copied = (
        "title",
        "subtitle",
        "excerpt",
        "key_points",
        "kind",
        "hero_alt",
        "hero_caption",
        "meta_description",
        "seo_title",
    )
    post = Post(
        **{name: facts[name] for name in copied if name in facts},
        slug=path.stem,
        body=body,
        hero_image=pictures.get(facts["hero"]),
        topic=topic,
        author=author,
        noindex=True,
    )
    operator, now = Operator(), timezone.now()
    moment = now - timedelta(days=facts["days_ago"])
    save_draft(operator, post, tags, now=min(moment, now))
    Post.objects.filter(pk=post.pk).update(is_sample=True)
    revision = newest_revision(post)
    if facts["state"] == "live":
        publish(operator, revision, now=moment)
    elif facts["state"] == "scheduled":
        publish(operator, revision, at=moment)


def remove_samples(actor: Actor) -> int:
    """Delete every sample article for good, and pictures, author, topics and tags as far as nothing else uses them.

    A sample that somebody has changed, or is changing, is theirs and stays. Details of the practice that are still the
    sample's are cleared. Returns how many articles went. Raises ``NotAllowed``.
    """
    require_release(actor)
    with public_write():
        held = list(Post.objects.select_for_update().filter(is_sample=True))
        # Asked once the rows are held: from here on nobody begins to write in one of them.
        writing = Revision.objects.filter(sealed_at__isnull=True, post__in=held).values_list("post_id", flat=True)
        begun = set(writing)
        posts = [post for post in held if post.pk not in begun]
        Publication.objects.filter(post__in=posts).discard()
        Address.objects.filter(post__in=posts).delete()
        MedicalReview.objects.filter(post__in=posts).update(carried_from=None)
        MedicalReview.objects.filter(post__in=posts).delete()
        Review.objects.filter(post__in=posts).delete()
        Revision.objects.filter(post__in=posts).discard()
        Post.objects.filter(pk__in=[post.pk for post in posts]).delete()
        for model in (Image, Author, Topic, Tag):
            _remove_unused(model)
        finish_after_commit()
        _clear_practice()
        SampleContent.objects.get_or_create(pk=1)
        SampleContent.objects.filter(pk=1, removed_at__isnull=True).update(removed_at=timezone.now())
    return len(posts)


def _remove_unused(model: type) -> None:
    for record in model.objects.filter(is_sample=True):
        if _in_drafts(record):
            model.objects.filter(pk=record.pk).update(is_sample=False)
            continue
        try:
            with transaction.atomic():
                record.delete()
        except ProtectedError:
            model.objects.filter(pk=record.pk).update(is_sample=False)
            continue


def _in_drafts(record: Image | Author | Topic | Tag) -> bool:
    return isinstance(record, Tag) and Post.objects.filter(tags=record).exists()


def _clear_practice() -> None:
    practice = Practice.objects.get(pk=1)
    for name, sample in sample_practice_values().items():
        if getattr(practice, name) == sample:
            setattr(practice, name, Practice._meta.get_field(name).get_default())
    practice.save()
