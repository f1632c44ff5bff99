"""Replacing a picture everywhere at once: in live and scheduled articles, drafts, and words that are being written."""

from datetime import datetime, timedelta

from django.utils import timezone

from blog.content.swap import with_other_pictures
from blog.digest import digest_of, digest_of_shown
from blog.models import (
    ArticleFields,
    AuditEntry,
    Author,
    FileDeletion,
    Image,
    MedicalReview,
    Post,
    Practice,
    Publication,
    PublicationTag,
    Review,
    Revision,
    Tag,
    public_write,
)
from blog.picture_files import finish_after_commit
from blog.search_index import index_post

from .access import Actor, Refused, person, require_release
from .carrying import carry, tell_of_picture
from .drafts import PICTURE_REPLACED, newest_revision, seal
from .held import put_in_place
from .picture_places import PRACTICE_FIELDS, Places, places_of, posts_using, uses
from .record import record
from .review import review_standing
from .signatures import lacks_review

_STEP = timedelta(microseconds=1)
_ATTEMPTS = 5
ONLY_A_PICTURE = "Only a picture was replaced."


class _MoreUses(Exception):
    """Somebody began to use the picture before it was held."""


def replace_picture(
    actor: Actor, old: Image, new: Image, *, own_words: bool = False, now: datetime | None = None
) -> Places:
    """Put ``new`` wherever ``old`` stands, for readers and staff, in one moment. Returns where that was.

    What readers see is the very same text under the same dates; each version that was, and its picture, is kept and no
    longer given to readers. Words that others are writing go on as they are, with the new picture. Descriptions stay
    those of each place, or with ``own_words`` become the new picture's own. The old picture's public files are removed
    once all that is sure; where the process ends before that, the next such act or the next start does it.
    Raises ``NotAllowed``, or ``Refused`` where the two pictures cannot be exchanged.
    """
    require_release(actor)
    for _ in range(_ATTEMPTS):
        try:
            with public_write():
                places = _replace(actor, old, new, own_words, now)
                finish_after_commit()
            return places
        except _MoreUses:
            continue
    raise Refused("Colleagues are saving posts with this picture just now. Nothing was changed; try again in a moment.")


def _replace(actor: Actor, old: Image, new: Image, own_words: bool, now: datetime | None) -> Places:
    # Posts first and pictures after, as whoever saves a draft does, so that nobody waits in a ring.
    posts = list(
        Post.objects.select_for_update(of=("self",)).filter(pk__in=posts_using(old).values("pk")).order_by("pk")
    )
    held = {
        image.pk: image for image in Image.objects.select_for_update().filter(pk__in=[old.pk, new.pk]).order_by("pk")
    }
    if set(posts_using(old).values_list("pk", flat=True)) - {post.pk for post in posts}:
        raise _MoreUses
    now = now or timezone.now()
    old, new = _fitting(held.get(old.pk), held.get(new.pk), now)
    places = places_of(old, now)
    if new.is_private and (places.authors or places.practice):
        raise Refused("A patient's picture stands beside no author and on no page of the practice. Choose another one.")
    words_of = new if own_words else None
    for post in posts:
        _replace_in_post(actor, post, old, new, words_of, now)
    Author.objects.filter(photo=old).update(photo=new)
    for name in PRACTICE_FIELDS:
        Practice.objects.filter(**{name: old}).update(**{name: new})
    FileDeletion.objects.ask(old.files(master=False))
    Image.objects.filter(pk=old.pk).update(replaced_by=new, replaced_at=now, renditions=[])
    record(
        actor,
        AuditEntry.Act.PICTURE_REPLACED,
        at=now,
        takes_effect_at=now,
        reason=f"Picture {old.pk} ({old}) by picture {new.pk} ({new})",
    )
    return places


