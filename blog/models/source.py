"""What an article rests on."""

from django.db import models
from django.utils import timezone

from .fields import LineField
from .kept_record import KeptRecord


def today() -> object:
    """The clinic's day."""
    return timezone.localdate()


class Source(KeptRecord):
    """Something published elsewhere that articles cite by number. Never deleted: an article may rest on it.

    Articles hold ``sources``, a list of keys; a source's number on a page is its place in that list, from 1.
    """

    title = LineField(max_length=300, help_text="As it stands over the page or paper itself.")
    publisher = LineField(max_length=150, blank=True, help_text="Who vouches for it, such as FDA or MedlinePlus.")
    url = models.URLField("link", max_length=500, blank=True)
    accessed_on = models.DateField("seen on", default=today, help_text="The day somebody of you last read it.")
    is_retired = models.BooleanField(
        "offer it no more", default=False, help_text="Articles that name it keep it; nobody is offered it again."
    )
    is_sample = models.BooleanField(default=False, editable=False)

    class Meta:
        ordering = ["title", "pk"]
        constraints = [models.CheckConstraint(condition=~models.Q(title=""), name="source_has_title")]

    def __str__(self) -> str:
        return f"{self.title} ({self.publisher})" if self.publisher else self.title


class LinkCheckQuerySet(models.QuerySet):
    """Looks at links."""

    def gone(self) -> list[str]:
        """The addresses that are no longer there: they failed on two days, and on none in between they were."""
        return [check.url for check in self.exclude(answer="") if check.is_gone]


class LinkCheck(models.Model):
    """When a link that articles rely on was last looked at, and what it answered. Readers never see this.

    ``answer`` is blank for a page that is there, else what is wrong in a few words; ``failing_since`` is the first of
    the looks that went wrong without one that went well in between.
    """

    url = models.URLField(max_length=500, unique=True)
    checked_at = models.DateTimeField()
    answer = models.CharField(max_length=200, blank=True)
    failing_since = models.DateTimeField(null=True)

    objects = LinkCheckQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.url}: {self.answer or 'there'}"

    @property
    def is_gone(self) -> bool:
        """Whether the link failed on two different days of the clinic: one bad day alone says nothing."""
        if not self.answer or self.failing_since is None:
            return False
        return timezone.localdate(self.checked_at) > timezone.localdate(self.failing_since)
