"""Who may sign an article as its medical reviewer: a clinician with a login of their own, and never about own words."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib.auth.models import User
from django.db.models import Q, Subquery

from blog.content.outline import plain_text
from blog.models import ArticleFields, Author, MedicalReview, Practice, Publication, Revision

from .access import Actor, Operator, may_decide_review
from .drafts import PICTURE_REPLACED
from .signing import own_author

# How the title of a copied post begins; see ``duplicate``.
COPY_OF = "Copy of "
NO_RIGHT = "Your login may not approve texts. Ask the person who manages logins for that role."
OWN_WORDS = "These are your own words, so somebody else has to read them. Ask a colleague."


def policy(*, hold: bool = False) -> str:
    """Who checks health articles here. With ``hold`` nobody changes it until this transaction ends."""
    practice = Practice.objects.filter(pk=1)
    if hold:
        practice = practice.select_for_update(no_key=True)
    return practice.values_list("review_policy", flat=True).first() or Practice.ReviewPolicy.NOBODY_YET


def needs_signature(article: Revision | Publication, practice_policy: str | None = None) -> bool:
    """Whether an approval of these words is a clinician's signature: news of the clinic and samples need none."""
    if article.kind != ArticleFields.Kind.HEALTH_INFORMATION or article.post.is_sample:
        return False
    return (practice_policy or policy()) != Practice.ReviewPolicy.NOBODY_YET


def wrote(actor: Actor, revision: Revision) -> bool:
    """Whether these are the actor's own words: they started the post, sign it, or saved this revision."""
    if isinstance(actor, Operator):
        return True  # a command on the server is nobody, and nobody can vouch for a text
    signed = [one.user_id for one in (revision.author, revision.post.author) if one is not None]
    return actor.pk in (revision.post.created_by_id, revision.saved_by_id, *signed)


def why_not_sign(actor: Actor, revision: Revision) -> str:
    """What keeps the actor from signing exactly these words, as a sentence that says what to do; blank for nothing.

    Whoever had a hand in them may not, whatever their rights: who started the post, signs it, or saved a revision whose
    words are in this one and that nobody else has signed since.
    """
    if not may_decide_review(actor):
        return NO_RIGHT
    if isinstance(actor, Operator) or wrote(actor, revision):
        return OWN_WORDS
    if why := _why_no_clinician(own_author(actor)):
        return why
    if actor.pk in had_a_hand([revision], [actor])[revision.pk]:
        return "Some of these words are your own, from an earlier version. Ask another clinician to read them."
    return ""


def who_signs(revision: Revision) -> list[User]:
    """Everybody with a login who may sign these words, by name. Four queries at most."""
    found = [user for user in who_approves(revision) if not _why_no_clinician(getattr(user, "author", None))]
    writers = had_a_hand([revision], found)[revision.pk]
    return [user for user in found if user.pk not in writers]


def who_approves(revision: Revision) -> list[User]:
    """Everybody with a login who may say that a text is good, and did not save this one, by name. One query."""
    may = User.objects.with_perm("blog.decide_review", backend="django.contrib.auth.backends.ModelBackend")
    found = may.filter(is_staff=True).select_related("author").distinct()
    found = found.order_by("first_name", "last_name", "username")
    return [user for user in found if not wrote(user, revision)]


def may_sign_of(actor: User, revisions: Sequence[Revision]) -> set[int]:
    """The keys of those among some revisions that this person may sign. Four queries at most, however many."""
    if not may_decide_review(actor) or _why_no_clinician(own_author(actor)):
        return set()
    others = [revision for revision in revisions if not wrote(actor, revision)]
    writers = had_a_hand(others, [actor])
    return {revision.pk for revision in others if actor.pk not in writers[revision.pk]}


def _why_no_clinician(own: Author | None) -> str:
    if own is None or own.is_sample:
        return "Your login has no author record to sign with. Ask a manager to choose your login under Authors."
    if not own.is_medical_reviewer:
        return "Your author record says nothing of reviews. Ask a manager to tick “Reviews articles” under Authors."
    if not own.credentials:
        return "Your author record has no credentials. Ask a manager to add them under Authors."
    return ""


