"""Articles, pictures and names as staff make them: every post here is saved and published by ``blog.publishing``.

Who or what has one name is made once. Times are real, because pages ask the real clock.
"""

from contextlib import AbstractContextManager, nullcontext
from datetime import datetime
from functools import lru_cache
from io import BytesIO
from unittest import mock

from cast import person
from django.contrib.auth.models import User
from django.utils import timezone
from django.utils.text import slugify
from PIL import Image as Pillow

from blog import pictures, publishing
from blog.models import Author, Image, Post, Practice, Publication, Tag, Topic
from blog.publishing import newest_revision, publish, release, save_draft

_encode = pictures.encode


def make_editor() -> User:
    """Erin, who may write and publish."""
    return User.objects.filter(username="erin").first() or person("erin", "Writer", "Editor")


def make_author(name: str = "Ada Ray", **values) -> Author:
    """A person who signs articles, with these values from now on."""
    return Author.objects.update_or_create(slug=slugify(name) or "author", defaults={"name": name, **values})[0]


def make_topic(name: str, **values) -> Topic:
    """A topic, with these values from now on; its address is made of its name."""
    return Topic.objects.update_or_create(slug=slugify(name) or "topic", defaults={"name": name, **values})[0]


def make_tag(name: str) -> Tag:
    """A tag; its address is made of its name."""
    return Tag.objects.get_or_create(slug=slugify(name) or "tag", defaults={"name": name})[0]


def make_practice(**values) -> Practice:
    """The clinic, called Northlight and otherwise blank unless said."""
    return Practice.objects.update_or_create(pk=1, defaults={"name": "Northlight", **values})[0]


def make_picture(width: int = 400, height: int = 300, **details) -> Image:
    """A small photo in the library. Its files are encoded once however many tests use it."""
    with mock.patch.object(pictures, "encode", _encoded_once):
        image, _ = pictures.add_picture(_jpeg(width, height), **{"alt_text": "A lamp", "depicts": "nobody", **details})
    return image


def make_post(
    title: str = "How lasers work",
    *,
    live: bool = True,
    now: datetime | None = None,
    at: datetime | None = None,
    tags: tuple[str, ...] = (),
    topic: str | None = None,
    unchecked: bool = False,
    **values,
) -> Post:
    """A post with a text and an author: a draft, live since ``now`` (else this moment), or scheduled for ``at``.

    ``unchecked``: published as by a release that knew no checks, so that its text may hold what they would stop.
    """
    now = now or timezone.now()
    values = {"body": "<p>Light, slowly explained.</p>", **values}
    author = values.pop("author", None) or make_author()
    post = Post(title=title, author=author, topic=make_topic(topic) if topic else None, **values)
    save_draft(make_editor(), post, [make_tag(name) for name in tags], now=now)
    if live or at:
        with without_checks() if unchecked else nullcontext():
            publish(make_editor(), newest_revision(post), at=at, now=now)
    return post


def without_checks() -> AbstractContextManager:
    """Within it posts are published as by a release that knew no checks: their texts may hold what these stop."""
    return mock.patch.object(release, "refuse_what_stops")


def change_post(post: Post, *, show_updated: bool = False, now: datetime | None = None, **values) -> Publication:
    """Save the post with other values and publish it again."""
    post = Post.objects.get(pk=post.pk)
    for name, value in values.items():
        setattr(post, name, value)
    now = now or timezone.now()
    save_draft(make_editor(), post, post.tags.all(), base_id=newest_revision(post).pk, now=now)
    return publish(make_editor(), newest_revision(post), show_updated=show_updated, now=now)


@lru_cache
def _jpeg(width: int, height: int) -> bytes:
    file = BytesIO()
    Pillow.linear_gradient("L").resize((width, height)).convert("RGB").save(file, "JPEG")
    return file.getvalue()


@lru_cache
def _encoded_once(data: bytes, focal: tuple[float, float]) -> list:
    return list(_encode(data, focal))


def missing_for_release(revision) -> dict[str, str]:
    """What keeps a revision from going live now: fields to mend, and sentences for its editor."""
    missing: dict[str, str] = {}
    for finding in publishing.what_stops(revision):
        said = missing.get(finding.field)
        missing[finding.field] = f"{said} {finding.message}" if said else finding.message
    return missing
