"""What waits for a person, most urgent first: the first page of the staff side.

The list is made of small functions, one for each kind of work. Each says itself whom it concerns, and leaves out posts
that a more urgent one has shown already, so that nobody with several roles meets a post twice.
"""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from urllib.parse import urlencode

from django.contrib.auth.models import User
from django.db.models import Case, F, Q, QuerySet, When
from django.urls import reverse
from django.utils import timezone

from blog import publishing
from blog.clinic_time import spoken
from blog.models import Author, LinkCheck, Post, Practice, Review, Source, StaffWord
from blog.publishing import links, may_decide_review, may_release, safety_records

from .work import has_unpublished_changes, notes_on, posts_of, spoken_on, what_lies_ahead, with_standing
from .work_reviews import live_without_review, review_again, reviews_due
from .work_rows import SHOWN, Row, Section, Taken

# Among a person's posts, the ones saved last are looked at; older ones are in the list of posts.
LOOKED_AT = 40
# The same among everybody's posts and answers.
LOOKED_AT_OF_ALL = 200


Kind = Callable[[User, datetime, Taken], Section | None]


def work_for(user: User, now: datetime, policy: str) -> list[Section]:
    """The cards for this person that have something in them, most urgent first.

    ``policy`` is the practice's on reviews: where nobody reviews, nothing is asked about reviews that are due.
    """
    taken: Taken = set()
    kinds = [kind for kind in SECTIONS if policy != Practice.ReviewPolicy.NOBODY_YET or kind not in OF_REVIEWS]
    return [section for kind in kinds if (section := kind(user, now, taken)) is not None and section.rows]


def _edit(post_id: int) -> str:
    return reverse("admin:blog_post_change", args=[post_id])


def _list(**filters: str) -> str:
    return f"{reverse('admin:blog_post_changelist')}?{urlencode(filters)}"


def _name(user: User | None) -> str:
    return publishing.name_of(user) if user is not None else "somebody"


def _quoted(words: str) -> str:
    line = " ".join(words.split())
    return f"“{line[:160].rstrip()}…”" if len(line) > 160 else f"“{line}”"


def _writes(user: User) -> bool:
    return user.has_perm("blog.add_post") or user.has_perm("blog.change_post")


def _reviews(taken: Taken) -> QuerySet[Review]:
    """Reviews of posts that are not shown yet and not in the trash, with what a line says of them."""
    reviews = Review.objects.filter(post__trashed_at__isnull=True).exclude(post__in=taken)
    found = reviews.select_related("post", "submitted_by", "decided_by")
    return found.only("post__title", "submitted_at", "note", "answer", "decided_at", *_NAMES)


_NAMES = [
    f"{person}__{name}" for person in ("submitted_by", "decided_by") for name in ("first_name", "last_name", "username")
]


def _is_mine_by_review(user: User) -> Q:
    mine = Q(post__created_by=user) | Q(post__author__in=Author.objects.filter(user=user))
    return mine | Q(submitted_by=user)


def _unknown(reviews: Iterable[Review], taken: Taken) -> list[Review]:
    found = [review for review in reviews if review.post_id not in taken][:SHOWN]
    taken.update(review.post_id for review in found)
    return found


def _waited(review: Review, now: datetime) -> str:
    days = (timezone.localdate(now) - timezone.localdate(review.submitted_at)) // timedelta(days=1)
    return "since today" if days == 0 else "1 day" if days == 1 else f"{days} days"


# --- What needs this person -----------------------------------------------------------------------------


def sent_back(user: User, now: datetime, taken: Taken) -> Section | None:
    """Posts of theirs that a colleague sent back with a note, as long as nothing came after it."""
    if not _writes(user):
        return None
    rows = []
    for review in _unknown(publishing.sent_back_to(user), taken):
        answer = f": {_quoted(review.answer)}" if review.answer.strip() else ""
        sub = f"Sent back by {_name(review.decided_by)}{answer}"
        rows.append(Row(review.post.title, _edit(review.post_id), sub, spoken(review.decided_at, now, zone=False)))
    return Section("sent-back", "Sent back to you", rows)


def for_my_review(user: User, now: datetime, taken: Taken) -> Section | None:
    """Texts that this person may decide about, the longest waiting first; never their own."""
    rows = []
    for review in _unknown(publishing.queue_for(user, now), taken):
        note = f": {_quoted(review.note)}" if review.note.strip() else ""
        url = reverse("admin:blog_post_review", args=[review.post_id])
        row = Row(review.post.title, url, f"From {_name(review.submitted_by)}{note}", _waited(review, now))
        row.button, row.button_url = "Review…", url
        rows.append(row)
    return Section("for-my-review", "Waiting for your review", rows)


