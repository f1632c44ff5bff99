"""People whose names stand on articles."""

from django.conf import settings
from django.db import models
from django.urls import reverse

from .fields import LineField, LinesField, ParagraphField
from .kept_record import KeptRecord


class Author(KeptRecord):
    """A person who signs articles. Never deleted once an article carries the name."""

    name = LineField(max_length=100, help_text="As readers should see it, without titles; titles go into Credentials.")
    slug = models.SlugField(
        "address", max_length=100, unique=True, help_text="Fixed once saved, so links keep working."
    )
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="author",
        verbose_name="login",
        help_text="Who may write under this name. Blank: anybody who may edit all posts.",
    )
    credentials = LineField(max_length=50, blank=True, help_text="Letters after the name, such as RN or MD.")
    job_title = LineField(max_length=100, blank=True)
    bio = ParagraphField(blank=True, max_length=1000, help_text="One or two sentences, shown under each article.")
    photo = models.ForeignKey("blog.Image", on_delete=models.PROTECT, null=True, blank=True, related_name="authors")
    same_as = LinesField(
        "profiles elsewhere", default=list, blank=True, help_text="Web addresses of the same person, one per line."
    )
    license_type = LineField(
        "license", max_length=20, blank=True, default="", db_default="", help_text="Such as MD, DO, NP, PA or RN."
    )
    license_state = LineField("licensed in", max_length=40, blank=True, default="", db_default="")
    is_medical_reviewer = models.BooleanField(
        "reviews articles",
        default=False,
        db_default=False,
        help_text="A clinician with a login and credentials, who signs that an article is right.",
    )
    is_sample = models.BooleanField(default=False, editable=False)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    @property
    def byline(self) -> str:
        """Name and credentials as readers see them: «Ada Ray, RN»."""
        return f"{self.name}, {self.credentials}" if self.credentials else self.name

    def get_absolute_url(self) -> str:
        """The author's public page."""
        return reverse("blog:author", args=[self.slug])
