"""The clinic itself."""

from django.db import models

from .fields import LineField, ParagraphField
from .public_record import PublicRecord


class Practice(PublicRecord):
    """Who speaks on this blog and how to reach them. One row; what is blank is left out of every page."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    name = LineField(max_length=80, default="Our practice", help_text="Stands at the top of every page.")
    tagline = LineField(max_length=160, blank=True, help_text="For search engines: what you write about, and where.")
    blog_title = LineField(
        "headline of the blog page",
        max_length=120,
        default="Blog",
        help_text="The large line on the blog's first page.",
    )
    blog_intro = ParagraphField("introduction", max_length=300, blank=True, help_text="One or two sentences under it.")
    phone = LineField(max_length=30, blank=True, help_text="As you would print it: (907) 555-0142.")
    hours = LineField(max_length=120, blank=True, help_text="When somebody answers: Monday to Friday, 9 am to 5 pm.")
    after_hours_text = LineField(
        "after hours", max_length=200, blank=True, help_text="Whom patients call when you are closed."
    )
    address = ParagraphField(max_length=300, blank=True)
    website_url = models.URLField("website", blank=True, help_text="Your main website, if the blog stands beside one.")
    booking_url = models.URLField(
        "booking link", blank=True, help_text="Where “Book a visit” leads. Blank: no such button."
    )
    disclaimer = ParagraphField(
        max_length=600,
        default="This page supports the care you get from your own clinician. It does not replace it.",
        blank=True,
        help_text="Under every article.",
    )

    class Meta:
        verbose_name_plural = "practice"
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="practice_one_row")]

    def __str__(self) -> str:
        return self.name

    @property
    def phone_link(self) -> str:
        """The phone number for a ``tel:`` link: digits and a leading plus; ten digits are read as U.S. (E.164)."""
        digits = "".join(character for character in self.phone if character.isdecimal() and character.isascii())
        if self.phone.strip().startswith("+"):
            return f"+{digits}"
        if len(digits) == 11 and digits.startswith("1"):
            return f"+{digits}"
        return f"+1{digits}" if len(digits) == 10 else digits