def ready_to_publish(user: User, now: datetime, taken: Taken) -> Section | None:
    """Newest drafts that a reviewer approved as they stand, and that nobody has published or scheduled."""
    rows = []
    for review in _unknown(publishing.ready_to_publish(user, now), taken):
        sub = f"Approved by {_name(review.decided_by)} {spoken_on(review.decided_at, now, zone=False)}"
        row = Row(review.post.title, _edit(review.post_id), sub)
        row.button, row.button_url = "Publish…", reverse("admin:blog_post_publish", args=[review.post_id])
        rows.append(row)
    return Section("ready", "Ready to publish", rows)


def in_review(user: User, now: datetime, taken: Taken) -> Section | None:
    """What waits for a reviewer: an editor sees all of it, a writer their own."""
    if not _writes(user):
        return None
    reviews = _reviews(taken).filter(outcome=Review.Outcome.WAITING).order_by("submitted_at", "pk")
    if not may_release(user):
        reviews = reviews.filter(_is_mine_by_review(user))
    rows = [
        Row(review.post.title, _edit(review.post_id), f"Sent by {_name(review.submitted_by)}", _waited(review, now))
        for review in _unknown(reviews[:SHOWN], taken)
    ]
    more = _list(status=StaffWord.IN_REVIEW.value) if len(rows) == SHOWN else ""
    return Section("in-review", "Waiting for a reviewer", rows, ahead=True, more=more, more_words="All in review")


def approved(user: User, now: datetime, taken: Taken) -> Section | None:
    """A writer's own texts that a reviewer approved and that wait for an editor."""
    if not _writes(user) or may_release(user):
        return None
    rows = [
        Row(
            review.post.title,
            _edit(review.post_id),
            f"Approved by {_name(review.decided_by)} {spoken_on(review.decided_at, now, zone=False)}. "
            "An editor publishes it",
        )
        for review in _unknown(publishing.approved_of(user, now), taken)
    ]
    return Section("approved", "Approved, not live yet", rows, ahead=True)


def scheduled(user: User, now: datetime, taken: Taken) -> Section | None:
    """Posts that go live, change or leave at a set time, the next one first: for an editor all, for a writer theirs."""
    if not _writes(user):
        return None
    moment = Case(When(live_from__gt=now, then="live_from"), default="live_until")
    ahead = what_lies_ahead(now).exclude(post__in=taken).order_by(moment, "pk")
    if not may_release(user):
        ahead = ahead.filter(post__in=posts_of(user))
    keys = list(dict.fromkeys(ahead.values_list("post_id", flat=True)[: 2 * SHOWN]))[:SHOWN]
    taken.update(keys)
    rows = []
    for post in with_standing(keys, now) if keys else ():
        words = spoken(post.scheduled_for or post.leaves_at, now, zone=False)
        act = "Leaves the site"
        if post.scheduled_for:
            act = "Changes to a live post" if post.live_since else "New post"
            if post.leaves_at:
                act += f". Leaves the site {spoken_on(post.leaves_at, now, zone=False)}"
        rows.append(Row(post.title, _edit(post.pk), act, words[:1].upper() + words[1:], is_moment=True))
    more = _list(status=StaffWord.SCHEDULED.value) if len(rows) == SHOWN else ""
    return Section("scheduled", "Scheduled", rows, ahead=True, more=more, more_words="All scheduled")


def my_drafts(user: User, now: datetime, taken: Taken) -> Section | None:
    """This person's posts whose newest words readers do not see, newest first."""
    if not _writes(user):
        return None
    mine = posts_of(user).not_in_trash().exclude(pk__in=taken).order_by("-saved_at", "-pk")
    keys = list(mine.values_list("pk", flat=True)[:LOOKED_AT])
    rows = []
    for post in with_standing(keys, now) if keys else ():
        is_open = post.staff_word in (StaffWord.DRAFT, StaffWord.IN_REVIEW)
        if len(rows) < SHOWN and (is_open or (post.staff_word == StaffWord.LIVE and has_unpublished_changes(post))):
            taken.add(post.pk)
            sub = ". ".join(notes_on(post)) or "Readers see nothing of it yet"
            rows.append(Row(post.title, _edit(post.pk), sub, f"Saved {spoken(post.saved_at, now, zone=False)}"))
    more = _list(mine="1") if len(rows) == SHOWN else ""
    return Section("my-drafts", "My drafts", rows, more=more, more_words="All my posts")


def changes_not_live(user: User, now: datetime, taken: Taken) -> Section | None:
    """Live posts of which readers still see another text than the newest draft; for those who can publish it."""
    if not may_release(user):
        return None
    recent = Post.objects.not_in_trash().order_by("-saved_at", "-pk").values("pk")[:LOOKED_AT_OF_ALL]
    changed = (
        Post.objects.filter(pk__in=recent)
        .exclude(pk__in=taken)
        .with_staff_word(now)
        .filter(live_revision_id__isnull=False, scheduled_for__isnull=True)
        .exclude(live_revision_id=F("newest_revision_id"))
        .order_by("-saved_at", "-pk")
    )
    keys = list(changed.values_list("pk", flat=True)[:SHOWN])
    taken.update(keys)
    rows = [
        Row(
            post.title,
            _edit(post.pk),
            ". ".join(notes_on(post)),
            f"Saved {spoken(post.saved_at, now, zone=False)}",
        )
        for post in (with_standing(keys, now) if keys else ())
    ]
    more = _list(changes="1") if len(rows) == SHOWN else ""
    return Section("changes", "Changes not live yet", rows, ahead=True, more=more, more_words="All changes not live")


