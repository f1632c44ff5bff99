"""Where the files of pictures lie, how they change places, and how those go that have to go.

Three storages: ``default``, which any web server may hand out; ``private``, which none reaches; ``masters``, the
originals, which leave only as what is made from them. No file is removed but by ``finish_deletions``, from rows that
were written in the transaction that ended its use: a process that is killed loses none of them.
"""

import logging
import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.core.files.base import ContentFile, File
from django.core.files.storage import InvalidStorageError, Storage, storages
from django.db import transaction
from django.db.models import Count, Min, Q
from django.utils import timezone

from blog.imaging.refused import PictureRefused
from blog.imaging.renditions import rendition_name
from blog.models import Author, FileDeletion, Image, PhotoConsent, Practice, public_write

logger = logging.getLogger(__name__)

PATIENT = Image.Depicts.PATIENT
_ATTEMPTS = 5
REVOKED = (
    "The patient revoked the consent for this picture, and its files are gone. It does not come back; use another one."
)
CONSENT_ENDED = (
    "The consent for this patient’s picture has ended. If the patient signed again, choose the new number. If it shows "
    "no patient, an editor corrects the last day of that consent first."
)
CONSENT_OVER = "This consent has ended or was revoked. Choose one that holds, or another picture."


class _Changed(Exception):
    """Somebody gave the picture other files meanwhile."""


def belongs_private(depicts: str) -> bool:
    """Whether the files of such a picture lie where no web server reaches: a patient, or nobody has said who."""
    return depicts in ("", PATIENT)


def storage_of(rendition: dict) -> Storage:
    """Where the file of this rendition lies."""
    return storages["private" if rendition.get("private") else "default"]


def open_rendition(image: Image, name: str) -> File | None:
    """One of the picture's own files, opened; None where it has none of that name. Raises ``OSError``."""
    found = next((one for one in image.renditions if one["name"] == name), None)
    return storage_of(found).open(name) if found else None


def by_chance() -> str:
    """What the names of files are made from that nobody may guess, in place of their content's digest."""
    return secrets.token_hex(32)


def keep_file(storage: Storage, name: str, data: bytes) -> bool:
    """Write a file, unless it is there: names are made from content, and files appear whole. Returns whether it did.

    One that is there is young again, so that ``blog.orphan_files`` lets it stay until a row names it.
    """
    if storage.touch(name):
        return False
    storage.save(name, ContentFile(data))
    return True


def keep_words(image: Image, words: dict[str, object], *, then: Callable[[], None] | None = None) -> None:
    """Save what is said of a picture: columns of ``Image`` by name. ``then`` runs in the same transaction.

    Where that makes it a patient's picture, or one no more, its files change places: copies come first, then one
    transaction says that they count and that the others have to go, and then the others go.
    Raises ``PictureRefused`` where it cannot be said.
    """
    if "depicts" in words and words["depicts"] != PATIENT:
        words = words | {"consent": None}
    for _ in range(_ATTEMPTS):
        if _kept(image.pk, words, then):
            return
    raise PictureRefused("Somebody is changing this picture just now. Nothing was changed; try again in a moment.")


def _kept(pk: int, words: dict[str, object], then: Callable[[], None] | None) -> bool:
    image = Image.objects.filter(pk=pk).first()
    if image is None:
        raise PictureRefused("This picture was deleted meanwhile.")
    private = belongs_private(words.get("depicts", image.depicts))
    moves = any(bool(one.get("private")) != private for one in image.renditions)
    copies = _copies(image, private) if moves else None
    try:
        with public_write():
            held = Image.objects.select_for_update(of=("self",)).select_related("consent").filter(pk=pk).first()
            if held is None or held.renditions != image.renditions:
                raise _Changed
            _refuse_what_cannot_be_said(held, words)
            if copies is not None:
                FileDeletion.objects.ask(held.files(master=False))
                words = words | {"renditions": copies}
                finish_after_commit()
            Image.objects.filter(pk=pk).update(**words)
            if then is not None:
                then()
    except BaseException as error:
        _remove(copies or [])
        if isinstance(error, _Changed):
            return False
        raise
    return True


