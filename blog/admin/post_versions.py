"""Earlier versions of a post: when who wrote, what two versions have otherwise, and putting one back."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby

from django.contrib import admin, messages
from django.contrib.auth.models import AbstractBaseUser
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.text import capfirst

from blog import publishing
from blog.clinic_time import clock, day, spoken
from blog.content.plain import tidy_line
from blog.models import FAR_FUTURE, Post, Publication, Review, Revision, RevisionTag

from .post_changes import LABELS, Change, changes
from .post_screens import PostScreens, screen
from .work import since

# A pause longer than this, and it is another sitting.
PAUSE = timedelta(hours=1)
ON_A_PAGE = 40
_HEADS = ("pk", "base_id", "saved_at", "sealed_at", "set_aside", "note", "post_id", "saved_by", "restored_from")


@dataclass(frozen=True)
class Version:
    """A revision as the timeline shows it. ``marks`` are (kind of chip, words)."""

    pk: int
    base: int | None
    who: str
    when: str
    marks: Sequence[tuple[str, str]]
    note: str
    is_sealed: bool

    @property
    def name(self) -> str:
        """What a list of choices calls it."""
        return ", ".join([capfirst(self.when), self.who, *(words for _, words in self.marks)])


@dataclass(frozen=True)
class Sitting:
    """What one person wrote without a long pause, newest version first. ``before`` is the version it began from."""

    versions: Sequence[Version]
    when: str
    before: int | None
    marks: Sequence[tuple[str, str]] = field(default=())

    @property
    def last(self) -> Version:
        """The version it ended with."""
        return self.versions[0]


def version_urls(model_admin: admin.ModelAdmin) -> list[URLPattern]:
    """The addresses of these screens, for the post admin's ``get_urls``. All ask for a login."""
    screens = VersionScreens(model_admin)
    view = model_admin.admin_site.admin_view
    return [
        path("<int:pk>/versions/", view(screens.versions), name="blog_post_versions"),
        path("<int:pk>/versions/<int:number>/restore/", view(screens.restore), name="blog_post_restore_version"),
    ]


