"""Topics and tags: how articles are grouped."""

from django.core.validators import RegexValidator
from django.db import models
from django.urls import reverse

from .fields import LineField, ParagraphField
from .kept_record import KeptRecord

# Staff type the tags of a post in one line, with commas between them.
no_comma = RegexValidator(r"^[^,]*$", "A tag has no comma: commas stand between tags.")


class Topic(KeptRecord):
    """What an article is mainly about; each has at most one."""

    name = LineField(max_length=60, unique=True)
    slug = models.SlugField("address", max_length=60, unique=True, help_text="Fixed once saved, so links keep working.")
    description = ParagraphField(
        blank=True, max_length=300, help_text="One sentence under the topic's name on its page."
    )
    position = models.PositiveSmallIntegerField(default=100, help_text="Smaller numbers stand first in the topic line.")
    is_sample = models.BooleanField(default=False, editable=False)

    class Meta:
        ordering = ["position", "name"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """The topic's public page."""
        return reverse("blog:topic", args=[self.slug])


class Tag(KeptRecord):
    """A word that ties articles together across topics."""

    name = LineField(max_length=60, unique=True, validators=[no_comma])
    slug = models.SlugField("address", max_length=60, unique=True, help_text="Fixed once saved, so links keep working.")
    is_sample = models.BooleanField(default=False, editable=False)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """The tag's public page."""
        return reverse("blog:tag", args=[self.slug])
