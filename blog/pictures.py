"""The picture library: taking an upload in, and the markup facts of each place where a picture stands."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import AbstractBaseUser
from django.core.files.storage import default_storage, storages
from django.db import IntegrityError
from django.urls import reverse

from blog.content.render import Picture, Withheld
from blog.imaging.renditions import encode, rendition_name
from blog.imaging.verify import PictureRefused, verify
from blog.models import Image, public_write
from blog.picture_files import (
    REVOKED,
    belongs_private,
    by_chance,
    claim,
    hold_consent,
    keep_file,
    keep_words,
    storage_of,
)

logger = logging.getLogger(__name__)

MIME = {"avif": "image/avif", "webp": "image/webp", "jpeg": "image/jpeg"}


@dataclass(frozen=True)
class Source:
    """One ``<source>`` of a picture: for which screens, which type, which files by width."""

    media: str
    mime: str
    srcset: str
    sizes: str


# What stands where a patient's picture stood, and under a picture of before and after.
NO_LONGER_SHOWN = "This picture is no longer shown."
ONLY_ON_THE_PAGE = "A patient's picture stands here. It is shown on the page itself, and to staff."
RESULTS_DIFFER = "Individual results differ."

# Makes the address of a private file from its picture's number and its name.
PrivateAddress = Callable[[int, str], str]


def for_readers(pk: int, name: str) -> str:
    """Where readers get a file of a patient's picture: an address that asks at each request whether it may be seen."""
    return reverse("blog:patient_picture", args=[pk, name])


def for_staff(pk: int, name: str) -> str:
    """Where staff get a file of a private picture, behind their login."""
    return reverse("admin:blog_image_private", args=[pk, name])


@dataclass(frozen=True)
class Figure:
    """What a template needs for one ``<picture>``; width and height in pixels, of the fallback file."""

    sources: tuple[Source, ...]
    src: str
    srcset: str
    sizes: str
    width: int
    height: int


@dataclass(frozen=True)
class Slot:
    """A place in a page: which crop on which screens, and how wide it shows (from LOOK's table).

    ``crops`` are (media query or "", crop, sizes), the first that matches wins; the last is the fallback.
    """

    crops: tuple[tuple[str, str, str], ...]


HERO = Slot((("", "16x9", "(min-width:75rem) 856px, 100vw"),))
LEAD = Slot((("", "16x9", "(min-width:60rem) 60vw, 92vw"),))
CARD = Slot((("(min-width:40rem)", "4x3", "400px"), ("", "1x1", "104px")))
MORE = Slot(
    (
        ("(min-width:75rem)", "1x1", "80px"),
        ("(min-width:40rem)", "4x3", "30vw"),
        ("", "1x1", "104px"),
    )
)
PORTRAIT = Slot((("", "1x1", "96px"),))
LOGO = Slot((("", "own", "200px"),))
BODY_CROP = "own"
EARLIER = "earlier"
MACHINE_WIDTH = 1200
# Columns of what a picture shows beside who is in it.
SHOWN = ("is_before_after", "drugs_shown", "procedures_shown")


@dataclass(frozen=True)
class MachineFile:
    """One JPEG for readers that take no choice of files; measures in pixels."""

    url: str
    width: int
    height: int


def _url(image: Image, name: str, private: PrivateAddress) -> str:
    return private(image.pk, name) if image.is_private else default_storage.url(name)


def _srcset(image: Image, crop: str, kind: str, private: PrivateAddress) -> str:
    files = sorted((r["width"], r["name"]) for r in image.renditions if r["crop"] == crop and r["format"] == kind)
    return ", ".join(f"{_url(image, name, private)} {width}w" for width, name in files)


def _fallback(image: Image, crop: str, target: int = 800) -> dict:
    files = [r for r in image.renditions if r["crop"] == crop and r["format"] == "jpeg"]
    return min(files, key=lambda r: (abs(r["width"] - target), r["width"]))


def figure_for(
    image: Image | None, slot: Slot, now: datetime, private: PrivateAddress | None = for_readers
) -> Figure | None:
    """The files of a picture for one place in a page, or None without a picture or files that may be seen at ``now``.

    ``private`` makes the addresses of a patient's picture; None where such a picture is not to be seen at all.
    """
    if image is None or not _is_shown(image, now, private):
        return None
    private = private or for_readers
    sources = tuple(
        Source(media, MIME[kind], srcset, sizes)
        for media, crop, sizes in slot.crops
        for kind in ("avif", "webp", "jpeg")
        if (srcset := _srcset(image, crop, kind, private)) and (kind != "jpeg" or media)
    )
    _, crop, sizes = slot.crops[-1]
    fallback = _fallback(image, crop)
    return Figure(
        sources,
        _url(image, fallback["name"], private),
        _srcset(image, crop, "jpeg", private),
        sizes,
        fallback["width"],
        fallback["height"],
    )


