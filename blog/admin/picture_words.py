"""What staff say about a picture: the forms of the library, of an upload, and of the queue after one of many."""

from django import forms
from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.db.models import Q, QuerySet

from blog import publishing
from blog.content.plain import tidy_line
from blog.imaging.verify import MAX_BYTES
from blog.models import Image

from .consent_words import AboutWho

TOO_LARGE = "This file is larger than 25 MB. Save the picture as JPEG, or make it smaller, and upload it again."

UNDESCRIBED = (Q(alt_text="", is_decorative=False) | Q(depicts="")) & Q(replaced_by__isnull=True)


class DescribedPicture(AboutWho, forms.ModelForm):
    """What every picture says about itself: a description, or that it is only decoration; and who is in it."""

    class Meta:
        model = Image
        fields = ("alt_text", "is_decorative", "depicts", "caption", "credit")
        labels = {"alt_text": "Describe this photo for someone who cannot see it", "depicts": "Who is in it?"}
        help_texts = {"alt_text": "Say what it shows. Do not start with “Image of”."}
        widgets = {"alt_text": forms.Textarea(attrs={"rows": 3}), "depicts": forms.RadioSelect}

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        if "depicts" in self.fields:
            self.fields["depicts"].choices = Image.Depicts.choices
            self.fields["depicts"].error_messages["required"] = "Say who is in it."

    def clean(self) -> dict:
        """Described or decorative, not both and not neither."""
        values = super().clean()
        if "alt_text" in values:
            values["alt_text"] = tidy_line(values["alt_text"])
        if values.get("is_decorative"):
            values["alt_text"] = ""
        elif "alt_text" in values and not values["alt_text"]:
            self.add_error("alt_text", "Describe this photo, or tick “Only decoration”.")
        return values

    def words(self, actor: AbstractBaseUser) -> dict[str, object]:
        """What was said, by columns of ``Image``; a new consent is written down. Raises ``publishing.Refused``."""
        own = ("alt_text", "is_decorative", "caption", "credit")
        return {name: self.cleaned_data[name] for name in own} | self.who(actor)


class UploadForm(DescribedPicture):
    """A new picture."""

    file = forms.FileField(
        label="Picture file",
        help_text="JPEG, PNG, WebP, AVIF or HEIC, up to 25 MB. Place, camera data and file name are removed.",
        widget=forms.FileInput(attrs={"accept": "image/*", "data-max-bytes": MAX_BYTES, "data-too-large": TOO_LARGE}),
        error_messages={"required": "Choose a file first."},
    )
    field_order = ("file",)


class PictureForm(DescribedPicture):
    """A picture of the library: its words, and the point that stays in every crop."""

    class Meta(DescribedPicture.Meta):
        fields = (*DescribedPicture.Meta.fields, "focal_x", "focal_y")
        labels = DescribedPicture.Meta.labels | {"focal_x": "From the left", "focal_y": "From the top"}
        help_texts = DescribedPicture.Meta.help_texts | {"focal_x": "", "focal_y": ""}
        widgets = DescribedPicture.Meta.widgets | {
            axis: forms.NumberInput(attrs={"type": "range", "min": "0", "max": "1", "step": "0.01"})
            for axis in ("focal_x", "focal_y")
        }

    def clean(self) -> dict:
        """Nothing that a colleague said of who is in it, while this page was open, is undone unseen."""
        values = super().clean()
        if self.data.get("was-depicts", self.initial["depicts"]) != self.initial["depicts"]:
            said = dict(Image.Depicts.choices).get(self.initial["depicts"], "Nobody has said")
            self.add_error("depicts", f"This was changed while the page was open, to “{said}”. Look at it once more.")
        return values

    def clean_focal_x(self) -> float:
        """A number from 0 to 1."""
        return self._inside("focal_x")

    def clean_focal_y(self) -> float:
        """A number from 0 to 1."""
        return self._inside("focal_y")

    def _inside(self, axis: str) -> float:
        value = self.cleaned_data[axis]
        if not 0 <= value <= 1:
            raise forms.ValidationError("Choose a point inside the picture.")
        return value


def undescribed() -> QuerySet[Image]:
    """Pictures of which nobody has said what they show, or who is in them; the first that came stands first."""
    return Image.objects.filter(UNDESCRIBED).order_by("uploaded_at", "pk")


def held_picture(image: Image | None) -> Image | None:
    """A chosen picture, held until the transaction ends so that nobody deletes it meanwhile; its successor where it was
    replaced everywhere. Raises ``ValidationError`` where it is gone.
    """
    try:
        with transaction.atomic():
            held = publishing.hold_picture(image)
    except publishing.PictureGone as error:
        raise forms.ValidationError(str(error)) from error
    if held is not None and held.is_private:
        raise forms.ValidationError("This shows a patient, or nobody has said whom. Choose a picture without one.")
    return held
