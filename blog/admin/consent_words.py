"""Who is in a picture, asked in full: the consent of a patient, chosen or written down at once, and before and after.

The same fields stand in the library's forms, in the queue after an upload of many, and in the editor's photo sheet.
"""

from datetime import datetime

from django import forms
from django.contrib.auth.models import AbstractBaseUser
from django.db.models import Q, QuerySet
from django.utils import timezone

from blog import publishing
from blog.clinic_time import full_date
from blog.models import Drug, Image, PhotoConsent, Procedure
from blog.models.consent import only_a_number

NEW = "new"
PATIENT = Image.Depicts.PATIENT
# Consents to choose from; older ones are found by their number under Consents, and written again here.
OFFERED = 500


def consent_state(consent: PhotoConsent, now: datetime) -> str:
    """How a consent stands, in words: «Holds», «Holds, ends March 3, 2027», «Ended …», «Revoked …»."""
    if consent.revoked_at is not None:
        return f"Revoked {full_date(timezone.localdate(consent.revoked_at))}"
    if consent.is_live(now):
        return f"Holds, ends {full_date(consent.expires_on)}" if consent.expires_on else "Holds"
    if consent.signed_on > timezone.localdate(now):
        return f"Begins {full_date(consent.signed_on)}"
    return f"Ended {full_date(consent.expires_on)}"


def consent_label(consent: PhotoConsent, now: datetime) -> str:
    """A consent in one line of a list to choose from."""
    state = consent_state(consent, now).removeprefix("Holds, ")
    return f"{consent.reference}: {state[0].lower()}{state[1:]}"


def shown_now(images: QuerySet[Image], now: datetime) -> QuerySet[Image]:
    """Of these pictures those that may be used at ``now``: a patient's only while the consent holds."""
    return images.filter(~Q(depicts=PATIENT) | Q(consent__in=PhotoConsent.objects.live(now)))


class AboutWho(forms.Form):
    """Mixin of a form with ``depicts``: the consent of a patient, and what a picture of before and after shows.

    ``actor`` may write a new consent down only with the right to.
    """

    consent = forms.ChoiceField(label="Consent number", required=False)
    new_reference = forms.CharField(
        label="Number on the signed form",
        required=False,
        max_length=20,
        help_text="The number alone, never a name. The form itself stays in your own files.",
    )
    new_scope = forms.ChoiceField(
        label="It may be shown on", required=False, choices=PhotoConsent.Scope.choices, initial=PhotoConsent.Scope.BLOG
    )
    new_signed_on = forms.DateField(
        label="Signed on", required=False, widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )
    new_expires_on = forms.DateField(
        label="Last day",
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        help_text="Blank: until the patient revokes it.",
    )
    is_before_after = forms.BooleanField(label="It shows before and after", required=False)
    treatments = forms.MultipleChoiceField(
        label="Which treatments does it show?", required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.now = timezone.now()
        image = getattr(self, "instance", None)
        self.kept = image.consent if image is not None and image.consent_id else None
        consents = list(PhotoConsent.objects.live(self.now)[:OFFERED])
        if self.kept is not None and self.kept not in consents:
            consents.insert(0, self.kept)
        self.consents = {str(one.pk): one for one in consents}
        self.fields["consent"].choices = [
            ("", "Choose a number"),
            (NEW, "Write a new one down"),
            *((pk, consent_label(one, self.now)) for pk, one in self.consents.items()),
        ]
        self.fields["new_reference"].initial = publishing.next_reference(self.now)
        self.fields["treatments"].choices = [
            *((f"drug-{drug.pk}", str(drug)) for drug in Drug.objects.filter(is_retired=False)),
            *((f"procedure-{one.pk}", str(one)) for one in Procedure.objects.filter(is_retired=False)),
        ]
        if image is not None and image.pk:
            self.fields["consent"].initial = str(image.consent_id or "")
            self.fields["is_before_after"].initial = image.is_before_after
            self.fields["treatments"].initial = [f"drug-{pk}" for pk in image.drugs_shown] + [
                f"procedure-{pk}" for pk in image.procedures_shown
            ]

    def clean(self) -> dict[str, object]:
        """A patient has a consent that holds and a description; before and after says of what."""
        values = super().clean() or self.cleaned_data
        if values.get("depicts") == PATIENT:
            if values.get("is_decorative"):
                self.add_error("is_decorative", "A picture of a patient shows something. Describe it.")
            if "consent" in values:
                self._clean_consent(values)
        if values.get("is_before_after") and not values.get("treatments") and "treatments" in values:
            self.add_error(
                "treatments",
                "Say which treatments it shows."
                if self.fields["treatments"].choices
                else "No drug or procedure stands in this blog yet. Ask an editor to add it, or untick this.",
            )
        return values

    def _clean_consent(self, values: dict[str, object]) -> None:
        if not values["consent"]:
            self.add_error("consent", "Choose the consent by its number, or write it down here. Never a name.")
        if values.get("consent") != NEW:
            return
        reference = values["new_reference"] = (values.get("new_reference") or "").strip().upper()
        if "new_reference" not in self.errors and not only_a_number.regex.search(reference):
            self.add_error("new_reference", only_a_number.message)
        signed_on, expires_on = values.get("new_signed_on"), values.get("new_expires_on")
        if signed_on is None and "new_signed_on" not in self.errors:
            self.add_error("new_signed_on", "Write the day on which the patient signed.")
        if signed_on and signed_on > timezone.localdate(self.now):
            self.add_error("new_signed_on", "This day lies ahead. Write the day on which the patient signed.")
        if signed_on and expires_on and expires_on < signed_on:
            self.add_error("new_expires_on", "The last day is before the day of signing.")
        elif expires_on and expires_on < timezone.localdate(self.now):
            self.add_error("new_expires_on", "This consent has ended already, so the picture cannot be used.")

    def who(self, actor: AbstractBaseUser) -> dict[str, object]:
        """Columns of ``Image`` for who is in it; a new consent is written down. Raises ``publishing.Refused``."""
        values = self.cleaned_data
        shown = [one.partition("-")[::2] for one in values["treatments"]] if values["is_before_after"] else []
        return {
            "depicts": values["depicts"],
            "consent": self._consent(actor) if values["depicts"] == PATIENT else None,
            "is_before_after": values["is_before_after"],
            "drugs_shown": [int(pk) for kind, pk in shown if kind == "drug"],
            "procedures_shown": [int(pk) for kind, pk in shown if kind == "procedure"],
        }

    def _consent(self, actor: AbstractBaseUser) -> PhotoConsent:
        values = self.cleaned_data
        if values["consent"] != NEW:
            return self.consents[values["consent"]]
        return publishing.record_consent(
            actor,
            reference=values["new_reference"],
            scope=values["new_scope"] or PhotoConsent.Scope.BLOG,
            signed_on=values["new_signed_on"],
            expires_on=values["new_expires_on"],
        )