def _is_shown(image: Image, now: datetime, private: PrivateAddress | None) -> bool:
    return image.may_be_shown(now) and (private is not None or not image.is_private)


def words_instead(image: Image | None, now: datetime, private: PrivateAddress | None = for_readers) -> str:
    """What stands in the place of a patient's picture that is not to be seen; blank where nothing has to be said."""
    if image is None or not image.is_private or image.replaced_by_id is not None or _is_shown(image, now, private):
        return ""
    return ONLY_ON_THE_PAGE if image.may_be_shown(now) else NO_LONGER_SHOWN


def hero_figure(image: Image | None, now: datetime, private: PrivateAddress | None = for_readers) -> Figure | None:
    """The main photo of an article page."""
    return figure_for(image, HERO, now, private)


def body_pictures(
    images: Mapping[int, Image], now: datetime, private: PrivateAddress | None = for_readers
) -> dict[int, Picture | Withheld]:
    """Pictures that stand in article text, by id, in their own ratio; in the place of one that is not to be seen,
    what to say there. The consents come with the images, or cost a query each.
    """
    found: dict[int, Picture | Withheld] = {}
    for pk, image in images.items():
        if words := words_instead(image, now, private):
            found[pk] = Withheld(words)
        if not _is_shown(image, now, private):
            continue
        fallback, address = _fallback(image, BODY_CROP), private or for_readers
        found[pk] = Picture(
            sources=tuple(
                (MIME[kind], srcset)
                for kind in ("avif", "webp")
                if (srcset := _srcset(image, BODY_CROP, kind, address))
            ),
            src=_url(image, fallback["name"], address),
            srcset=_srcset(image, BODY_CROP, "jpeg", address),
            width=fallback["width"],
            height=fallback["height"],
            note=RESULTS_DIFFER if image.is_before_after else "",
        )
    return found


def public_pictures(images: Mapping[int, Image], now: datetime) -> dict[int, Picture]:
    """Pictures for feeds and others who keep copies: never a patient's, which nobody could call back."""
    return body_pictures({pk: image for pk, image in images.items() if not image.is_private}, now)


def machine_file(image: Image | None, crop: str = "16x9") -> MachineFile | None:
    """The JPEG of a crop that search engines, feeds and previews get: 1,200 px wide, or as near as there is one.

    None without a picture or its files, and for a patient's: those others keep copies that nobody could call back.
    """
    if image is None or not image.has_files or image.is_private:
        return None
    file = _fallback(image, crop, MACHINE_WIDTH)
    return MachineFile(default_storage.url(file["name"]), file["width"], file["height"])


def thumbnail_url(image: Image) -> str:
    """A small square of the picture, for staff's lists and the photo sheet; empty where it has no files."""
    return _url(image, _fallback(image, "1x1", 320)["name"], for_staff) if image.has_files else ""


def screen_file(image: Image) -> str | None:
    """Name of the file that the editing screen shows: a JPEG in its own ratio, about 800 px; None where it has none."""
    return _fallback(image, BODY_CROP)["name"] if image.has_files else None


def screen_url(image: Image) -> str:
    """Where browsers find that file; empty where the picture has none."""
    name = screen_file(image)
    return _url(image, name, for_staff) if name else ""


def add_picture(data: bytes, *, uploaded_by: AbstractBaseUser | None = None, **details) -> tuple[Image, bool]:
    """Take an uploaded file into the library. Returns the picture and whether it is new.

    The same bytes are one picture, however often they are uploaded, and it keeps what was said of it. ``details`` are
    fields of ``Image``. Files are written before the row and outside any transaction, so a picture that the library
    lists has all its files. Raises ``blog.imaging.verify.PictureRefused``, whose text is for the person who uploads.
    """
    master = verify(data)
    known = Image.objects.filter(digest=master.digest).select_related("replaced_by", "consent").first()
    if known is not None:
        return _with_words(_still_offered(known), details), False
    image = Image(digest=master.digest, width=master.width, height=master.height, uploaded_by=uploaded_by, **details)
    image.master.name = f"{master.digest}.{master.extension}"
    private = belongs_private(image.depicts)
    base = by_chance() if private else master.digest

    def write() -> None:
        is_new = keep_file(storages["masters"], image.master.name, master.data)
        try:
            image.renditions = _write_renditions(master.data, base, (image.focal_x, image.focal_y), private)
        except BaseException:
            if is_new:
                storages["masters"].delete(image.master.name)
            raise

    try:
        write()
    except OSError as error:
        logger.exception("A picture could not be written.")
        raise PictureRefused(
            "The picture could not be kept, because the server has no room left or may not write. Nothing was "
            "changed. Tell the person who looks after the server, then try again."
        ) from error
    try:
        with public_write():
            if image.consent is not None:
                hold_consent(image.consent)
            if claim(image.files()):
                write()
            image.save()
    except PictureRefused:
        _take_back(image, master=not Image.objects.filter(digest=master.digest).exists())
        raise
    except IntegrityError:
        if private:
            _take_back(image, master=False)
        return _with_words(_still_offered(Image.objects.get(digest=master.digest)), details), False
    return image, True