def dead_links(user: User, now: datetime, taken: Taken) -> Section | None:
    """Live articles that link to a post which readers cannot open; for those who can publish a better text."""
    if not may_release(user):
        return None
    rows = [
        Row(dead.article.title, _edit(dead.article.post_id), f"Links to {_quoted(dead.post.title)}")
        for dead in links.dead_links(now)[:SHOWN]
    ]
    more = reverse("admin:blog_post_dead_links")
    return Section("dead-links", "Links that lead nowhere", rows, ahead=True, more=more, more_words="All of them")


def unchecked_safety_records(user: User, now: datetime, taken: Taken) -> Section | None:
    """How many safety records no clinician has signed; for those who may sign, and those who look after the clinic."""
    if not (may_decide_review(user) or user.has_perm("blog.change_practice")):
        return None
    found = safety_records.unchecked_records()
    if not found:
        return Section("safety-records", "Safety notes")
    names = ", ".join(name for _, name in found[:SHOWN]) + (" and others" if len(found) > SHOWN else "")
    said = "1 safety record is" if len(found) == 1 else f"{len(found)} safety records are"
    drugs, procedures = (f"{reverse(f'admin:blog_{kind}_changelist')}?checked=no" for kind in ("drug", "procedure"))
    kinds = {kind for kind, _ in found}
    row = Row(f"{said} not checked yet", drugs if "drug" in kinds else procedures, f"{names}. A clinician signs them")
    if len(kinds) > 1:
        row.button, row.button_url = "Procedures", procedures
    return Section("safety-records", "Safety notes", [row], ahead=True)


def sources_that_are_gone(user: User, now: datetime, taken: Taken) -> Section | None:
    """How many sources are no longer behind their links; for those who can publish articles that name another place."""
    if not (user.has_perm("blog.change_source") and may_release(user)):
        return None
    count = Source.objects.filter(is_retired=False, url__in=LinkCheck.objects.gone()).count()
    name = "1 source is no longer there" if count == 1 else f"{count} sources are no longer there"
    url = f"{reverse('admin:blog_source_changelist')}?link=gone"
    rows = [Row(name, url, "Its link failed on two days" if count == 1 else "Their links failed on two days")]
    return Section("gone-sources", "Sources", rows if count else [], ahead=True)


def logins_without_a_name(user: User, now: datetime, taken: Taken) -> Section | None:
    """Logins that may write and have no page as an author, so that their posts carry somebody else's name or none."""
    if not user.has_perm("blog.add_author"):
        return None
    may_write = Q(is_superuser=True) | Q(groups__permissions__codename="add_post")
    logins = User.objects.filter(may_write, is_active=True, is_staff=True, author__isnull=True).distinct()
    add = reverse("admin:blog_author_add")
    rows = [
        Row(
            _name(login),
            f"{add}?{urlencode({'user': login.pk, 'name': login.get_full_name()})}",
            "Writes here without a page as an author. Add it, or link one that is there under Authors.",
        )
        for login in logins.order_by("pk")[:SHOWN]
    ]
    return Section("logins", "Logins without an author", rows, ahead=True)


# The order is what decides about a post that fits in two. A new kind of work is a function and its place here.
SECTIONS: tuple[Kind, ...] = (
    sent_back,
    for_my_review,
    ready_to_publish,
    in_review,
    approved,
    reviews_due,
    review_again,
    live_without_review,
    scheduled,
    my_drafts,
    changes_not_live,
    dead_links,
    unchecked_safety_records,
    sources_that_are_gone,
    logins_without_a_name,
)


OF_REVIEWS = (reviews_due, review_again, live_without_review)


def empty_words(user: User, sections: list[Section], policy: str) -> list[str]:
    """What to say to a person for whom less waits than their role could have: kindly, and what to do.

    ``policy`` is the practice's on reviews: where nobody reviews yet, somebody with all roles hears nothing of it.
    """
    names = {section.name for section in sections}
    said = []
    reviews = policy != Practice.ReviewPolicy.NOBODY_YET or not _writes(user)
    if reviews and may_decide_review(user) and "for-my-review" not in names:
        said.append("No text waits for your review. When a colleague sends one, it stands here.")
    if may_release(user) and not names & {"ready", "in-review", "scheduled", "changes"}:
        said.append("Nothing is scheduled, and no change waits to be published.")
    if not (_writes(user) or may_decide_review(user) or user.has_perm("blog.view_post")):
        said.append("Your login has no role yet. Ask the person who manages logins for one.")
    return said
