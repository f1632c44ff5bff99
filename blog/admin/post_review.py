"""The screens of a review: asking for one, and on a phone between two patients reading and deciding.

They ask ``blog.publishing`` to do it, and turn its refusals into sentences on the same screen.
"""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.text import get_text_list

from blog import pictures, publishing, reading
from blog.clinic_time import day, full_date, months_later, spoken
from blog.digest import digest_of_shared, shown_sources
from blog.models import Post, Publication, Review, Revision
from blog.publishing.signing import own_author
from blog.safety_notes import attached

from .post_changes import changes
from .post_screens import PostScreens, screen
from .practice_of import practice_of
from .release_checks import release_checks
from .work import spoken_on

NAMED = 3
# When a reviewer can say that the article is to be read again.
MONTHS = (6, 12, 24, 36)


@dataclass(frozen=True)
class ReviewWords:
    """Where the review of a post stands, in words for its screens; blank where there is nothing to say.

    ``since`` is when a waiting review was asked for, ``about`` when the words that it or an approval covers were saved;
    ``is_older`` says that the draft has gone on since. ``sent_back`` and ``approved`` begin with who did it. ``order``
    is a sentence about what the approval is to do, and whose order that is.
    """

    since: str = ""
    about: str = ""
    is_older: bool = False
    sent_back: str = ""
    note: str = ""
    approved: str = ""
    order: str = ""


def review_words(post: Post, newest: Revision | None, now: datetime) -> ReviewWords:
    """The words for a stored post whose newest draft is ``newest``. One query."""
    stands = publishing.review_standing(post, newest)
    waiting, back, approved = stands.waiting, stands.sent_back, stands.approved
    covered = waiting.revision if waiting else newest if approved else None
    return ReviewWords(
        since=spoken(waiting.submitted_at, now) if waiting else "",
        about=spoken(covered.saved_at, now, zone=False) if covered else "",
        is_older=waiting is not None and newest is not None and waiting.revision_id != newest.pk,
        sent_back=_decided(back, now) if back else "",
        note=back.answer if back else "",
        approved=_decided(approved, now) if approved else "",
        order=order_words(waiting, now) if waiting else "",
    )


def order_words(review: Review, now: datetime) -> str:
    """What somebody ordered the approval to do, as a sentence; blank where nobody did."""
    if review.ordered_by is None:
        return ""
    begins, ends = review.not_before, review.until
    when = f"not before {spoken(begins, now)}" if begins is not None and begins > now else "at once"
    leaves = f" It leaves the site {spoken_on(ends, now)}." if ends is not None else ""
    return f"The approval puts it live, {when}, as {publishing.name_of(review.ordered_by)} ordered.{leaves}"


def offers_review(user: User, post: Post | None) -> bool:
    """Whether the editing screen offers to ask for a review.

    A writer's only way to hand a text on is always there. Whoever may publish hears nothing of reviews where nobody
    reviews yet.
    """
    if post is not None and post.trashed_at is not None:
        return False
    if not publishing.may_release(user):
        return True
    return post is not None and publishing.somebody_reviews(user)


def _decided(review: Review, now: datetime) -> str:
    return f"{publishing.name_of(review.decided_by)}, {spoken(review.decided_at, now)}"


def review_urls(model_admin: admin.ModelAdmin) -> list[URLPattern]:
    """The addresses of these screens, for the post admin's ``get_urls``. All ask for a login."""
    screens = ReviewScreens(model_admin)
    view = model_admin.admin_site.admin_view
    return [
        path("<int:pk>/ask-for-review/", view(screens.submit), name="blog_post_submit"),
        path("<int:pk>/review/", view(screens.review), name="blog_post_review"),
        path("<int:pk>/take-back/", view(screens.take_back), name="blog_post_take_back"),
    ]


