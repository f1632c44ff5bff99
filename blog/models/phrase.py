"""Words that the checks look for."""

from django.db import models

from .fields import LineField


class Phrase(models.Model):
    """A word or phrase that a check stops at. A Manager edits them; ``advice`` says what to write instead."""

    class Kind(models.TextChoices):
        """Which rule looks for it."""

        PROMISE = "promise", "Promises that nobody can keep (needs a reason)"
        SUPERLATIVE = "superlative", "Claims to be the best (worth a look)"
        SAME_AS_BRAND = "same_as_brand", "“Generic” or “same as” a brand (worth a look)"
        VAGUE_LINK = "vague_link", "Links that do not say where they lead (worth a look)"
        TESTIMONIAL = "testimonial", "Words of a testimonial (worth a look)"
        MEDICINE = "medicine", "Brands and treatments that need a record (must fix)"

    words = LineField(max_length=100, help_text="As it may stand in a text. Capitals do not matter.")
    kind = models.CharField(max_length=20, choices=Kind)
    advice = LineField("what to write instead", max_length=200, blank=True)
    is_active = models.BooleanField("look for it", default=True)

    class Meta:
        ordering = ["kind", "words"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "words"], name="phrase_once"),
            models.CheckConstraint(condition=~models.Q(words=""), name="phrase_has_words"),
        ]

    def __str__(self) -> str:
        return self.words