def _copies(image: Image, private: bool) -> list[dict]:
    """The files once more in the other storage, under names of their own; what is in use no more stays behind."""
    made: list[dict] = []
    base = by_chance()
    to = storages["private" if private else "default"]
    try:
        for old in image.renditions:
            if old["crop"] == "earlier":
                continue
            focal = (image.focal_x, image.focal_y)
            name = rendition_name(base, focal, old["crop"], old["width"], old["format"])
            with storage_of(old).open(old["name"]) as file:
                keep_file(to, name, file.read())
            made.append({key: old[key] for key in ("crop", "format", "width", "height")} | {"name": name})
            if private:
                made[-1]["private"] = True
    except OSError as error:
        logger.exception("The files of picture %s cannot change places.", image.pk)
        _remove(made)
        raise PictureRefused(
            "The picture's files could not be moved, so nothing was changed. Tell the person who looks after the "
            "server, then try again."
        ) from error
    return made


def _remove(renditions: Iterable[dict]) -> None:
    """Take back files that were written a moment ago and that no row names."""
    for one in renditions:
        storage_of(one).delete(one["name"])


def _refuse_what_cannot_be_said(held: Image, words: dict[str, object]) -> None:
    """Raise ``PictureRefused`` for a consent that does not hold, for a picture that went with its consent or whose
    consent has ended, and for a patient where a picture is shown without asking.
    """
    if held.consent is not None and held.consent.revoked_at is not None:
        if words.get("depicts", PATIENT) != PATIENT or words.get("consent", held.consent) != held.consent:
            raise PictureRefused(REVOKED)
        return
    if words.get("depicts", held.depicts) != PATIENT:
        if held.consent is not None and not held.consent.is_live(timezone.now()):
            raise PictureRefused(CONSENT_ENDED)
        return
    consent = words.get("consent", held.consent)
    if consent != held.consent or held.depicts != PATIENT:
        hold_consent(consent)
    if Author.objects.filter(photo=held).exists():
        raise PictureRefused("This picture stands beside an author's name, where no patient can be shown.")
    if Practice.objects.filter(Q(logo=held) | Q(share_image=held)).exists():
        raise PictureRefused("The practice's own pages show this picture everywhere, so it cannot be a patient.")


def hold_consent(consent: PhotoConsent | None) -> None:
    """Hold a consent until the transaction ends, so that nobody revokes it meanwhile.

    Raises ``PictureRefused`` unless it holds now.
    """
    held = consent and PhotoConsent.objects.select_for_update(no_key=True, of=("self",)).filter(pk=consent.pk).first()
    if not held or not held.is_live(timezone.now()):
        raise PictureRefused(CONSENT_OVER)


def claim(files: Iterable[tuple[str, str]]) -> bool:
    """Let files stay that were to go, because another picture of the same content needs them; inside a transaction.

    Returns whether any was, or is gone already: then write them again.
    """
    wanted, files = Q(), list(files)
    for storage, name in files:
        wanted |= Q(storage=storage, name=name)
    were_to_go = FileDeletion.objects.filter(wanted).delete()[0] > 0
    return were_to_go or not all(storages[storage].exists(name) for storage, name in files)


def finish_after_commit() -> None:
    """Let what was written down to go be removed once the running transaction is kept."""
    transaction.on_commit(finish_deletions, robust=True)


def finish_deletions() -> int:
    """Remove every file that is written down to go, and its row; what a killed process left is done here, too.

    A file that cannot be removed now keeps its row with the reason, for the next call. Returns how many are gone.
    """
    return sum(_finish(pk) for pk in list(FileDeletion.objects.order_by("pk").values_list("pk", flat=True)))


@transaction.atomic
def _finish(pk: int) -> bool:
    row = FileDeletion.objects.select_for_update().filter(pk=pk).first()
    if row is None:
        return False
    try:
        storages[row.storage].delete(row.name)
    except (OSError, InvalidStorageError) as error:
        logger.exception("A file that has to go could not be removed: %s", row)
        longest = FileDeletion._meta.get_field("trouble").max_length
        FileDeletion.objects.filter(pk=pk).update(trouble=(str(error) or type(error).__name__)[:longest])
        return False
    row.delete()
    return True


@dataclass(frozen=True)
class Waiting:
    """How many files still have to go, since when, and what stood in the way last."""

    count: int
    since: datetime | None
    trouble: str


def waiting() -> Waiting:
    """How the removal of files stands. Two queries at most."""
    found = FileDeletion.objects.aggregate(count=Count("pk"), since=Min("asked_at"))
    last = FileDeletion.objects.exclude(trouble="").order_by("-pk").first() if found["count"] else None
    return Waiting(**found, trouble=last.trouble if last else "")