class ReviewScreens(PostScreens):
    """The screens of one post admin."""

    # --- Asking -----------------------------------------------------------------------------------

    @screen
    def submit(self, request: HttpRequest, post: Post, now: datetime) -> HttpResponse:
        """Say what will be read by whom (GET), then send exactly those words for review (POST)."""
        publishing.require_edit(request.user, post)
        newest = publishing.newest_revision(post)
        if newest is None:
            raise Http404
        note, refusal, status = "", "", 200
        if request.method == "POST":
            note = request.POST.get("note", "")
            shown = _revision_of(post, request.POST.get("revision", ""))
            try:
                if shown is None:
                    raise publishing.Refused("This screen did not say which text to send. Press the button again.")
                review = publishing.submit(request.user, shown, note)
            except (publishing.NotAllowed, publishing.NotThere):
                raise
            except publishing.EditConflict as conflict:
                refusal, status = f"{conflict} This screen is about the newest words now.", 409
                newest = conflict.newest
            except publishing.Refused as refused:
                refusal = str(refused)
            else:
                words = spoken(review.revision.saved_at, now, zone=False)
                messages.success(
                    request,
                    f"Sent for review. You can go on writing: the review is about the words of {words} only.",
                )
                return redirect("admin:blog_post_change", post.pk)
        readers = publishing.who_decides(newest)
        return self.page(
            request,
            "submit.html",
            post,
            f"Ask for a review: {newest.title}",
            status,
            revision=newest,
            words_of=spoken(newest.saved_at, now),
            saved_by=publishing.name_of(newest.saved_by) if newest.saved_by else "",
            readers=named([publishing.name_of(user) for user in readers]),
            is_mailed=settings.EMAIL_CONFIGURED and any(user.email for user in readers),
            review=review_words(post, newest, now),
            note=note,
            refusal=refusal,
        )

    @screen
    def take_back(self, request: HttpRequest, post: Post, now: datetime) -> HttpResponse:
        """End the request without a decision."""
        if request.method != "POST":
            return redirect("admin:blog_post_change", post.pk)
        try:
            publishing.take_back(request.user, post)
        except (publishing.NotAllowed, publishing.NotThere):
            raise
        except publishing.Refused as refused:
            messages.warning(request, str(refused))
        else:
            messages.success(request, "It does not wait for a review any more. Your text stands as it was.")
        return redirect("admin:blog_post_change", post.pk)

    # --- Deciding ---------------------------------------------------------------------------------

    @screen
    def review(self, request: HttpRequest, post: Post, now: datetime) -> HttpResponse:
        """Show what changed and the article as readers will see it (GET), then keep the decision (POST)."""
        if not self.model_admin.has_view_permission(request, post):
            raise publishing.NotAllowed("Your login may not read this post. Ask the person who manages logins.")
        if request.method != "POST":
            return self._review_page(request, post, now)
        # Whether these are somebody's to decide about is judged before what was typed.
        publishing.require_decide_review(request.user)
        shown = _revision_of(post, request.POST.get("revision", ""))
        sends_back = request.POST.get("decision") == "send_back"
        answer = request.POST.get("answer", "")
        try:
            if shown is None or request.POST.get("decision") not in ("approve", "send_back"):
                raise publishing.OtherWords("This screen did not say which words were meant. Look at them again.")
            if sends_back:
                publishing.send_back(request.user, shown, answer)
            else:
                read = {name: request.POST.get(name, "") for name in ("digest", "shared")}
                months = _months(request.POST.get("months", ""))
                approved = publishing.approve(request.user, shown, months=months, **read)
        except (publishing.NotAllowed, publishing.NotThere):
            raise
        except publishing.OtherWords as refused:
            return self._review_page(request, post, timezone.now(), refusal=str(refused), answer=answer, status=409)
        except publishing.Refused as refused:
            return self._review_page(request, post, timezone.now(), note_refusal=str(refused), answer=answer)
        if sends_back:
            messages.success(request, f"“{shown.title}” is sent back with your note. Readers see no change.")
        else:
            messages.success(request, f"“{shown.title}” is approved, these exact words. {_what_follows(approved)}")
        return redirect("admin:index")

    def _review_page(
        self,
        request: HttpRequest,
        post: Post,
        now: datetime,
        refusal: str = "",
        note_refusal: str = "",
        answer: str = "",
        status: int = 200,
    ) -> HttpResponse:
        waiting = publishing.waiting_review(post)
        newest = publishing.newest_revision(post)
        live = Publication.objects.live(now).filter(post=post).select_related("revision").first()
        about = {
            "refusal": refusal,
            "note_refusal": note_refusal,
            "answer": answer,
            "review": review_words(post, newest, now),
            "may_edit": publishing.may_edit(request.user, post),
            "is_live": live is not None,
            "may_take_off": publishing.may_take_off(request.user),
        }
        if waiting is None:
            return self.page(request, "review.html", post, f"Review: {post.title}", status, **about)
        revision = waiting.revision
        before, before_words, earlier_answer = _before(post, revision, live, now)
        notes, sources = attached(revision), shown_sources(revision)
        signs = publishing.needs_signature(revision, practice_of(request).review_policy)
        why_not = publishing.why_not_sign(request.user, revision) if signs else ""
        own = own_author(request.user) if signs else None
        tags = [[tag.name for tag in one.tags.all()] for one in (before, revision) if one is not None]
        return self.page(
            request,
            "review.html",
            post,
            f"Review: {revision.title}",
            status,
            **about,
            waiting=waiting,
            revision=revision,
            earlier_answer=earlier_answer,
            page=reading.article_page(revision, now, private=pictures.for_staff),
            practice=practice_of(request),
            notes=notes,
            sources=sources,
            digest=publishing.digest_of(revision, notes, sources),
            shared=digest_of_shared(notes.records, practice_of(request).disclaimer),
            signs=signs,
            why_not=why_not,
            signer=own.byline if own is not None else "",
            months=[(months, _due(months, now), months == publishing.MONTHS) for months in MONTHS],
            order=order_words(waiting, now),
            asked_by=publishing.name_of(waiting.submitted_by),
            asked_at=spoken(waiting.submitted_at, now),
            words_of=spoken(revision.saved_at, now),
            before=before_words,
            changes=changes(before, revision, *tags) if before is not None else [],
            checks=release_checks(revision, now, besides=publishing.ASK_FOR_REVIEW),
            may_approve=publishing.may_send_back(request.user, revision) and not why_not,
            may_send_back=publishing.may_send_back(request.user, revision),
            is_own=publishing.may_decide_review(request.user) and publishing.wrote(request.user, revision),
        )