def _fitting(old: Image | None, new: Image | None, now: datetime) -> tuple[Image, Image]:
    if old is None or new is None:
        raise Refused("One of the two pictures was deleted meanwhile. Nothing was changed; choose another one.")
    if old.pk == new.pk:
        raise Refused("This is the same picture. Choose another one.")
    if old.replaced_by_id is not None:
        raise Refused("This picture was replaced everywhere already. There is nothing left to change.")
    if new.replaced_by_id is not None or not new.renditions:
        raise Refused("The picture you chose cannot be shown any more. Nothing was changed; choose another one.")
    if not new.is_described:
        raise Refused("The picture you chose has no description yet. Describe it first, then replace the other one.")
    if not new.may_be_shown(now):
        raise Refused("The picture you chose shows a patient whose consent has ended. Choose another one.")
    return old, new


def _replace_in_post(actor: Actor, post: Post, old: Image, new: Image, words_of: Image | None, now: datetime) -> None:
    numbers = {old.pk: new.pk}
    newest = newest_revision(post)
    draft = newest
    if newest is not None and uses(newest, old.pk):
        draft = _successor(actor, newest, numbers, words_of, now)
    if uses(post, old.pk):
        put_in_place(post, numbers, words_of)
        post.saved_at = now
        post.save(update_fields=["body", "hero_image", "hero_alt", "hero_is_decorative", "saved_at"])
    if draft is not newest:
        Review.objects.filter(post=post, revision=newest, outcome=Review.Outcome.WAITING).update(revision=draft)
        if _says_the_same(newest, draft, numbers):
            _keep_review_of_draft(actor, newest, draft, now)
    _replace_in_open_words(post, newest, draft, numbers, words_of)
    _replace_before_readers(actor, post, newest, draft, numbers, words_of, now)


def _successor(
    actor: Actor, base: Revision, numbers: dict[int, int], words_of: Image | None, now: datetime, **about: object
) -> Revision:
    """A sealed revision that says what ``base`` says, with the other picture."""
    revision = Revision(
        post_id=base.post_id,
        base=base,
        saved_by=person(actor),
        saved_at=now,
        note=PICTURE_REPLACED,
        typed=base.typed,
        **base.article_values(),
        **about,
    )
    put_in_place(revision, numbers, words_of)
    seal(revision, Tag.objects.filter(pk__in=base.tags.values("pk")), now)
    return revision


def _replace_in_open_words(
    post: Post, newest: Revision | None, draft: Revision | None, numbers: dict[int, int], words_of: Image | None
) -> None:
    for revision in post.revisions.select_for_update(of=("self",)).filter(sealed_at__isnull=True).order_by("pk"):
        # Nobody's window learns of it: what it sends next gets the new picture when it is saved.
        put_in_place(revision, numbers, words_of)
        if newest is not None and draft is not newest and revision.base_id == newest.pk:
            _put_on_top(revision, draft)
        else:
            revision.save(update_fields=["body", "hero_image", "hero_alt", "hero_is_decorative"])


def _put_on_top(revision: Revision, draft: Revision) -> None:
    """Let open words rest on a draft that was made after them. The newest draft is the one with the highest number, so
    they get a new one; their window knows them by its own name.
    """
    names = [field.attname for field in Revision._meta.concrete_fields if not field.primary_key]
    again = Revision(**{name: getattr(revision, name) for name in names})
    again.base = draft
    Revision.objects.drop_open(revision.pk)
    again.save()


def _replace_before_readers(
    actor: Actor,
    post: Post,
    newest: Revision | None,
    draft: Revision | None,
    numbers: dict[int, int],
    words_of: Image | None,
    now: datetime,
) -> None:
    (old_pk,) = numbers
    changed = [one for one in post.publications.filter(live_until__gt=now).order_by("live_from") if uses(one, old_pk)]
    for shown in changed:
        base = shown.revision
        is_draft = newest is not None and base.pk == newest.pk
        # The text that readers have is not the draft any more: its version stands beside the line of drafts.
        revision = draft if is_draft else _successor(actor, base, numbers, words_of, now, set_aside=True)
        again = _publish_again(actor, shown, revision, numbers, words_of, now)
        _keep_review_of_page(actor, shown, again, numbers, now)
        record(
            actor,
            AuditEntry.Act.PICTURE_REPLACED,
            at=now,
            post=post,
            revision=revision,
            takes_effect_at=max(now, shown.live_from),
        )
    if changed:
        index_post(post.pk, now)


