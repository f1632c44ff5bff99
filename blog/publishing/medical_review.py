"""The end of a clinician's signature: withdrawn by a person, or ended because a shared record changed.

The labels leave the page in the same moment. The article stays before readers, also where a clinician must review:
what is live and needs a review then is listed (``review_lists``). What only waits for its minute is another matter
there: without a signature it is taken out of the schedule.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from django.contrib.auth.models import User
from django.db.models import Q
from django.utils import timezone

from blog import outbox
from blog.content.plain import tidy_text
from blog.digest import digest_of
from blog.models import (
    AuditEntry,
    Author,
    Drug,
    MedicalReview,
    Post,
    Practice,
    Publication,
    Revision,
    SafetyRecord,
    public_write,
)
from blog.safety_notes import attached

from .access import Actor, NotAllowed, Operator, Refused, person
from .drafts import lock_post, newest_revision
from .record import record
from .release import call_off
from .review import Order, ask_again
from .signatures import lacks_review
from .signers import policy, why_not_sign

NO_REASON_OF_OWN = "By the reviewer, who gave no reason."
SENT_BACK = "The same words were sent back."
CALLED_OFF = "No review stands any more, and here a clinician must review health articles before they go live."
_LONGEST = MedicalReview._meta.get_field("lapsed_because").max_length


# --- Withdrawing ------------------------------------------------------------------------------------------


def may_withdraw(actor: Actor, signed: MedicalReview) -> bool:
    """Whether the actor may withdraw a signature: whose it is, or who looks after the practice."""
    if not actor.is_active:
        return False
    return actor.pk in _its_people(signed) or actor.has_perm("blog.change_practice")


def withdraw(actor: Actor, signed: MedicalReview, because: str = "", *, now: datetime | None = None) -> list[Post]:
    """End a signature, and those that were kept over spelling corrections of its words. Returns the posts concerned.

    Whose signature it is needs no reason. The label leaves the page at once; a live article stays live, also where a
    clinician must review, and is listed as needing one. Raises ``NotAllowed``, or ``Refused`` without a reason, or
    where it does not stand any more.
    """
    because = _reason(actor, [signed], because)
    with public_write():
        lock_post(signed.post_id)
        ended = _withdraw(actor, _with_kept([signed]), because, now or timezone.now())
        if not ended:
            raise Refused("This review does not stand any more, so there is nothing to withdraw. Look at the post.")
    return ended


def withdraw_all(actor: Actor, reviewer: Author, because: str, *, now: datetime | None = None) -> list[Post]:
    """End every signature of a clinician, such as one who leaves. Returns the posts concerned.

    Raises ``NotAllowed`` for anybody but that clinician and who looks after the practice, and ``Refused`` without a
    reason.
    """
    if not actor.is_active or (reviewer.user_id != actor.pk and not actor.has_perm("blog.change_practice")):
        raise NotAllowed("Your login may not withdraw reviews of others. Ask a manager to do it.")
    because = tidy_text(because)
    if not because:
        raise Refused("Say in a few words why. The reason is kept for the record; readers never see it.")
    with public_write():
        mine = MedicalReview.objects.standing().filter(reviewer=reviewer)
        _lock(mine.values_list("post_id", flat=True))
        return _withdraw(actor, _with_kept(mine), because, now or timezone.now())


def withdraw_under(actor: Actor, revision: Revision, now: datetime) -> None:
    """End what stands signed under words that a clinician sends back; the caller holds the post.

    Whoever could not sign them ends nothing by that: only a clinician's no undoes a clinician's yes.
    """
    stand = MedicalReview.objects.standing().filter(post=revision.post_id)
    if stand.exists() and not why_not_sign(actor, revision):
        _withdraw(actor, _with_kept(stand.filter(digest=digest_of(revision))), SENT_BACK, now)


def _its_people(signed: MedicalReview) -> set[int]:
    return {signed.signed_by_id, signed.reviewer.user_id} - {None}


def _reason(actor: Actor, signatures: Iterable[MedicalReview], because: str) -> str:
    because = tidy_text(because)
    if not all(may_withdraw(actor, one) for one in signatures):
        raise NotAllowed("Only whose review this is, or a manager, may withdraw it. Ask one of them.")
    if because:
        return because
    if not all(actor.pk in _its_people(one) for one in signatures):
        raise Refused("Say in a few words why. The reason is kept for the record; readers never see it.")
    return NO_REASON_OF_OWN


def _with_kept(signatures: Iterable[MedicalReview]) -> list[MedicalReview]:
    """Those signatures that stand, the same person's others under the same words, and what was kept from all of them.

    In the order of their keys.
    """
    which = Q(pk__in=[])
    for one in signatures:
        which |= Q(post=one.post_id, digest=one.digest, reviewer=one.reviewer_id)
    keys = set(MedicalReview.objects.filter(which).values_list("pk", flat=True))
    which = Q(pk__in=keys) | Q(carried_from__in=keys)
    return list(MedicalReview.objects.standing().filter(which).select_related("post", "revision").order_by("pk"))


def _withdraw(actor: Actor, signatures: list[MedicalReview], because: str, now: datetime) -> list[Post]:
    for signed in signatures:
        signed.withdrawn_at, signed.withdrawn_by, signed.withdrawn_because = now, person(actor), because
        signed.save(update_fields=["withdrawn_at", "withdrawn_by", "withdrawn_because"])
        record(
            actor,
            AuditEntry.Act.REVIEW_WITHDRAWN,
            at=now,
            post=signed.post,
            revision=signed.revision,
            reason=because,
        )
    posts = list({signed.post_id: signed.post for signed in signatures}.values())
    _call_off_unsigned(actor, posts, now)
    return posts


# --- Changed records --------------------------------------------------------------------------------------


def affected_by(changed: SafetyRecord | Practice, now: datetime | None = None) -> list[Post]:
    """The posts whose review ends if the words of this drug or procedure, or the practice's disclaimer, change now.

    By title, so that a screen can say it ahead; none where nobody reviews. Four queries at most.
    """
    if policy() == Practice.ReviewPolicy.NOBODY_YET:
        return []
    posts = {signed.post_id: signed.post for signed in _showing(changed, now or timezone.now())}
    return sorted(posts.values(), key=lambda post: (post.title, post.pk))


def lapse_for(changed: SafetyRecord | Practice, now: datetime, actor: Actor | None = None) -> list[Post]:
    """End every signature under words that show this drug, procedure or, for the practice, the disclaimer.

    To be called in the transaction that changes its words, by who has asked for the right to. The posts whose newest
    draft is what readers see, or what waits for its minute, go back to the reviewers at once; the others are listed
    (``review_lists.needs_review_again``). Each reviewer is told once, not once for each post. Returns the posts.
    """
    actor = actor or Operator()
    because = (f"The disclaimer of {changed} changed." if isinstance(changed, Practice) else f"“{changed}” changed.")[
        :_LONGEST
    ]
    with public_write():
        held = {signed.post_id for signed in _showing(changed, now)}
        _lock(held)
        # Whoever signs holds the practice, too: what was signed meanwhile is seen now, and nothing is until the end.
        policy(hold=True)
        signatures = _showing(changed, now)
        _lock({signed.post_id for signed in signatures} - held)
        for signed in signatures:
            signed.lapsed_at, signed.lapsed_because = now, because
            signed.save(update_fields=["lapsed_at", "lapsed_because"])
            record(
                actor, AuditEntry.Act.REVIEW_LAPSED, at=now, post=signed.post, revision=signed.revision, reason=because
            )
        posts = list({signed.post_id: signed.post for signed in signatures}.values())
        if policy() != Practice.ReviewPolicy.NOBODY_YET:
            for post in posts:
                _back_to_the_reviewers(actor, post, because, now)
            _call_off_unsigned(actor, posts, now)
            _tell(signatures, because, now)
    return posts


def _showing(changed: SafetyRecord | Practice, now: datetime) -> list[MedicalReview]:
    """The standing signatures under words that show a record: on a page, now or soon, or in a draft or earlier text."""
    stand = MedicalReview.objects.standing().select_related("post", "revision", "signed_by").order_by("pk")
    if isinstance(changed, Practice):
        return list(stand)
    column = "shown_drugs" if isinstance(changed, Drug) else "shown_procedures"
    present = Publication.objects.filter(live_until__gt=now, post__in=stand.order_by().values("post"))
    on_page = {post for post, keys in present.values_list("post_id", column) if changed.pk in keys}
    by_hand = "revision__drugs" if isinstance(changed, Drug) else "revision__procedures"
    chosen = {pk for pk, keys in stand.values_list("pk", by_hand) if changed.pk in keys}
    # What the database finds by the first word of a name is looked at closely below.
    named = Q()
    for name in changed.names:
        for field in ("title", "subtitle", "key_points", "body"):
            named |= Q(**{f"revision__{field}__icontains": name.split()[0]})
    found = list(stand.filter(Q(post__in=on_page) | Q(pk__in=chosen) | named))
    records = [changed]
    return [
        signed for signed in found if signed.post_id in on_page or changed in attached(signed.revision, records).records
    ]


def _back_to_the_reviewers(actor: Actor, post: Post, because: str, now: datetime) -> None:
    """Ask for a look at the newest draft where it is what readers see, or what waits for its minute."""
    newest = newest_revision(post)
    waiting = post.publications.filter(live_from__gt=now).first()
    shown = waiting or post.publications.live(now).first()
    if newest is None or shown is None or shown.revision_id != newest.pk or post.trashed_at is not None:
        return
    order = None
    if waiting is not None and lacks_review(waiting, waiting.live_from):
        until = call_off(actor, post, waiting, now, CALLED_OFF)
        order = Order(waiting.live_from, until, waiting.updated_at == waiting.live_from)
    ask_again(actor, newest, because, order, waiting.released_by if waiting else None, now)


def _tell(signatures: list[MedicalReview], because: str, now: datetime) -> None:
    titles: dict[User, dict[int, str]] = defaultdict(dict)
    for signed in signatures:
        if signed.signed_by.is_active:
            titles[signed.signed_by][signed.post_id] = signed.post.title
    about = {"because": because, "now": now}
    subject = f"{because} Please review again"
    written = [
        outbox.put([user], subject, "review_lapsed.txt", titles=sorted(posts.values()), **about)
        for user, posts in titles.items()
    ]
    if any(written):
        outbox.send_soon()


# --- What both leave behind -------------------------------------------------------------------------------


def _lock(keys: Iterable[int]) -> None:
    """Hold posts, in the order of their keys."""
    list(Post.objects.select_for_update(of=("self",)).filter(pk__in=set(keys)).order_by("pk").values_list("pk"))


def _call_off_unsigned(actor: Actor, posts: list[Post], now: datetime) -> None:
    """Take out of the schedule what must be reviewed and is not any more."""
    rule = policy()
    if rule != Practice.ReviewPolicy.MUST:
        return
    waiting = Publication.objects.filter(live_from__gt=now, post__in=posts).select_related("post", "revision")
    for publication in waiting.order_by("pk"):
        if lacks_review(publication, publication.live_from, rule):
            call_off(actor, publication.post, publication, now, CALLED_OFF)