def _before(
    post: Post, revision: Revision, live: Publication | None, now: datetime
) -> tuple[Revision | None, str, str]:
    """The text that a reviewer or else readers know: the one decided about last, or live.

    Beside it how to call it, and the note with which it was sent back.
    """
    last = publishing.last_decided(post, revision)
    if last is not None and (live is None or live.revision_id <= last.revision_id):
        who, when = publishing.name_of(last.decided_by), day(last.decided_at, now)
        if last.outcome == Review.Outcome.APPROVED:
            return last.revision, f"the text that {who} approved on {when}", ""
        return last.revision, f"the text that {who} sent back on {when}", last.answer
    if live is not None and live.revision_id != revision.pk:
        return live.revision, f"the text that readers see since {day(live.live_from, now)}", ""
    return None, "", ""


def _months(text: str) -> int:
    return int(text) if text in map(str, MONTHS) else publishing.MONTHS


def _due(months: int, now: datetime) -> str:
    return full_date(months_later(timezone.localdate(now), months))


def _what_follows(approved: Review) -> str:
    now = timezone.now()
    if approved.published is not None:
        begins = approved.published.live_from
        return "It is live." if begins <= now else f"It goes live {spoken(begins, now)}."
    if approved.ordered_by is not None:
        return f"It could not be published as ordered; {publishing.name_of(approved.ordered_by)} is told."
    return "An editor publishes it."


def _revision_of(post: Post, key: str) -> Revision | None:
    if not (key.isascii() and key.isdecimal() and len(key) < 19):
        return None
    return Revision.objects.filter(pk=int(key), post=post).first()


def named(names: list[str]) -> str:
    """«Dana Ray», «Dana Ray and Tom», «Dana Ray, Tom, Ann and 2 others»; blank for nobody."""
    more = len(names) - NAMED
    if more <= 0:
        return get_text_list(names, "and")
    return f"{', '.join(names[:NAMED])} and {'1 other' if more == 1 else f'{more} others'}"
