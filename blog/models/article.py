"""The fields of an article, shared by the working copy, its revisions and what readers see."""

from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.db import models

from .fields import BodyField, LineField, LinesField, ParagraphField
from .safety_record import validate_keys

MAX_KEY_POINTS = 3
MAX_KEY_POINT_LENGTH = 200
MAX_RELATED_POSTS = 3
MAX_SOURCES = 40
EMPTY_LIST = models.Value([], models.JSONField())


def validate_key_points(value: object) -> None:
    """Accept a list of at most three short lines. Raises ``ValidationError`` otherwise."""
    if not isinstance(value, list) or not all(isinstance(line, str) for line in value):
        raise ValidationError("Key points are lines of text.")
    if len(value) > MAX_KEY_POINTS:
        raise ValidationError(f"There is room for {MAX_KEY_POINTS} key points. Take the most important ones.")
    if any(len(line) > MAX_KEY_POINT_LENGTH for line in value):
        raise ValidationError(f"A key point has at most {MAX_KEY_POINT_LENGTH} characters. Shorten the long one.")


def validate_related_posts(value: object) -> None:
    """Accept a list of at most three ids of posts. Raises ``ValidationError`` otherwise."""
    if not isinstance(value, list) or not all(isinstance(pk, int) and not isinstance(pk, bool) for pk in value):
        raise ValidationError("Picked posts are a list of posts.")
    if any(not 0 < pk < 2**63 for pk in value) or len(set(value)) < len(value):
        raise ValidationError("Each picked post is another one.")
    if len(value) > MAX_RELATED_POSTS:
        raise ValidationError(f"There is room for {MAX_RELATED_POSTS} picked posts.")


def validate_sources(value: object) -> None:
    """Accept a list of at most forty keys of sources. Raises ``ValidationError`` otherwise."""
    validate_keys(value)
    if len(value) > MAX_SOURCES:
        raise ValidationError(f"There is room for {MAX_SOURCES} sources. Keep those that the text rests on.")


def validate_left_out(value: object) -> None:
    """Accept a list of notes that are left out: ``{"record": "drug" or "procedure", "id": key, "reason": words}``.

    Raises ``ValidationError`` otherwise, also for a reason without words.
    """
    if not isinstance(value, list) or not all(
        isinstance(one, dict) and one.keys() == {"record", "id", "reason"} for one in value
    ):
        raise ValidationError("Notes that are left out are a list of records with reasons.")
    for one in value:
        if one["record"] not in ("drug", "procedure") or not isinstance(one["id"], int) or isinstance(one["id"], bool):
            raise ValidationError("A note that is left out belongs to a drug or a procedure.")
        if not isinstance(one["reason"], str) or not one["reason"].strip():
            raise ValidationError("Say why the safety note is left out.")


class ArticleFields(models.Model):
    """Every column that staff edit and readers may see, declared once for Post, Revision and Publication.

    Because all three inherit them, a field that is added here is in every snapshot by construction. Tags, which
    need a table of their own, are carried beside them by ``blog.publishing``.
    """

    class Kind(models.TextChoices):
        """Health information answers to stricter rules than news of the clinic."""

        HEALTH_INFORMATION = "health_information", "Health information"
        CLINIC_NEWS = "clinic_news", "Clinic news"

    kind = models.CharField(max_length=20, choices=Kind, default=Kind.HEALTH_INFORMATION)
    title = LineField(max_length=200)
    slug = models.SlugField("address", max_length=200)
    subtitle = ParagraphField(blank=True, max_length=400, validators=[MaxLengthValidator(400)])
    excerpt = ParagraphField("short summary", blank=True, max_length=400, validators=[MaxLengthValidator(400)])
    key_points = LinesField(default=list, blank=True, validators=[validate_key_points])
    body = BodyField("article", blank=True)
    hero_image = models.ForeignKey(
        "blog.Image", on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="main photo"
    )
    hero_alt = LineField("description of the main photo", max_length=300, blank=True)
    hero_is_decorative = models.BooleanField("only decoration", default=False)
    hero_caption = LineField("caption of the main photo", max_length=300, blank=True)
    topic = models.ForeignKey("blog.Topic", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    author = models.ForeignKey("blog.Author", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    # An ordered list of ids and not a table: a post that leaves the site simply drops out of the list.
    related_posts = models.JSONField(
        "picked for “More posts”", default=list, blank=True, validators=[validate_related_posts]
    )
    published_at = models.DateTimeField(
        "shown date", null=True, blank=True, help_text="Blank: the day it first goes live."
    )
    # Their default stands in the database too: while a release replaces another, the one before still writes.
    disclosure = ParagraphField(
        blank=True,
        default="",
        db_default="",
        max_length=300,
        validators=[MaxLengthValidator(300)],
        help_text="Where the practice earns from what this is about: “We offer this treatment as a paid service.”",
    )
    cta_heading = LineField(
        "invitation", max_length=80, blank=True, default="", db_default="", help_text="Blank: the practice’s own words."
    )
    cta_text = ParagraphField(
        "text of the invitation",
        blank=True,
        default="",
        db_default="",
        max_length=300,
        validators=[MaxLengthValidator(300)],
    )
    seo_title = LineField("title on Google", max_length=200, blank=True)
    meta_description = ParagraphField(
        "text on Google", blank=True, max_length=300, validators=[MaxLengthValidator(300)]
    )
    canonical_url = models.URLField(
        "first published at",
        blank=True,
        default="",
        db_default="",
        help_text="Only for a text that stands elsewhere too, and first: search engines are sent there.",
    )
    noindex = models.BooleanField("keep out of search engines", default=False)
    # Ordered lists of keys like the picked posts: a source's number is its place. Those records are never deleted.
    sources = models.JSONField(default=list, db_default=EMPTY_LIST, blank=True, validators=[validate_sources])
    # Attached by hand, beside those that the text names and that attach themselves; and those left out, with a reason.
    drugs = models.JSONField(default=list, db_default=EMPTY_LIST, blank=True, validators=[validate_keys])
    procedures = models.JSONField(default=list, db_default=EMPTY_LIST, blank=True, validators=[validate_keys])
    left_out_notes = models.JSONField(default=list, db_default=EMPTY_LIST, blank=True, validators=[validate_left_out])

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.title

    @classmethod
    def article_field_names(cls) -> list[str]:
        """Column names (``attname``) of everything declared here."""
        return [field.attname for field in ArticleFields._meta.local_fields]

    def article_values(self) -> dict[str, object]:
        """A copy of this article's columns, to make another record of or to compare."""
        return {name: getattr(self, name) for name in self.article_field_names()}
