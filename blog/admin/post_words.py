"""Words on their way from the editing form into an open revision: as far as they are valid, and as they were typed."""

from datetime import datetime

from django import forms
from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.text import slugify

from blog.content.plain import tidy_line
from blog.models import Author, Post, Revision
from blog.models.article import validate_related_posts

from .post_fields import moment_of
from .post_form import PostForm

FIELDS = (*PostForm.Meta.fields, "tag_words", "sign_as")
LARGEST = 2**63


def typed_words(
    data: QueryDict, post: Post | None, user: AbstractBaseUser, now: datetime
) -> tuple[dict[str, object], dict[str, object]]:
    """Columns and the rest of what a form holds now, as ``publishing.autosave`` takes them. Refuses nothing.

    Valid values go into columns; what no column can hold stays as it was typed, by the field's name. Asks the database
    nothing, except for the author where it is not the stored one.
    """
    values, typed = {}, {}
    for name in FIELDS:
        field = PostForm.base_fields[name]
        if field.widget.value_omitted_from_data(data, {}, name):
            continue
        raw = _storable(field.widget.value_from_datadict(data, {}, name))
        if name == "tag_words":
            # Tags are looked up, and made, when the draft is saved.
            typed[name] = raw
            continue
        if name == "sign_as":
            # So is the author who is written down by name.
            typed |= {name: raw} if raw.strip() else {}
            continue
        try:
            values[Revision._meta.get_field(name).attname] = _column(name, field, raw, post, user, now)
        except ValidationError:
            typed[name] = raw
    return values, typed


def _storable(raw: object) -> object:
    """What a widget found, without the one character that PostgreSQL keeps nowhere; no column would keep it either."""
    if isinstance(raw, str):
        return raw.replace("\0", "")
    return [_storable(one) for one in raw] if isinstance(raw, list) else raw


def _column(
    name: str, field: forms.Field, raw: object, post: Post | None, user: AbstractBaseUser, now: datetime
) -> object:
    if name == "author":
        return _author(_number(raw), post, user)
    if isinstance(field, forms.ModelChoiceField):
        return _number(raw)
    if name == "related_posts":
        picked = [pk for pk in map(_number, raw) if pk is not None]
        validate_related_posts(picked)
        return picked
    if name == "published_at":
        return moment_of(field.clean(raw), post.published_at if post else None, now)
    if name == "slug":
        return _slug(field.clean(raw).strip(), post)
    if name == "title" and not tidy_line(field.clean(raw)):
        raise ValidationError("Nothing of this title can be seen.")
    return field.clean(raw)


def _number(raw: object) -> int | None:
    text = str(raw or "")
    if text and not (text.isascii() and text.isdecimal() and 0 < int(text) < LARGEST):
        raise ValidationError("This is no number of a record.")
    return int(text) if text else None


def _author(pk: int | None, post: Post | None, user: AbstractBaseUser) -> int | None:
    is_stored = pk is None or (post is not None and pk == post.author_id)
    if is_stored or user.has_perm("blog.change_any_post") or Author.objects.filter(pk=pk, user=user).exists():
        return pk
    raise ValidationError("Writers sign with their own name.")


def _slug(typed: str, post: Post | None) -> str:
    stored = post.slug if post else ""
    if typed in ("", stored):
        return stored
    if not (slug := slugify(typed)):
        raise ValidationError("An address needs letters or digits.")
    return slug
