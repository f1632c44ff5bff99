"""A signature that goes on: over a spelling correction, or where only a picture was replaced everywhere."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef
from django.utils import timezone

from blog import outbox
from blog.content.spelling import Change, Words, corrections
from blog.digest import digest_of, shown_sources
from blog.models import AuditEntry, MedicalReview, Review, Revision, SafetyRecord
from blog.safety_notes import attached, keys, known_records

from .access import Actor, name_of, person
from .record import record
from .restore import put_new_pictures
from .signatures import signature_under
from .signers import had_a_hand, needs_signature

LOOKED_AT = 3
_PICTURE_FIELDS = ("hero_image_id", "hero_alt", "hero_is_decorative", "hero_caption")
LONGEST_TITLE_IN_MAIL = 120


@dataclass(frozen=True)
class Correction:
    """Words that differ from signed ones in their spelling only: the first signature, and each changed word."""

    original: MedicalReview
    digest: str
    changes: tuple[Change, ...]


def correction_of(revision: Revision, at: datetime) -> Correction | None:
    """The signature that may go on under these words at the moment ``at``, because they only correct its spelling.

    They are compared with the words that were really read, however often they were corrected since. None where
    the words are signed already, where nothing was ever signed, or where anything else differs. Whoever withdrew a
    signature that was kept over a correction has no other one kept, and nobody signs what they corrected themselves.
    """
    day = timezone.localdate(at)
    if not needs_signature(revision):
        return None
    refused = MedicalReview.objects.filter(carried_from=OuterRef("pk"), withdrawn_at__isnull=False).order_by()
    known = MedicalReview.objects.in_force(day).filter(post=revision.post_id, carried_from=None)
    known = known.filter(~Exists(refused)).exclude(reviewer=revision.author_id).exclude(reviewer__credentials="")
    originals = list(
        known.select_related("revision", "reviewer", "signed_by").order_by("-signed_at", "-pk")[:LOOKED_AT]
    )
    if not originals:
        return None
    digest = digest_of(revision)
    if signature_under(revision, digest, day) is not None:
        return None
    records = known_records()
    for original in originals:
        changes = _changes(original, revision, records)
        by = original.signed_by
        if changes is not None and by.pk not in had_a_hand([revision], [by])[revision.pk]:
            return Correction(original, digest, changes)
    return None


def keep_over_correction(actor: Actor, revision: Revision, at: datetime, now: datetime) -> MedicalReview | None:
    """Put the signature of ``correction_of`` under these words, where there is one, and tell its reviewer.

    The caller holds the post. The days of the review stay what they were.
    """
    correction = correction_of(revision, at)
    if correction is None:
        return None
    original = correction.original
    kept = carry(original, revision, correction.digest, now)
    said = "; ".join(f"“{change.old}” is now “{change.new}”" for change in correction.changes)
    record(actor, AuditEntry.Act.REVIEW_CARRIED, at=now, post=revision.post, revision=revision, reason=said)
    title = revision.title[:LONGEST_TITLE_IN_MAIL]
    if outbox.put(
        [original.signed_by],
        f"The spelling of “{title}” was corrected",
        "review_kept.txt",
        now=now,
        post=revision.post,
        title=title,
        who=name_of(person(actor)),
        changes=correction.changes,
    ):
        outbox.send_soon()
    return kept


def carry(
    signed: MedicalReview, revision: Revision, digest: str, now: datetime, request: Review | None = None
) -> MedicalReview:
    """The same signature under other words: same reviewer, same days; the caller has judged the words."""
    return MedicalReview.objects.create(
        post_id=revision.post_id,
        revision=revision,
        request=request,
        reviewer_id=signed.reviewer_id,
        signed_by_id=signed.signed_by_id,
        signed_at=now,
        digest=digest,
        reviewed_on=signed.reviewed_on,
        due_on=signed.due_on,
        carried_from_id=signed.carried_from_id or signed.pk,
    )


def tell_of_picture(actor: Actor, kept: MedicalReview, now: datetime) -> None:
    """Let the reviewer know that a picture on a page with their signature is another one now."""
    if not needs_signature(kept.revision):
        return
    title = kept.revision.title[:LONGEST_TITLE_IN_MAIL]
    subject, who = f"A picture in “{title}” was replaced", name_of(person(actor))
    about = {"post": kept.post, "title": title, "who": who}
    if outbox.put([kept.signed_by], subject, "review_kept_picture.txt", now=now, **about):
        outbox.send_soon()


def _changes(original: MedicalReview, revision: Revision, records: Iterable[SafetyRecord]) -> tuple[Change, ...] | None:
    signed = original.revision
    notes, sources = attached(signed, records), shown_sources(signed)
    if digest_of(signed, notes, sources) != original.digest or sources != shown_sources(revision):
        return None  # what was read beside the words is another thing today
    others = attached(revision, records)
    if (keys(notes.drugs), keys(notes.procedures)) != (keys(others.drugs), keys(others.procedures)):
        return None
    # A picture that was replaced everywhere stands in the newer words with its successor.
    before = signed.article_values()
    put_new_pictures(before)
    if any(before[name] != getattr(revision, name) for name in _PICTURE_FIELDS):
        return None
    names = {name for one in records for name in (*one.names, getattr(one, "generic_name", "")) if name}
    return corrections(_words(before), _words(revision.article_values()), names)


def _words(values: dict[str, object]) -> Words:
    return Words(values["title"], values["subtitle"], values["key_points"], values["body"])
