"""Pictures of patients."""

from collections.abc import Iterator

from ..candidate import Candidate
from ..finding import Finding, Severity
from ..rule import Rule

RULE = Rule("patient_photo", Severity.MUST_FIX, "A photo of a patient without a consent in force", "45 CFR 164.508")


def find(candidate: Candidate) -> Iterator[Finding]:
    """Patients whose consent does not hold at the moment of going live."""
    for use in candidate.pictures:
        if use.record is None or use.record.depicts != "patient" or use.is_consented:
            continue
        consent = use.record.consent
        number = f" {consent.reference}" if consent is not None else ""
        why = f"its consent{number} does not hold when this goes live"
        message = f"{use.name} shows a patient, and {why}. Choose another photo."
        yield RULE.finding(message, use.field, picture=use.image, nth=use.nth)