class VersionScreens(PostScreens):
    """The screens of one post admin."""

    @screen
    def versions(self, request: HttpRequest, post: Post, now: datetime) -> HttpResponse:
        """The timeline, newest first, and what two versions have otherwise."""
        if not self.model_admin.has_view_permission(request, post):
            raise publishing.NotAllowed("Your login may not read this post. Ask the person who manages logins.")
        newest = publishing.newest_revision(post)
        live = Publication.objects.live(now).filter(post=post).values_list("revision_id", flat=True).first()
        before = _number(request.GET.get("before"))
        heads = (
            Revision.objects.filter(post=post)
            .select_related("saved_by", "restored_from")
            .only(
                *_HEADS, "restored_from__saved_at", "saved_by__username", "saved_by__first_name", "saved_by__last_name"
            )
        )
        older = heads.filter(pk__lt=before) if before else heads
        shown = list(older.order_by("-pk")[: ON_A_PAGE + 1])
        old, new = self._chosen(request, post, newest, live)
        chosen = [pk for pk in (old, new, live, newest.pk if newest else None) if pk is not None]
        listed = {head.pk: head for head in [*shown[:ON_A_PAGE], *heads.filter(pk__in=chosen)]}
        known = _versions(list(listed.values()), post, request.user, newest, now)
        pair = _pair(post, old, new)
        return self.page(
            request,
            "versions.html",
            post,
            f"Earlier versions: {post.title}",
            sittings=_sittings(shown, known, now),
            older=shown[ON_A_PAGE - 1].pk if len(shown) > ON_A_PAGE else None,
            is_older=before is not None,
            choices=[known[pk] for pk in sorted(known, reverse=True)],
            old=known.get(old),
            new=known.get(new),
            changes=_differences(*pair) if pair else None,
            may_restore=publishing.may_edit(request.user, post),
            restorable=[
                known[pk]
                for pk in dict.fromkeys((new, old))
                if pk in known and known[pk].is_sealed and not (newest is not None and pk == newest.pk)
            ],
        )

    def _chosen(
        self, request: HttpRequest, post: Post, newest: Revision | None, live: int | None
    ) -> tuple[int | None, int | None]:
        """The two to compare: as asked for; else live and newest draft; else the last two drafts."""
        new = _number(request.GET.get("to")) or (newest.pk if newest else None)
        old = _number(request.GET.get("from"))
        if old is None and live is not None and live != new:
            old = live
        if old is None and new is not None:
            earlier = post.revisions.filter(pk__lt=new, sealed_at__isnull=False, set_aside=False)
            old = earlier.order_by("-pk").values_list("pk", flat=True).first()
        return old, new

    @screen
    def restore(self, request: HttpRequest, post: Post, now: datetime, number: int) -> HttpResponse:
        """Say what would change (GET), then make that version the newest draft (POST)."""
        publishing.require_edit(request.user, post)
        revision = Revision.objects.filter(pk=number, post=post).select_related("saved_by").first()
        if revision is None:
            raise Http404
        refusal = ""
        if request.method == "POST":
            try:
                done = publishing.restore(request.user, post, revision, base_id=_number(request.POST.get("draft")))
            except publishing.NothingToRestore as same:
                messages.info(request, str(same))
                return redirect("admin:blog_post_versions", post.pk)
            except publishing.EditConflict as conflict:
                refusal = f"{conflict} Look at what changes now, then decide."
            except (publishing.NotAllowed, publishing.NotThere):
                raise
            except publishing.Refused as refused:
                refusal = str(refused)
            else:
                self._say_restored(request, post, revision, done, now)
                return redirect("admin:blog_post_change", post.pk)
        newest = publishing.newest_revision(post)
        pair = _pair(post, newest.pk if newest else None, revision.pk)
        writing = post.revisions.filter(sealed_at__isnull=True).select_related("saved_by").defer("body")
        return self.page(
            request,
            "restore_version.html",
            post,
            f"Restore the version of {spoken(revision.saved_at, now, zone=False)}",
            revision=revision,
            who=_who(revision.saved_by, request.user),
            newest=newest,
            newest_when=spoken(newest.saved_at, now, zone=False) if newest else "",
            writing=[_who(one.saved_by, request.user) for one in writing],
            changes=_differences(*pair) if pair else None,
            refusal=refusal,
            is_live=Publication.objects.live(now).filter(post=post).exists(),
        )

    def _say_restored(
        self, request: HttpRequest, post: Post, revision: Revision, done: publishing.Restored, now: datetime
    ) -> None:
        when = spoken(revision.saved_at, now, zone=False)
        self.model_admin.log_change(request, post, f"Restored the version of {spoken(revision.saved_at, now)}.")
        messages.success(
            request,
            format_html(
                'The version of {} is the draft again. Readers see no change. {} <a href="{}">Undo…</a>',
                when,
                " ".join(done.kept),
                reverse("admin:blog_post_restore_version", args=[post.pk, done.before.pk]),
            ),
        )


# --- The timeline -------------------------------------------------------------------------------------------------


def _versions(
    heads: list[Revision], post: Post, user: AbstractBaseUser, newest: Revision | None, now: datetime
) -> dict[int, Version]:
    """The revisions in words, by key. Two queries, however many there are."""
    keys = [head.pk for head in heads]
    public: dict[int, list[tuple[str, str]]] = {}
    publications = Publication.objects.filter(post=post, revision__in=keys).order_by("-live_from")
    for start, end, pk in publications.values_list("live_from", "live_until", "revision_id"):
        public.setdefault(pk, []).append(_public_mark(start, end, now))
    for review in Review.objects.filter(post=post, revision__in=keys).select_related("decided_by"):
        public.setdefault(review.revision_id, []).append(_review_mark(review, user))
    found = {}
    for head in heads:
        marks = list(public.get(head.pk, []))
        if head.sealed_at is None:
            marks.append(("", "Being written"))
        elif head.set_aside:
            marks.append(("", "Not in the draft"))
        elif newest is not None and head.pk == newest.pk:
            marks.append(("", "Newest draft"))
        if head.restored_from_id is not None:
            marks.append(("", f"Restored from {spoken(head.restored_from.saved_at, now, zone=False)}"))
        when = spoken(head.saved_at, now, zone=False)
        found[head.pk] = Version(
            head.pk, head.base_id, _who(head.saved_by, user), when, marks, head.note, head.sealed_at is not None
        )
    return found


