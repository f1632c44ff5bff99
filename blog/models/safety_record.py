"""Drugs and procedures: what a patient must know about them, once for all articles that name them."""

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db import models

from .fields import LineField, LinesField, ParagraphField
from .kept_record import KeptQuerySet, KeptRecord
from .public_record import public_write

UNSIGNED = {"checked_by": None, "checked_on": None}


def validate_keys(value: object) -> None:
    """Accept a list of keys of records, each once. Raises ``ValidationError`` otherwise."""
    if not isinstance(value, list) or not all(isinstance(pk, int) and not isinstance(pk, bool) for pk in value):
        raise ValidationError("This is a list of records.")
    if any(not 0 < pk < 2**63 for pk in value) or len(set(value)) < len(value):
        raise ValidationError("Each record stands in the list once.")


class SafetyRecordQuerySet(KeptQuerySet):
    """Bulk writes that take a clinician's name off words that change."""

    def update(self, **values) -> int:
        """Django's own, and what ``bulk_update`` goes through; a signature does not stay where words are written."""
        return super().update(**values | (UNSIGNED if self.model.SIGNED_WORDS & values.keys() else {}))

    update.alters_data = True


class SafetyRecord(KeptRecord):
    """What drugs and procedures have in common. Never deleted: pages showed it.

    ``checked_by`` is the clinician who signed exactly these words, on ``checked_on``; blank until then, and blank again
    as soon as the words change, whatever way they are saved. Lists hold one short line each. ``sources`` are keys of
    ``Source``.
    """

    # What a clinician reads and signs.
    SIGNED_WORDS = frozenset({"call_911_if", "call_us_same_day_if", "sources"})

    other_names = LinesField(
        "also called", default=list, blank=True, help_text="One per line, as articles may spell it."
    )
    call_911_if = LinesField("call 911 if", default=list, blank=True, help_text="One sign per line.")
    call_us_same_day_if = LinesField("call us the same day if", default=list, blank=True, help_text="One per line.")
    sources = models.JSONField(default=list, blank=True, validators=[validate_keys])
    checked_by = models.ForeignKey(
        "blog.Author", on_delete=models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )
    checked_on = models.DateField(null=True, blank=True, editable=False)
    is_retired = models.BooleanField(
        "not offered here any more", default=False, help_text="Articles that name it no longer get its note."
    )

    objects = SafetyRecordQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, *args, **kwargs) -> None:
        """Django's own; words other than the stored ones lose the name of the clinician who signed those."""
        with public_write():
            stored = type(self)._base_manager.select_for_update(of=("self",)).filter(pk=self.pk).first()
            if stored is not None and self.words_changed_from(stored, kwargs.get("update_fields")):
                self.checked_by, self.checked_on = None, None
                if kwargs.get("update_fields") is not None:
                    kwargs["update_fields"] = {*kwargs["update_fields"], *UNSIGNED}
            super().save(*args, **kwargs)

    def words_changed_from(self, stored: "SafetyRecord", names: Iterable[str] | None = None) -> bool:
        """Whether anything that a clinician signs is another than in ``stored``; of ``names`` only, where given."""
        looked_at = self.SIGNED_WORDS if names is None else self.SIGNED_WORDS & set(names)
        return any(
            self._meta.get_field(name).to_python(getattr(self, name)) != getattr(stored, name) for name in looked_at
        )

    @property
    def names(self) -> list[str]:
        """Every word by which articles call it, its own name first."""
        return [str(self), *self.other_names]


class Drug(SafetyRecord):
    """A medicine under its brand, with what its label says in plain words."""

    SIGNED_WORDS = SafetyRecord.SIGNED_WORDS | {
        "brand_name",
        "generic_name",
        "drug_class",
        "approved_uses",
        "boxed_warning",
        "label_url",
    }

    brand_name = LineField(max_length=80, unique=True)
    generic_name = LineField(max_length=120)
    drug_class = LineField(
        "class", max_length=80, help_text="Drugs of one class share one note, such as “Botulinum toxins”."
    )
    approved_uses = ParagraphField(blank=True, max_length=1000)
    boxed_warning = ParagraphField(blank=True, max_length=1500, help_text="In plain words. Blank: it has none.")
    label_url = models.URLField("link to the label", max_length=500, blank=True)
    label_checked_on = models.DateField("label checked on", null=True, blank=True)

    class Meta:
        ordering = ["brand_name"]
        constraints = [models.CheckConstraint(condition=~models.Q(brand_name=""), name="drug_has_name")]

    def __str__(self) -> str:
        return self.brand_name


class Procedure(SafetyRecord):
    """A treatment that is no drug: fillers, lasers, peels."""

    SIGNED_WORDS = SafetyRecord.SIGNED_WORDS | {"name", "risks"}

    class ProcedureType(models.TextChoices):
        """Kinds of medical procedures as schema.org names them (MedicalProcedureType)."""

        NONINVASIVE = "NoninvasiveProcedure", "Nothing goes through the skin"
        PERCUTANEOUS = "PercutaneousProcedure", "By needle"
        SURGICAL = "SurgicalProcedure", "Surgery"

    name = LineField(max_length=80, unique=True)
    procedure_type = models.CharField("kind", max_length=30, choices=ProcedureType, default=ProcedureType.NONINVASIVE)
    body_location = LineField("where on the body", max_length=120, blank=True)
    risks = ParagraphField("serious risks", blank=True, max_length=1500, help_text="In plain words, the worst first.")

    class Meta:
        ordering = ["name"]
        constraints = [models.CheckConstraint(condition=~models.Q(name=""), name="procedure_has_name")]

    def __str__(self) -> str:
        return self.name
