"""The form of a post: every field that staff edit."""

import re
from datetime import datetime

from django import forms
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.text import slugify

from blog import publishing
from blog.models import Author, Image, Post, Revision, Tag, Topic

from .editor import ArticleField
from .post_author import SigningField, check_signing, offer_authors, settle_author
from .post_fields import KeyPointsField, PickedPostsField, ShownDateField, TagWordsField, moment_of

SLUG_LENGTH = Post._meta.get_field("slug").max_length
_ATTEMPTS = 5


class PostForm(forms.ModelForm):
    """A post's working copy as staff edit it. ``user`` is set on the class by the admin, once per request.

    Beside the columns: ``base``, the revision the text was opened from, and ``tag_words``. After a conflict
    ``conflict`` holds the newest revision, which somebody else saved; sending its number as ``_overwrite`` says that
    this text goes on top of exactly that one. ``is_gone``, set like ``user``, is for text of a post that was removed
    meanwhile: it is refused once, so that its writer sees that it will be a new post.
    """

    user = None
    is_gone = False
    conflict: Revision | None = None

    base = forms.IntegerField(required=False, widget=forms.HiddenInput)
    hero_image = forms.ModelChoiceField(
        Image.objects.all(),
        required=False,
        widget=forms.HiddenInput,
        error_messages={"invalid_choice": "This photo is no longer in the library. Choose another one."},
    )
    slug = forms.CharField(
        label="Address",
        required=False,
        max_length=SLUG_LENGTH,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
    )
    key_points = KeyPointsField(label="Key points")
    body = ArticleField(label="Article", required=False)
    topic = forms.ModelChoiceField(
        Topic.objects.all(), required=False, widget=forms.RadioSelect, empty_label="No topic yet", blank=True
    )
    author = forms.ModelChoiceField(Author.objects.all(), required=False, empty_label="Nobody yet")
    sign_as = SigningField()
    tag_words = TagWordsField(label="Tags", required=False)
    published_at = ShownDateField(
        label="Shown date",
        required=False,
        help_text="Blank: the day it first goes live. An earlier day moves the post down the list.",
    )
    related_posts = PickedPostsField(label="More posts")
    canonical_url = forms.URLField(
        label="First published at",
        required=False,
        assume_scheme="https",
        max_length=Post._meta.get_field("canonical_url").max_length,
        help_text=Post._meta.get_field("canonical_url").help_text,
    )

    class Meta:
        model = Post
        fields = [
            "hero_image",
            "hero_alt",
            "hero_is_decorative",
            "hero_caption",
            "title",
            "slug",
            "subtitle",
            "key_points",
            "body",
            "excerpt",
            "topic",
            "author",
            "kind",
            "published_at",
            "related_posts",
            "disclosure",
            "cta_heading",
            "cta_text",
            "seo_title",
            "meta_description",
            "canonical_url",
            "noindex",
        ]
        widgets = {
            "title": forms.Textarea(attrs={"rows": 1, "autocomplete": "off"}),
            "subtitle": forms.Textarea(attrs={"rows": 2}),
            "excerpt": forms.Textarea(attrs={"rows": 3}),
            "hero_alt": forms.Textarea(attrs={"rows": 2}),
            "kind": forms.RadioSelect,
            "meta_description": forms.Textarea(attrs={"rows": 3}),
            "disclosure": forms.Textarea(attrs={"rows": 3}),
            "cta_text": forms.Textarea(attrs={"rows": 3}),
        }
        help_texts = {
            "seo_title": "Blank: the title.",
            "meta_description": "Blank: the short summary.",
            "cta_text": "Blank: the practice’s own words.",
        }
        error_messages = {"title": {"required": "Write a title. It is all that a draft needs."}}

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        if self.is_gone:
            self.data = self.data.copy()
            self.data["base"] = ""
        self.now = timezone.now()
        post = self.instance
        self.stored_title, self.stored_slug = post.title, post.slug
        self.slug_is_fixed = publishing.slug_is_fixed(post)
        newest = publishing.newest_revision(post) if post.pk else None
        self.initial.setdefault("base", newest.pk if newest else None)
        if post.pk:
            self.initial.setdefault("tag_words", list(post.tags.values_list("name", flat=True)))
        if post.pk is None and "title" in self.fields:
            self.fields["title"].help_text = "The title is all a draft needs."
            if not self.is_bound:
                self.fields["title"].widget.attrs["autofocus"] = True
        offer_authors(self, self.user)
        self.fields["related_posts"].offer(post, self.now)
        # Left out, it stays what it is: only the title is needed.
        if "kind" in self.fields:
            self.fields["kind"].required = False

    @property
    def slug_follows_title(self) -> bool:
        """Whether the stored address was made from the stored title and may go on following it."""
        if self.slug_is_fixed:
            return False
        made = slugify(self.stored_title)[:SLUG_LENGTH].strip("-_") or "post"
        return not self.stored_slug or re.fullmatch(rf"{re.escape(made)}(-[0-9]+)?", self.stored_slug) is not None

    def clean_slug(self) -> str:
        """The typed address in its plain form, or blank. Raises ``ValidationError`` if another post has it."""
        typed = self.cleaned_data["slug"].strip()
        if typed in ("", self.stored_slug):
            return typed
        slug = slugify(typed)
        if not slug:
            raise forms.ValidationError("An address needs letters or digits, a to z and 0 to 9, with hyphens between.")
        other = publishing.slug_taken_by(slug, self.instance)
        if other is not None:
            raise forms.ValidationError(
                f"The address “{slug}” belongs to “{other.title}”. Choose another one for this post.", code="taken"
            )
        return slug

    def clean_published_at(self) -> datetime | None:
        """The moment behind the shown date; see ``moment_of``."""
        return moment_of(self.cleaned_data["published_at"], self.instance.published_at, self.now)

    def clean_tag_words(self) -> list[str]:
        """The words of the tags. Raises ``ValidationError`` for a new one without the right to make tags."""
        words = self.cleaned_data["tag_words"]
        new = [word for word in words if _tag_for(word) is None]
        if new and not (self.user and self.user.has_perm("blog.add_tag")):
            raise forms.ValidationError(
                f"There is no tag “{new[0]}” yet, and your login may not make new ones. Take one that exists."
            )
        return words

    def clean(self) -> dict[str, object]:
        """Hold the post's row, and refuse what would write over somebody else's text. Raises ``ValidationError``."""
        cleaned = super().clean()
        if self.is_gone:
            raise forms.ValidationError(
                "This post is gone: somebody removed it while you wrote. Your text stands below; save it as a new post."
            )
        if self.instance.pk is not None:
            try:
                stored = publishing.lock_post(self.instance.pk)
                self.slug_is_fixed = publishing.slug_is_fixed(stored)
                publishing.require_edit(self.user, stored)
                publishing.check_base(stored, self.base_id)
            except publishing.EditConflict as error:
                self.conflict = error.newest
                raise forms.ValidationError(str(error), code="conflict") from error
            except publishing.NotAllowed as error:
                raise forms.ValidationError(f"{error} Your text stands below; copy it before you leave.") from error
            except publishing.Refused as error:
                raise forms.ValidationError(str(error)) from error
        if "body" in cleaned and "body" not in self.changed_data:
            # Opened and saved is not changed, whatever the text would be cleaned to today.
            cleaned["body"] = self.instance.body
        check_signing(self, self.user)
        if cleaned.get("title") and "slug" in cleaned:
            cleaned["slug"] = self._settled_slug(cleaned["title"], cleaned["slug"])
        return cleaned

    def _get_validation_exclusions(self) -> set[str]:
        # Without a title there is no address yet, and one sentence about the title is enough.
        return super()._get_validation_exclusions() | ({"slug"} if not self.cleaned_data.get("slug") else set())

    def _settled_slug(self, title: str, slug: str) -> str:
        if slug not in ("", self.stored_slug):
            return slug
        if self.slug_is_fixed:
            return self.stored_slug
        if not self.stored_slug or not slug:
            return publishing.free_slug(title, self.instance)
        if self.slug_follows_title and slugify(title) != slugify(self.stored_title):
            return publishing.free_slug(title, self.instance)
        return self.stored_slug

    @property
    def base_id(self) -> int | None:
        """The revision this text goes on top of: the one it was opened from, or the one named by ``_overwrite``."""
        seen = self.data.get("_overwrite", "")
        return int(seen) if seen.isascii() and seen.isdecimal() and len(seen) < 19 else self.cleaned_data.get("base")

    def save_draft(self) -> Revision:
        """Save the working copy through ``blog.publishing``; returns its newest revision.

        Raises ``blog.publishing.NotAllowed`` and ``EditConflict``; ``clean`` judged both under the same lock.
        """
        post = self.instance
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                with transaction.atomic():
                    settle_author(self, self.user)
                    tags = [_tag_for(word) or _new_tag(word) for word in self.cleaned_data["tag_words"]]
                    return publishing.save_draft(self.user, post, set(tags), base_id=self.base_id, now=self.now)
            except IntegrityError:
                # Somebody took the address, or made the tag, a moment ago.
                if attempt == _ATTEMPTS:
                    raise
                if publishing.slug_taken_by(post.slug, post):
                    post.slug = publishing.free_slug(post.slug, post)


def _tag_for(word: str) -> Tag | None:
    found = Tag.objects.filter(Q(name__iexact=word) | Q(slug=slugify(word)))
    return min(found, key=lambda tag: (tag.name != word, tag.name.casefold() != word.casefold(), tag.pk), default=None)


def _new_tag(word: str) -> Tag:
    return Tag.objects.create(name=word, slug=slugify(word))
