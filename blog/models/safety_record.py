"""Drugs and procedures: what a patient must know about them, once for all articles that name them."""

from django.core.exceptions import ValidationError
from django.db import models

from .fields import LineField, LinesField, ParagraphField
from .kept_record import KeptRecord


def validate_keys(value: object) -> None:
    """Accept a list of keys of records, each once. Raises ``ValidationError`` otherwise."""
    if not isinstance(value, list) or not all(isinstance(pk, int) and not isinstance(pk, bool) for pk in value):
        raise ValidationError("This is a list of records.")
    if any(not 0 < pk < 2**63 for pk in value) or len(set(value)) < len(value):
        raise ValidationError("Each record stands in the list once.")


class SafetyRecord(KeptRecord):
    """What drugs and procedures have in common. Never deleted: pages showed it.

    ``checked_by`` is the clinician who signed exactly these words, on ``checked_on``; blank until then, and blank again
    as soon as the words change. Lists hold one short line each. ``sources`` are keys of ``Source``.
    """

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

    class Meta:
        abstract = True

    @property
    def names(self) -> list[str]:
        """Every word by which articles call it, its own name first."""
        return [str(self), *self.other_names]


class Drug(SafetyRecord):
    """A medicine under its brand, with what its label says in plain words."""

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
