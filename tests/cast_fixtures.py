"""Erin edits, Wilma writes, Rita reviews, Nora has no role; and drafts as an editor would leave them."""

import pytest
from cast import DAY, NOON, person
from factories import make_picture

from blog.models import Author, Post
from blog.publishing import newest_revision, save_draft


@pytest.fixture
def erin(db):
    return person("erin", "Writer", "Editor")


@pytest.fixture
def wilma(db):
    return person("wilma", "Writer")


@pytest.fixture
def rita(db):
    return person("rita", "Medical reviewer")


@pytest.fixture
def nora(db):
    return person("nora")


@pytest.fixture
def author(db):
    return Author.objects.create(name="Ada Ray", slug="ada-ray", credentials="RN")


@pytest.fixture
def draft(erin, author):
    """Make a saved draft: ``draft("Title", body=…)`` gives the post."""

    def make(title="How lasers work", actor=erin, now=NOON - DAY, tags=(), **values):
        post = Post(title=title, **({"author": author, "body": "<p>Light, slowly explained.</p>"} | values))
        save_draft(actor, post, tags, now=now)
        return post

    return make


@pytest.fixture
def rewrite(erin):
    """Change a post's draft: ``rewrite(post, body=…)`` gives the new revision."""

    def change(post, actor=erin, now=NOON, **values):
        post = Post.objects.get(pk=post.pk)
        for name, value in values.items():
            setattr(post, name, value)
        base = newest_revision(post)
        return save_draft(actor, post, post.tags.all(), base_id=base.pk, now=now)

    return change


@pytest.fixture
def picture(db):
    """A small picture in the library, made once per test."""
    return make_picture(320, 240, alt_text="A lamp on a desk")


@pytest.fixture
def small_renditions(monkeypatch):
    """One tiny file per crop instead of all renditions, for tests that are not about pictures."""
    from io import BytesIO

    from PIL import Image as Pillow

    from blog import pictures
    from blog.imaging.renditions import CROPS, Rendition

    def tiny(data, focal=(0.5, 0.5), crops=CROPS):
        for crop in crops:
            file = BytesIO()
            Pillow.new("RGB", (16, 9), "teal").save(file, "JPEG")
            yield Rendition(crop, "jpeg", 16, 9, file.getvalue())

    monkeypatch.setattr(pictures, "encode", tiny)