def _publish_again(
    actor: Actor, shown: Publication, revision: Revision, numbers: dict[int, int], words_of: Image | None, now: datetime
) -> Publication:
    """The same publication with the other picture: from now on where readers see it, else from its own minute on."""
    fields = {field.attname for field in Publication._meta.concrete_fields if not field.primary_key}
    again = Publication(**{name: getattr(shown, name) for name in fields})
    put_in_place(again, numbers, words_of)
    again.revision, again.released_by, again.released_at = revision, person(actor), now
    notes_and_sources = (again.shown_drugs, again.shown_procedures, again.shown_sources)
    again.digest = digest_of_shown(again, *notes_and_sources) if shown.digest else ""
    tags = list(PublicationTag.objects.filter(publication=shown).values_list("tag_id", flat=True))
    if shown.live_from > now:
        Publication.objects.filter(pk=shown.pk).discard()
    else:
        again.live_from = max(now, shown.live_from + _STEP)
        shown.live_until = again.live_from
        shown.save(update_fields=["live_until"])
    again.save()
    PublicationTag.objects.bulk_create(PublicationTag(publication=again, tag_id=pk) for pk in tags)
    return again


def _keep_review_of_draft(actor: Actor, before: Revision, draft: Revision, now: datetime) -> None:
    """An approval goes on where only the picture is another one, and so does the signature that it was."""
    approved = review_standing(draft.post, before).approved
    if approved is None:
        return
    copied = ("submitted_by_id", "submitted_at", "note", "outcome", "decided_by_id", "decided_at", "answer")
    request = Review.objects.create(
        post_id=draft.post_id, revision=draft, **{name: getattr(approved, name) for name in copied}
    )
    signed = MedicalReview.objects.standing().filter(revision=before, request=approved).first()
    if signed is not None:
        tell_of_picture(actor, carry(signed, draft, digest_of(draft), now, request=request), now)
        record(actor, AuditEntry.Act.REVIEW_CARRIED, at=now, post=draft.post, revision=draft, reason=ONLY_A_PICTURE)


def _keep_review_of_page(
    actor: Actor, shown: Publication, again: Publication, numbers: dict[int, int], now: datetime
) -> None:
    """The signature under a page goes on where only the picture is another one; other words need another signature.

    Raises ``Refused`` for those where a clinician must review: there nobody brings them before readers in passing.
    """
    if not _says_the_same(shown, again, numbers):
        if lacks_review(again, max(now, again.live_from)):
            raise Refused(
                f"“{again.title}” would describe the new picture in other words, and here a clinician must review a "
                "text before it goes live. Keep the descriptions of each place, or change that post by itself and ask "
                "for a review. Nothing was changed."
            )
        return
    stand = MedicalReview.objects.standing()
    signed = stand.under(shown.post_id, shown.digest, shown.author_id).order_by("-reviewed_on", "-pk").first()
    if signed is None or stand.filter(post=again.post_id, digest=again.digest).exists():
        return
    tell_of_picture(actor, carry(signed, again.revision, again.digest, now), now)
    record(
        actor,
        AuditEntry.Act.REVIEW_CARRIED,
        at=now,
        post=again.post,
        revision=again.revision,
        reason=ONLY_A_PICTURE,
    )


def _says_the_same(before: ArticleFields, after: ArticleFields, numbers: dict[int, int]) -> bool:
    """Whether two texts differ in the pictures alone, and what is said of each is the same."""
    beside = ("hero_alt", "hero_is_decorative", "hero_caption")
    return with_other_pictures(before.body, numbers) == after.body and all(
        getattr(before, name) == getattr(after, name) for name in beside
    )