def _public_mark(start: datetime, end: datetime, now: datetime) -> tuple[str, str]:
    if start > now:
        return "sched", f"Scheduled for {spoken(start, now, zone=False)}"
    if end > now:
        until = f" until {spoken(end, now, zone=False)}" if end < FAR_FUTURE else ""
        return "live", f"Live since {since(start, now, zone=False)}{until}"
    days = [day(moment, now) for moment in (start, end)]
    return "", f"Published {days[0]} to {days[1]}" if days[0] != days[1] else f"Published on {days[0]}"


def _review_mark(review: Review, user: AbstractBaseUser) -> tuple[str, str]:
    decided_by = _who(review.decided_by, user)
    words = {
        Review.Outcome.APPROVED: f"Approved by {decided_by}",
        Review.Outcome.SENT_BACK: f"Sent back by {decided_by}",
        Review.Outcome.TAKEN_BACK: "Sent for review, taken back",
    }
    return "review", words.get(review.outcome, "Sent for review")


def _who(person: AbstractBaseUser | None, user: AbstractBaseUser) -> str:
    if person is None:
        return "the server"
    return "you" if person.pk == user.pk else publishing.name_of(person)


def _sittings(shown: list[Revision], known: dict[int, Version], now: datetime) -> list[Sitting]:
    """The versions of one page of the timeline, together with those written by the same person without a pause."""
    number, numbers = 0, {}
    for newer, head in zip([None, *shown], shown, strict=False):
        if newer is not None and (newer.saved_by_id != head.saved_by_id or newer.saved_at - head.saved_at > PAUSE):
            number += 1
        numbers[head.pk] = number
    sittings = []
    for _, group in groupby(shown[:ON_A_PAGE], key=lambda head: numbers[head.pk]):
        heads = list(group)
        first, last = heads[-1], heads[0]
        when = spoken(first.saved_at, now, zone=False)
        if len(heads) > 1 and timezone.localdate(first.saved_at) == timezone.localdate(last.saved_at):
            if clock(first.saved_at) != clock(last.saved_at):
                when = f"{when} to {clock(last.saved_at)}"
        elif len(heads) > 1:
            when = f"{when} to {spoken(last.saved_at, now, zone=False)}"
        versions = [known[head.pk] for head in heads]
        marks = dict.fromkeys(mark for version in versions for mark in version.marks)
        sittings.append(Sitting(versions, when, first.base_id, list(marks)))
    return sittings


# --- Comparing ----------------------------------------------------------------------------------------------------


def _number(typed: str | None) -> int | None:
    """The key in a query or form, or None; only what a database can hold."""
    return int(typed) if typed and typed.isascii() and typed.isdecimal() and len(typed) < 19 else None


def _pair(post: Post, old: int | None, new: int | None) -> tuple[Revision, Revision] | None:
    if old is None or new is None:
        return None
    # Of this post only: whoever may read one may not read every other.
    found = post.revisions.in_bulk([old, new])
    return (found[old], found[new]) if len(found) == len({old, new}) else None


def _differences(old: Revision, new: Revision) -> list[Change]:
    tags = _tags([old, new])
    return [*changes(old, new, tags[old.pk], tags[new.pk]), *_typed(old, new)]


def _tags(revisions: Iterable[Revision]) -> dict[int, list[str]]:
    """The names of the tags of some revisions: words that are still being written, as they were typed."""
    # An open revision that says nothing of tags has those of the draft it goes on with.
    source = {one.pk: one.pk if one.sealed_at else one.base_id for one in revisions}
    names: dict[int, list[str]] = {}
    of_revision = RevisionTag.objects.filter(revision__in=[pk for pk in source.values() if pk])
    for pk, name in of_revision.values_list("revision_id", "tag__name"):
        names.setdefault(pk, []).append(name)
    found = {pk: names.get(of, []) for pk, of in source.items()}
    for one in revisions:
        if "tag_words" in one.typed:
            found[one.pk] = [name for word in str(one.typed["tag_words"]).split(",") if (name := tidy_line(word))]
    return found


def _typed(old: Revision, new: Revision) -> list[Change]:
    """What stands in a form and no field can hold yet."""
    found = []
    for name in sorted({*old.typed, *new.typed} - {"tag_words"}):
        before, after = (one.typed.get(name, "") for one in (old, new))
        if before != after:
            label = "Name to sign with" if name == "sign_as" else LABELS.get(name, name)
            label = f"{label}, as typed"
            found.append(Change(name, label, words=f"{before or 'none'} → {after or 'none'}"))
    return found
