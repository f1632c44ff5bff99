"""The form of a post: every field that staff edit."""

from collections.abc import Mapping
from datetime import datetime

from django import forms
from django.db import IntegrityError, transaction
from django.forms.models import model_to_dict
from django.utils import timezone
from django.utils.text import slugify

from blog import publishing
from blog.models import Author, Image, Post, Revision, Tag, Topic
from blog.models.article import validate_sources
from blog.models.safety_record import validate_keys

from .editor import ArticleField
from .post_author import SigningField, check_signing, offer_authors, settle_author
from .post_fields import (
    KeyPointsField,
    KeysField,
    LeftOutField,
    PickedPostsField,
    ShownDateField,
    TagWordsField,
    moment_of,
)

SLUG_LENGTH = Post._meta.get_field("slug").max_length
WINDOW_LENGTH = Revision._meta.get_field("window").max_length
_ATTEMPTS = 5


class PostForm(forms.ModelForm):
    """A post's working copy as staff edit it. ``user`` is set on the class by the admin, once per request.

    It opens with the newest words: those that this person has typed and not saved, else the newest draft. Beside the
    columns: ``base``, the draft the text rests on, and ``tag_words``; ``seen`` is all that its window knows. After a
    conflict ``conflict`` holds the revision of the other text. ``is_gone``, set like ``user``, is for text of a post
    that was removed meanwhile: it is refused once, so that its writer sees that it will be a new post.
    """

    user = None
    is_gone = False
    conflict: Revision | None = None

    base = forms.IntegerField(required=False, widget=forms.HiddenInput)
    hero_image = forms.ModelChoiceField(
        Image.objects.all(),
        label="Main photo",
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
    sources = KeysField(validate_sources, label="Sources", widget=forms.TextInput)
    drugs = KeysField(validate_keys, label="Medicines", widget=forms.TextInput)
    procedures = KeysField(validate_keys, label="Procedures", widget=forms.TextInput)
    left_out_notes = LeftOutField(label="Safety notes left out", required=False)
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
            "sources",
            "drugs",
            "procedures",
            "left_out_notes",
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
        self.newest = publishing.newest_revision(post) if post.pk else None
        self.words = self.newest
        if post.pk:
            self.words = publishing.open_revision(self.user, post) or self.newest
            self.initial.setdefault("tag_words", list(post.tags.values_list("name", flat=True)))
        self.initial.setdefault("base", self.newest.pk if self.newest else None)
        if self.words is not None and not self.is_bound:
            self.initial |= initial_of(self.words)
            if self.words.saved_by_id != self.user.pk:
                self.initial.pop("sign_as", None)  # a colleague's own name
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
        return not self.slug_is_fixed and publishing.slug_follows_title(self.stored_title, self.stored_slug)

    @property
    def seen(self) -> publishing.Seen:
        """What the window of this form was told last: the draft its text rests on, and its open words."""
        if self.is_bound:
            return seen_in(self.data)
        is_open = self.words is not None and self.words.sealed_at is None
        return publishing.Seen(
            self.initial["base"], self.words.pk if is_open else None, self.words.version if is_open else None
        )

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
        new = [word for word in words if publishing.known_tag(word) is None]
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
                newest = publishing.newest_revision(stored)
                publishing.check_base(stored, self.seen.base_of(self.user, newest))
                publishing.check_open(self.user, stored, self.seen)
            except (publishing.EditConflict, publishing.StaleWindow) as error:
                self.conflict = error.newest
                raise forms.ValidationError(str(error), code="conflict") from error
            except publishing.NotAllowed as error:
                raise forms.ValidationError(f"{error} Your text stands below; copy it before you leave.") from error
            except publishing.Refused as error:
                raise forms.ValidationError(str(error)) from error
        if "body" in cleaned and "body" not in self.changed_data:
            # Opened and saved is not changed, whatever the text would be cleaned to today.
            cleaned["body"] = self.initial.get("body", "")
        check_signing(self, self.user)
        try:
            with transaction.atomic():
                publishing.hold_pictures(self._with_pictures(cleaned))
        except publishing.PictureGone as error:
            self.add_error("hero_image", str(error))
        if cleaned.get("title") and "slug" in cleaned:
            cleaned["slug"] = self._settled_slug(cleaned["title"], cleaned["slug"])
        return cleaned

    def _with_pictures(self, cleaned: dict[str, object]) -> Post:
        return Post(hero_image=cleaned.get("hero_image"), body=cleaned.get("body") or "")

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

    def save_draft(self) -> Revision:
        """Save the working copy through ``blog.publishing``; returns its newest revision.

        Raises ``blog.publishing.NotAllowed`` and ``EditConflict``; ``clean`` judged both under the same lock.
        """
        post = self.instance
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                with transaction.atomic():
                    settle_author(self, self.user)
                    tags = [publishing.known_tag(word) or _new_tag(word) for word in self.cleaned_data["tag_words"]]
                    return publishing.save_draft(self.user, post, set(tags), seen=self.seen, now=self.now)
            except (IntegrityError, publishing.TagGone):
                # Somebody took the address, or made or deleted the tag, a moment ago.
                if attempt == _ATTEMPTS:
                    raise
                if publishing.slug_taken_by(post.slug, post):
                    post.slug = publishing.free_slug(post.slug, post)


def initial_of(words: Revision) -> dict[str, object]:
    """What the form shows for a revision: its columns, and in their place what was typed and no column could hold."""
    columns = {} if words.sealed_at else model_to_dict(words, fields=PostForm.Meta.fields)
    return columns | {name: raw for name, raw in words.typed.items() if name in PostForm.base_fields}


def number_in(data: Mapping[str, str], name: str) -> int | None:
    """The number that a form sends under a name; None for anything that is no number of a record."""
    text = data.get(name, "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else None


def seen_in(data: Mapping[str, str]) -> publishing.Seen:
    """What a form's window says that it knows."""
    numbers = [number_in(data, name) for name in ("base", "open_revision", "open_version")]
    return publishing.Seen(*numbers, window=data.get("window", "").replace("\0", "")[:WINDOW_LENGTH])


def _new_tag(word: str) -> Tag:
    return Tag.objects.create(name=word, slug=slugify(word))
