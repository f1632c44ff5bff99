"""Pictures in the library."""

from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.core.files.storage import Storage, storages
from django.db import models
from django.db.models import ProtectedError, Q

from .consent import FileDeletion
from .fields import LineField
from .kept_record import KeptRecord
from .public_record import public_write
from .safety_record import validate_keys


def masters() -> Storage:
    """Where masters lie: a storage that no browser reaches."""
    return storages["masters"]


class Image(KeptRecord):
    """A picture that staff uploaded: verified, upright, in sRGB and without anything private in the file.

    The description and caption here are the defaults; each use of a picture keeps its own with the draft.
    A picture that another one replaced everywhere names it in ``replaced_by``; readers get its files no more.
    ``renditions`` lists the files that browsers get: dictionaries of crop, format, width, height (pixels), name. Those
    whose crop is ``earlier`` are in use no more: pages that are kept somewhere may still name them. Where one has
    ``private``, its file lies in the private storage, which no web server reaches; all of a picture lie in one of the
    two. ``depicts`` is blank while nobody has said who is in it, as after an upload of many; until then its files are
    private too, because it may be a patient. After a revocation the row stays without files, to show what was.
    """

    class Depicts(models.TextChoices):
        """Who can be seen. A patient is shown only under a consent that holds."""

        NOBODY = "nobody", "Nobody"
        COLLEAGUE = "colleague", "A colleague"
        MODEL = "model", "A model"
        PATIENT = "patient", "A patient"

    master = models.FileField(storage=masters, max_length=100, editable=False)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    width = models.PositiveIntegerField(editable=False)
    height = models.PositiveIntegerField(editable=False)
    renditions = models.JSONField(default=list, editable=False)
    alt_text = LineField(
        "description",
        max_length=300,
        blank=True,
        help_text="Describe this photo for someone who cannot see it. Say what it shows; do not start with “Image of”.",
    )
    is_decorative = models.BooleanField("only decoration", default=False)
    caption = LineField(max_length=300, blank=True)
    credit = LineField(max_length=100, blank=True, help_text="Who took it.")
    focal_x = models.FloatField(
        default=0.5, help_text="What must stay when the picture is cropped: 0 is left, 1 is right."
    )
    focal_y = models.FloatField(default=0.5, help_text="0 is the top, 1 is the bottom.")
    depicts = models.CharField(
        "who is in it",
        max_length=10,
        choices=Depicts,
        help_text="A patient needs a signed consent, known here by its number. Recognized by a tattoo or a story "
        "counts, too.",
    )
    # A patient is shown only under a consent; the database sees to it that there is one.
    consent = models.ForeignKey(
        "blog.PhotoConsent", on_delete=models.PROTECT, null=True, blank=True, related_name="images"
    )
    is_before_after = models.BooleanField("shows before and after", default=False, db_default=False)
    drugs_shown = models.JSONField(
        default=list, db_default=models.Value([], models.JSONField()), blank=True, validators=[validate_keys]
    )
    procedures_shown = models.JSONField(
        default=list, db_default=models.Value([], models.JSONField()), blank=True, validators=[validate_keys]
    )
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", editable=False
    )
    uploaded_at = models.DateTimeField(auto_now_add=True)
    is_sample = models.BooleanField(default=False, editable=False)
    replaced_by = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="replaces", editable=False
    )
    replaced_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering = ["-uploaded_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(focal_x__gte=0, focal_x__lte=1, focal_y__gte=0, focal_y__lte=1),
                name="image_focal_point_inside",
            ),
            models.CheckConstraint(condition=Q(width__gt=0, height__gt=0), name="image_has_size"),
            models.CheckConstraint(
                condition=~Q(depicts="patient") | Q(consent__isnull=False), name="image_patient_has_consent"
            ),
        ]

    def __str__(self) -> str:
        return self.alt_text or f"Picture {self.pk}"

    def delete(self, *args, **kwargs) -> tuple[int, dict[str, int]]:
        """Delete the row, and write down that its files have to go: after the commit, by ``blog.picture_files``.

        Raises ``ProtectedError`` also where the picture stands in words that are still open, and where its consent was
        revoked: without its row the same picture could come in again as somebody else's.
        """
        from .revision import Revision

        if self.consent is not None and self.consent.revoked_at is not None:
            raise ProtectedError("The consent for this picture was revoked.", {self.consent})
        writing = Revision.objects.filter(sealed_at__isnull=True, body__contains=f'data-image="{self.pk}"')
        if found := set(writing.select_related("post")):
            raise ProtectedError("The picture stands in a text that somebody is writing.", found)
        with public_write():
            FileDeletion.objects.ask(self.files())
            return super().delete(*args, **kwargs)

    @property
    def has_files(self) -> bool:
        """Whether readers can get it: its files are made, and it was not replaced."""
        return bool(self.renditions) and self.replaced_by_id is None

    @property
    def is_described(self) -> bool:
        """Whether somebody said what it shows, or that it only decorates, and who is in it."""
        return bool(self.depicts) and (self.is_decorative or self.alt_text != "")

    @property
    def is_private(self) -> bool:
        """Whether its files are nobody's but by a checked address: a patient's, or whose, nobody has said yet."""
        return self.depicts == self.Depicts.PATIENT or any(file.get("private") for file in self.renditions)

    def may_be_shown(self, now: datetime) -> bool:
        """Whether readers may see it at ``now``: it has files and, where it shows a patient, the consent holds."""
        if not self.has_files:
            return False
        if not self.is_private:
            return True
        return self.depicts == self.Depicts.PATIENT and self.consent is not None and self.consent.is_live(now)

    def files(self, *, master: bool = True) -> list[tuple[str, str]]:
        """Its files: the name of the storage in the settings, and the file's own."""
        kept = [("masters", self.master.name)] if master and self.master.name else []
        return [*kept, *rendition_files(self.renditions)]


def rendition_files(renditions: Iterable[dict]) -> list[tuple[str, str]]:
    """Where the files of these renditions lie: the name of the storage in the settings, and the file's own."""
    return [("private" if one.get("private") else "default", one["name"]) for one in renditions]
