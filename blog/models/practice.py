"""The clinic itself."""

import re
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator, URLValidator
from django.db import models

from .fields import LineField, ParagraphField
from .kept_record import KeptRecord

MAX_MENU_LINKS = 5
MAX_MENU_NAME_LENGTH = 24
_web_address = URLValidator(schemes=["http", "https"])


def validate_menu_links(value: object) -> None:
    """Accept a list of at most five links, each ``{"name": …, "url": …}``. Raises ``ValidationError`` otherwise."""
    if not isinstance(value, list) or not all(
        isinstance(link, dict) and link.keys() == {"name", "url"} for link in value
    ):
        raise ValidationError("Menu links are pairs of a name and an address.")
    if len(value) > MAX_MENU_LINKS:
        raise ValidationError(f"There is room for {MAX_MENU_LINKS} links.")
    for link in value:
        if not link["name"]:
            raise ValidationError(f"The link to {link['url']} has no name. Say in a word or two where it leads.")
        if len(link["name"]) > MAX_MENU_NAME_LENGTH:
            raise ValidationError(
                f"“{link['name']}” is too long for the menu; the most is {MAX_MENU_NAME_LENGTH} letters."
            )
        try:
            _web_address(link["url"])
            urlsplit(link["url"])
        except (ValidationError, ValueError):
            raise ValidationError(
                f"“{link['url']}” is not a web address. Write it whole, as in https://example.com."
            ) from None


_EXTENSION = re.compile(r"\s*(?:extension|ext\.?|x)\s*([0-9]{1,6})\s*$", re.ASCII | re.IGNORECASE)


def can_be_dialled(phone: str) -> bool:
    """Whether this is one number that a phone can dial: ten digits, eleven that begin with 1, or + and 8 to 15."""
    number = dialled(phone).partition(";")[0]
    letters = set(_EXTENSION.sub("", phone)) - set("0123456789+()-. \xa0\u2013/")
    return not letters and re.fullmatch(r"\+[0-9]{8,15}", number) is not None


def dialled(phone: str) -> str:
    """A printed phone number as a ``tel:`` link holds it: digits and a leading plus; ten digits are U.S. (E.164).

    An extension («ext. 3») follows as RFC 3966 writes it. Text without a digit gives an empty string.
    """
    phone, _, extension = (_EXTENSION.sub(r"\n\1", phone)).partition("\n")
    if extension and (number := dialled(phone)):
        return f"{number};ext={extension}"
    digits = "".join(character for character in phone if character.isdecimal() and character.isascii())
    if phone.strip().startswith("+") or (len(digits) == 11 and digits.startswith("1")):
        return f"+{digits}"
    return f"+1{digits}" if len(digits) == 10 else digits


class Practice(KeptRecord):
    """Who speaks on this blog and how to reach them. One row; what is blank is left out of every page."""

    class ReviewPolicy(models.TextChoices):
        """Who checks health articles before they go live."""

        NOBODY_YET = "nobody_yet", "Nobody yet"
        MAY = "may", "A clinician may"
        MUST = "must", "A clinician must"

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
    logo = models.ForeignKey(
        "blog.Image",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="Stands at the top of every page instead of the name. Blank: the name beside a small window.",
    )
    menu_links = models.JSONField(
        "links to your website",
        default=list,
        blank=True,
        validators=[validate_menu_links],
        help_text="Up to 5, at the top of every page, so that readers find the way back to your website.",
    )
    cta_heading = LineField(
        "invitation",
        max_length=80,
        blank=True,
        default="Questions about this?",
        help_text="Stands over “Book a visit” at the end of an article. Needs a booking link.",
    )
    cta_text = ParagraphField(
        "text of the invitation",
        max_length=300,
        blank=True,
        default="Bring them to a visit. We will tell you plainly what we can do, and what we cannot.",
    )
    medical_director = LineField(
        max_length=120,
        blank=True,
        help_text="Name and credentials, if the law where you are asks for it on your pages.",
    )
    privacy_policy_url = models.URLField("privacy policy", blank=True, help_text="Where it stands on your website.")
    editorial_policy_url = models.URLField(
        "editorial policy", blank=True, help_text="A page that says how your articles are written and checked."
    )
    share_image = models.ForeignKey(
        "blog.Image",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="picture for shared links",
        help_text="Shown when somebody shares a page that has no main photo. Blank: a plain card.",
    )
    search_console_token = LineField(
        "Google Search Console",
        max_length=100,
        blank=True,
        validators=[
            RegexValidator(
                r"^[A-Za-z0-9_-]+$", "This is letters, digits, - and _ only: the part after content= in Google’s tag."
            )
        ],
        help_text="The verification code from Google: the part after content= in its “HTML tag”.",
    )
    disclaimer = ParagraphField(
        max_length=600,
        default="This page supports the care you get from your own clinician. It does not replace it.",
        blank=True,
        help_text="Under every article.",
    )

    review_policy = models.CharField(
        "who checks health articles before they go live?",
        max_length=10,
        choices=ReviewPolicy,
        default=ReviewPolicy.NOBODY_YET,
        db_default=ReviewPolicy.NOBODY_YET,
    )

    class Meta:
        verbose_name_plural = "practice"
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="practice_one_row")]

    def __str__(self) -> str:
        return self.name

    @property
    def phone_link(self) -> str:
        """The phone number for a ``tel:`` link; see ``dialled``."""
        return dialled(self.phone)
