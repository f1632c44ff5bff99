"""The picture library: taking an upload in, and the markup facts of each place where a picture stands."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass

from django.contrib.auth.models import AbstractBaseUser
from django.core.files.base import ContentFile
from django.core.files.storage import Storage, default_storage
from django.db import IntegrityError

from blog.content.render import Picture
from blog.imaging.renditions import encode, rendition_name
from blog.imaging.verify import PictureRefused, verify
from blog.models import Image

logger = logging.getLogger(__name__)

MIME = {"avif": "image/avif", "webp": "image/webp", "jpeg": "image/jpeg"}


@dataclass(frozen=True)
class Source:
    """One ``<source>`` of a picture: for which screens, which type, which files by width."""

    media: str
    mime: str
    srcset: str
    sizes: str


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


@dataclass(frozen=True)
class MachineFile:
    """One JPEG for readers that take no choice of files; measures in pixels."""

    url: str
    width: int
    height: int


def _srcset(image: Image, crop: str, kind: str) -> str:
    files = sorted((r["width"], r["name"]) for r in image.renditions if r["crop"] == crop and r["format"] == kind)
    return ", ".join(f"{default_storage.url(name)} {width}w" for width, name in files)


def _fallback(image: Image, crop: str, target: int = 800) -> dict:
    files = [r for r in image.renditions if r["crop"] == crop and r["format"] == "jpeg"]
    return min(files, key=lambda r: (abs(r["width"] - target), r["width"]))


def figure_for(image: Image | None, slot: Slot) -> Figure | None:
    """The files of a picture for one place in a page, or None without a picture or its files."""
    if image is None or not image.has_files:
        return None
    sources = tuple(
        Source(media, MIME[kind], srcset, sizes)
        for media, crop, sizes in slot.crops
        for kind in ("avif", "webp", "jpeg")
        if (srcset := _srcset(image, crop, kind)) and (kind != "jpeg" or media)
    )
    _, crop, sizes = slot.crops[-1]
    fallback = _fallback(image, crop)
    return Figure(
        sources,
        default_storage.url(fallback["name"]),
        _srcset(image, crop, "jpeg"),
        sizes,
        fallback["width"],
        fallback["height"],
    )


def hero_figure(image: Image | None) -> Figure | None:
    """The main photo of an article page."""
    return figure_for(image, HERO)


def body_pictures(images: Mapping[int, Image]) -> dict[int, Picture]:
    """Pictures that stand in article text, by id, in their own ratio."""
    found = {}
    for pk, image in images.items():
        if not image.has_files:
            continue
        fallback = _fallback(image, BODY_CROP)
        found[pk] = Picture(
            sources=tuple(
                (MIME[kind], srcset) for kind in ("avif", "webp") if (srcset := _srcset(image, BODY_CROP, kind))
            ),
            src=default_storage.url(fallback["name"]),
            srcset=_srcset(image, BODY_CROP, "jpeg"),
            width=fallback["width"],
            height=fallback["height"],
        )
    return found


def machine_file(image: Image | None, crop: str = "16x9") -> MachineFile | None:
    """The JPEG of a crop that search engines, feeds and previews get: 1,200 px wide, or as near as there is one.

    None without a picture or its files.
    """
    if image is None or not image.has_files:
        return None
    file = _fallback(image, crop, MACHINE_WIDTH)
    return MachineFile(default_storage.url(file["name"]), file["width"], file["height"])


def thumbnail_url(image: Image) -> str:
    """A small square of the picture, for lists and the photo sheet; empty where it has no files."""
    return default_storage.url(_fallback(image, "1x1", 320)["name"]) if image.has_files else ""


def screen_file(image: Image) -> str | None:
    """Name of the file that the editing screen shows: a JPEG in its own ratio, about 800 px; None where it has none."""
    return _fallback(image, BODY_CROP)["name"] if image.has_files else None


def screen_url(image: Image) -> str:
    """Where browsers find that file; empty where the picture has none."""
    name = screen_file(image)
    return default_storage.url(name) if name else ""


def add_picture(data: bytes, *, uploaded_by: AbstractBaseUser | None = None, **details) -> tuple[Image, bool]:
    """Take an uploaded file into the library. Returns the picture and whether it is new.

    The same bytes are one picture, however often they are uploaded, and it keeps what was said of it. ``details`` are
    fields of ``Image``. Files are written before the row and outside any transaction, so a picture that the library
    lists has all its files. Raises ``blog.imaging.verify.PictureRefused``, whose text is for the person who uploads.
    """
    master = verify(data)
    known = Image.objects.filter(digest=master.digest).select_related("replaced_by").first()
    if known is not None:
        return _with_words(_still_offered(known), details), False
    image = Image(digest=master.digest, width=master.width, height=master.height, uploaded_by=uploaded_by, **details)
    image.master.name = f"{master.digest}.{master.extension}"
    try:
        _keep(Image._meta.get_field("master").storage, image.master.name, master.data)
        image.renditions = _write_renditions(master.data, master.digest, (image.focal_x, image.focal_y))
    except OSError as error:
        logger.exception("A picture could not be written.")
        raise PictureRefused(
            "The picture could not be kept, because the server has no room left or may not write. Nothing was "
            "changed. Tell the person who looks after the server, then try again."
        ) from error
    try:
        image.save()
    except IntegrityError:
        return _with_words(_still_offered(Image.objects.get(digest=master.digest)), details), False
    return image, True


def _with_words(image: Image, details: dict[str, object]) -> Image:
    """The same picture; what is said of it now counts where nobody had said anything."""
    words = {name: details[name] for name in ("alt_text", "is_decorative", "caption", "depicts") if name in details}
    if not image.is_described and words.get("depicts"):
        Image.objects.filter(pk=image.pk).update(**words)
        image.refresh_from_db()
    return image


def _still_offered(image: Image) -> Image:
    if image.replaced_by is not None:
        raise PictureRefused(
            f"This picture was replaced everywhere by “{image.replaced_by}”, so it does not come back by itself. "
            "Use that one, or another picture."
        )
    return image


def refocus(image: Image, focal_x: float, focal_y: float) -> None:
    """Crop anew around another point (0..1 from left and top) and save. Names change, so caches never mix crops.

    A picture that was deleted or replaced everywhere, before or meanwhile, stays as it is and gets no files.
    """
    with image.master.open("rb") as file:
        data = file.read()
    offered = Image.objects.filter(pk=image.pk, replaced_by__isnull=True)
    if not offered.exists():
        return
    renditions = _write_renditions(data, image.digest, (focal_x, focal_y))
    names = {rendition["name"] for rendition in renditions}
    earlier = [old | {"crop": EARLIER} for old in image.renditions if old["name"] not in names]
    # Only these columns, and no row made anew: encoding takes seconds, in which others may save or delete it.
    if not offered.update(focal_x=focal_x, focal_y=focal_y, renditions=renditions + earlier):
        for name in names:
            default_storage.delete(name)
        return
    image.focal_x, image.focal_y, image.renditions = focal_x, focal_y, renditions + earlier


def remove_replaced_files() -> int:
    """Remove the public files of pictures that were replaced; their masters stay. Returns how many pictures that were.

    Called once a replacement is sure, and again by whatever looks whether something was left behind. A file that
    cannot be removed now is for the next call.
    """
    done = 0
    for image in Image.objects.filter(replaced_by__isnull=False).exclude(renditions=[]):
        try:
            for rendition in image.renditions:
                default_storage.delete(rendition["name"])
        except OSError:
            logger.exception("A file of picture %s, which was replaced, could not be removed.", image.pk)
            continue
        Image.objects.filter(pk=image.pk).update(renditions=[])
        done += 1
    return done


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


def _keep(storage: Storage, name: str, data: bytes) -> None:
    # The name is made from the content and files appear whole, so one that is there is the same.
    if not storage.exists(name):
        storage.save(name, ContentFile(data))


def _write_renditions(data: bytes, digest: str, focal: tuple[float, float]) -> list[dict]:
    made = []
    for rendition in encode(data, focal):
        name = rendition_name(digest, focal, rendition.crop, rendition.width, rendition.format)
        _keep(default_storage, name, rendition.data)
        made.append(
            {
                "crop": rendition.crop,
                "format": rendition.format,
                "width": rendition.width,
                "height": rendition.height,
                "name": name,
            }
        )
    return made
