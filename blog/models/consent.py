"""A patient's written permission to show pictures, and files that are on their way out."""

from collections.abc import Iterable
from datetime import date, datetime

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from .fields import LineField
from .kept_record import KeptQuerySet, KeptRecord
from .source import today

only_a_number = RegexValidator(
    r"^[A-Z]{1,4}-[0-9]{4}-[0-9]{3,6}$",
    "A consent is known by its number alone, such as C-2026-014. Never write a patient’s name here.",
)


class PhotoConsentQuerySet(KeptQuerySet):
    """The one question about a permission."""

    def live(self, now: datetime) -> "PhotoConsentQuerySet":
        """Those that hold at ``now``: signed, not revoked, and not past their last day (a day of the clinic)."""
        day = timezone.localdate(now)
        return self.filter(
            Q(expires_on__isnull=True) | Q(expires_on__gte=day), signed_on__lte=day, revoked_at__isnull=True
        )


class PhotoConsent(KeptRecord):
    """That a patient signed a form (45 CFR 164.508). The form, and who signed it, stay in the clinic's own files.

    ``expires_on`` is the last day of the clinic on which pictures may be shown; blank: until it is revoked.
    """

    class Scope(models.TextChoices):
        """Where pictures may be shown."""

        BLOG = "blog", "This blog only"
        ONLINE = "online", "This blog and the clinic’s other pages"

    reference = LineField("consent number", max_length=20, unique=True, validators=[only_a_number])
    scope = models.CharField("may be shown on", max_length=10, choices=Scope, default=Scope.BLOG)
    signed_on = models.DateField(default=today)
    expires_on = models.DateField("last day", null=True, blank=True, help_text="Blank: until the patient revokes it.")
    revoked_at = models.DateTimeField(null=True, editable=False)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", editable=False
    )

    objects = PhotoConsentQuerySet.as_manager()

    class Meta:
        ordering = ["-signed_on", "-pk"]
        verbose_name = "consent"
        permissions = [("revoke_photoconsent", "Can write down that a patient revoked a consent")]
        constraints = [
            models.CheckConstraint(
                condition=Q(expires_on__isnull=True) | Q(expires_on__gte=F("signed_on")),
                name="consent_ends_after_signed",
            )
        ]

    def __str__(self) -> str:
        return self.reference

    def is_live(self, now: datetime) -> bool:
        """Whether it holds at ``now``; see ``PhotoConsentQuerySet.live``."""
        day: date = timezone.localdate(now)
        return self.revoked_at is None and self.signed_on <= day and (self.expires_on is None or day <= self.expires_on)


class FileDeletionQuerySet(models.QuerySet):
    """Files by the name of their storage and their own."""

    def ask(self, files: Iterable[tuple[str, str]]) -> None:
        """Write down that these files have to go, in the transaction that ends their use."""
        self.bulk_create([FileDeletion(storage=storage, name=name) for storage, name in files], ignore_conflicts=True)


class FileDeletion(models.Model):
    """A file that has to go, written down in the transaction that ends its use and removed once the file is gone.

    What a killed process left here is done by whoever comes next. ``storage`` is the storage's name in the settings.
    """

    storage = models.CharField(max_length=20)
    name = models.CharField(max_length=200)
    asked_at = models.DateTimeField(default=timezone.now)
    trouble = models.CharField(max_length=200, blank=True)

    objects = FileDeletionQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["storage", "name"], name="file_deletion_once")]

    def __str__(self) -> str:
        return f"{self.storage}: {self.name}"