def _take_back(image: Image, *, master: bool = True) -> None:
    """Remove files of a picture that did not come into the library."""
    for storage, name in image.files(master=master):
        storages[storage].delete(name)


def _with_words(image: Image, details: dict[str, object]) -> Image:
    """The same picture; what is said of it now counts where nobody had said anything."""
    said = ("alt_text", "is_decorative", "caption", "depicts", "consent", *SHOWN)
    words = {name: details[name] for name in said if name in details}
    if not image.is_described and words.get("depicts"):
        keep_words(image, words)
        image.refresh_from_db()
    elif words.get("depicts") == Image.Depicts.PATIENT and not _has_consent(image, words.get("consent")):
        raise PictureRefused(
            f"The library has this picture already as number {image.pk}, with “{image.get_depicts_display()}” under "
            "“Who is in it?”. Open it under Images and say there whose it is, with the consent."
        )
    return image


def _has_consent(image: Image, consent: object) -> bool:
    return image.depicts == Image.Depicts.PATIENT and image.consent == consent


def _still_offered(image: Image) -> Image:
    if image.consent is not None and image.consent.revoked_at is not None:
        raise PictureRefused(REVOKED)
    if image.replaced_by is not None:
        raise PictureRefused(
            f"This picture was replaced everywhere by “{image.replaced_by}”, so it does not come back by itself. "
            "Use that one, or another picture."
        )
    return image


def refocus(image: Image, focal_x: float, focal_y: float) -> None:
    """Crop anew around another point (0..1 from left and top) and save. Names change, so caches never mix crops.

    A picture that was deleted, replaced everywhere or revoked, before or meanwhile, stays as it is and gets no files.
    """
    with image.master.open("rb") as file:
        data = file.read()
    offered = Image.objects.filter(pk=image.pk, replaced_by__isnull=True)
    known = offered.first()
    if known is None or not known.renditions:
        return
    private = known.is_private
    base = by_chance() if private else image.digest
    renditions = _write_renditions(data, base, (focal_x, focal_y), private)
    names = {rendition["name"] for rendition in renditions}
    with public_write():
        held = offered.select_for_update().first()
        stays = held is not None and held.renditions == known.renditions
        if stays:
            if not all(storage_of(one).exists(one["name"]) for one in renditions):
                renditions = _write_renditions(data, base, (focal_x, focal_y), private)  # another's try took them back
            earlier = [old | {"crop": EARLIER} for old in held.renditions if old["name"] not in names]
            # Only these columns, and no row made anew: encoding takes seconds, in which others may save it.
            offered.update(focal_x=focal_x, focal_y=focal_y, renditions=renditions + earlier)
    if stays:
        image.focal_x, image.focal_y, image.renditions = focal_x, focal_y, renditions + earlier
        return
    kept = {one["name"] for one in known.renditions} | {one["name"] for one in (held.renditions if held else [])}
    for one in renditions:
        if one["name"] not in kept:
            storage_of(one).delete(one["name"])


def private_file(image: Image) -> bytes | None:
    """A picture for staff alone, made from its master: a JPEG in its own ratio; None where the master is missing."""
    try:
        with image.master.open("rb") as file:
            data = file.read()
        sizes = [rendition for rendition in encode(data, crops=(BODY_CROP,)) if rendition.format == "jpeg"]
    except OSError:
        logger.exception("The master of picture %s cannot be read.", image.pk)
        return None
    return min(sizes, key=lambda rendition: abs(rendition.width - 800)).data


def _write_renditions(data: bytes, base: str, focal: tuple[float, float], private: bool) -> list[dict]:
    """Encode and write the files; ``base`` is the content's digest, or for private ones what chance gave."""
    made: list[dict] = []
    written: list[str] = []
    storage, mark = storages["private" if private else "default"], {"private": True} if private else {}
    try:
        for rendition in encode(data, focal):
            name = rendition_name(base, focal, rendition.crop, rendition.width, rendition.format)
            if keep_file(storage, name, rendition.data):
                written.append(name)
            measures = {"width": rendition.width, "height": rendition.height}
            made.append({"crop": rendition.crop, "format": rendition.format, **measures, "name": name, **mark})
    except BaseException:
        # They would be nobody's. Another upload of the same bytes that relies on one looks for it before its row.
        for name in written:
            storage.delete(name)
        raise
    return made