# --- Whose words stand in a revision ----------------------------------------------------------------------


@dataclass(frozen=True)
class _Head:
    """What is needed of a revision to find the one that its words come from."""

    pk: int
    before: int | None
    saved_by: int | None
    title: str


def had_a_hand(revisions: Sequence[Revision], users: Sequence[User]) -> dict[int, set[int]]:
    """Of some people those whose words stand in each of these revisions, by its key, since somebody else signed them.

    Back from a revision goes what it was based on, or what it restored; from the first one of a copy, the text that it
    copies. A picture that was replaced everywhere is
    nobody's word. Words that were set aside count where they stand in the text again; words that are still being
    written do not. Three queries at most, and two for each copy.
    """
    found: dict[int, set[int]] = {revision.pk: set() for revision in revisions}
    if not revisions or not users:
        return found
    posts = {revision.post_id for revision in revisions}
    heads = _heads(Q(post__in=posts))
    signed = defaultdict(set)
    stand = MedicalReview.objects.filter(post__in=posts, withdrawn_at=None, carried_from=None)
    for revision_id, user_id in stand.values_list("revision_id", "signed_by_id"):
        signed[revision_id].add(user_id)
    keys = {user.pk for user in users}
    left_aside = Revision.objects.filter(post__in=posts, set_aside=True, saved_by__in=keys).exclude(
        note=PICTURE_REPLACED
    )
    aside = list(left_aside.select_related("base"))
    for revision in revisions:
        line = _line(heads, revision.pk)
        line += _line_of_the_original(line[-1]) if line else []
        for key in keys:
            unread = _since_somebody_else(line, signed, key)
            since = line[len(unread)].pk if len(unread) < len(line) else 0
            in_line = {head.pk for head in line}
            if any(head.saved_by == key for head in unread) or any(
                _stands_in(one, revision)
                for one in aside
                if one.post_id == revision.post_id
                and one.saved_by_id == key
                and one.pk > since
                and one.pk not in in_line
            ):
                found[revision.pk].add(key)
    return found


def _heads(which: Q) -> dict[int, _Head]:
    columns = ("pk", "base_id", "restored_from_id", "saved_by_id", "note", "title")
    return {
        pk: _Head(pk, restored_from or base, None if note == PICTURE_REPLACED else saved_by, title)
        for pk, base, restored_from, saved_by, note, title in Revision.objects.filter(which).values_list(*columns)
    }


def _line(heads: dict[int, _Head], pk: int | None) -> list[_Head]:
    line: list[_Head] = []
    while (head := heads.get(pk)) is not None:
        line.append(head)
        pk = head.before
    return line


def _line_of_the_original(first: _Head) -> list[_Head]:
    """Where a line begins with a copy of another post, that post's line."""
    if not first.title.startswith(COPY_OF):
        return []
    words, title = Revision.objects.filter(pk=first.pk).values("body"), first.title.removeprefix(COPY_OF)
    original = Revision.objects.filter(pk__lt=first.pk, body=Subquery(words), title__startswith=title).first()
    return _line(_heads(Q(post=original.post_id)), original.pk) if original else []


def _since_somebody_else(line: list[_Head], signed: dict[int, set[int]], user_id: int) -> list[_Head]:
    """The beginning of a line, up to the revision that somebody else signed; the first one always counts."""
    for number, head in enumerate(line):
        if number and signed.get(head.pk, set()) - {user_id}:
            return line[:number]
    return line


def _stands_in(aside: Revision, revision: Revision) -> bool:
    """Whether a line that was new in words set aside stands in a revision."""
    new = _lines_of(aside) - (_lines_of(aside.base) if aside.base else set())
    return bool(new & _lines_of(revision))


def _lines_of(article: ArticleFields) -> set[str]:
    text = "\n".join([article.title, article.subtitle, *article.key_points, plain_text(article.body)])
    return {line for line in text.split("\n") if line.strip()}
