"""The screens that decide what readers see: publish, unschedule, take off the site, keep on it, trash and restore.

They say what will happen, ask ``blog.publishing`` to do it, and turn its refusals into sentences on the same screen.
"""

from collections.abc import Callable
from datetime import datetime
from functools import wraps

from django.contrib import admin, messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.views.decorators.http import require_POST

from blog import publishing
from blog.addresses import full_address
from blog.clinic_time import clock, full_day, spoken, zone_label
from blog.models import Post, Publication, Revision
from blog.publishing import links

from .post_receipt import receipt
from .post_review import order_words, review_words
from .post_safety import said_before_publishing
from .post_screens import PostScreens, screen
from .publish_review import ReviewCard, review_card
from .release_checks import MOST, PREFIX, ReleaseChecks, release_checks
from .release_form import GO, LATER, WAIT, PublishForm, TakeOffForm
from .release_words import preview_address, versions_address, what_changes
from .work import since, spoken_on, standing

LISTED_LINKS = 5


def release_urls(model_admin: admin.ModelAdmin) -> list[URLPattern]:
    """The addresses of these screens, for the post admin's ``get_urls``. All ask for a login."""
    screens = ReleaseScreens(model_admin)
    return [
        path(f"<int:pk>/{where}/", model_admin.admin_site.admin_view(view), name=f"blog_post_{name}")
        for where, name, view in (
            ("publish", "publish", screens.publish),
            ("unschedule", "unschedule", screens.unschedule),
            ("take-off", "take_off", screens.take_off),
            ("keep", "keep_on_site", screens.keep_on_site),
            ("trash", "trash", screens.trash),
            ("restore", "restore", screens.restore),
            ("receipt", "receipt", receipt(model_admin)),
        )
    ]


def _only_post(view: Callable) -> Callable:
    """Answer 405 to anything that only looks."""

    @wraps(view)
    def inner(self: "ReleaseScreens", request: HttpRequest, pk: int) -> HttpResponse:
        return require_POST(lambda request: view(self, request, pk))(request)

    return inner


class ReleaseScreens(PostScreens):
    """The screens of one post admin."""

    # --- Publish ----------------------------------------------------------------------------------

    @screen
    def publish(self, request: HttpRequest, post: Post, now: datetime) -> HttpResponse:
        """Say what will happen (GET), then put the text that the screen showed before readers (POST)."""
        publishing.require_release(request.user)
        if request.method != "POST" or "again" in request.POST:
            return self._publish_page(request, post, now)
        form = PublishForm(request.POST, now=now)
        shown = self._shown_revision(post, request.POST.get("revision", ""))
        if shown is None:
            form.add_error(
                None, "This screen did not say which text to publish. Look at it again, then press the button."
            )
        if not form.is_valid():
            return self._publish_page(request, post, now, form)
        values = form.cleaned_data
        newest = publishing.newest_revision(post)
        card = review_card(request, post, shown, values["at"] or now, now)
        # Of a text that is not the newest any more nothing is asked: it is not published.
        checks = self._checks(request, shown, card, values["at"], now) if newest == shown else None
        if checks is not None and (refusal := checks.refusal(request.POST.get("seen", ""))):
            form.add_error(None, refusal)
            return self._publish_page(request, post, now, form, checks=checks)
        if card.asks and not values["review"]:
            form.add_error("review", "Choose whether it waits for the review, or not.")
            return self._publish_page(request, post, now, form, checks=checks)
        if card.only_waits or (values["review"] == WAIT and not card.is_settled):
            return self._send(request, post, form, shown, checks)
        try:
            # A reason is kept only with what it was given for: where that is refused, so is this.
            with transaction.atomic():
                if checks is not None:
                    checks.keep_reasons(request.user, post, now)
                publishing.publish(
                    request.user, shown, at=values["at"], until=values["until"], show_updated=values["show_updated"]
                )
        except publishing.AlreadyLive as same:
            messages.info(request, str(same))
        except publishing.AlreadyScheduled as refused:
            waiting = self._waiting(post, timezone.now())
            if waiting is None or waiting.revision_id != shown.pk:
                form.add_error(None, str(refused))
                return self._publish_page(request, post, timezone.now(), form)
        except publishing.EditConflict as conflict:
            return self._publish_page(request, post, timezone.now(), form, conflict=str(conflict), status=409)
        except publishing.Refused as refused:
            form.add_error(None, str(refused))
            return self._publish_page(request, post, timezone.now(), form)
        return redirect("admin:blog_post_receipt", post.pk)

    def _checks(
        self, request: HttpRequest, revision: Revision, card: ReviewCard, at: datetime | None, now: datetime
    ) -> ReleaseChecks:
        """What the checks find, but for the review that is missing where the card asks for it."""
        return release_checks(revision, now, at, request.POST, besides=publishing.ASK_FOR_REVIEW if card.kind else ())

    def _send(
        self, request: HttpRequest, post: Post, form: PublishForm, shown: Revision, checks: ReleaseChecks | None
    ) -> HttpResponse:
        """Send the text that the screen showed to a reviewer, with the order to publish it when it is approved."""
        values = form.cleaned_data
        order = publishing.Order(values["at"], values["until"], values["show_updated"])
        try:
            with transaction.atomic():
                if checks is not None:
                    checks.keep_reasons(request.user, post, timezone.now())
                review = publishing.submit(request.user, shown, order=order)
        except publishing.EditConflict as conflict:
            return self._publish_page(request, post, timezone.now(), form, conflict=str(conflict), status=409)
        except (publishing.NotAllowed, publishing.NotThere):
            raise
        except publishing.Refused as refused:
            form.add_error(None, str(refused))
            return self._publish_page(request, post, timezone.now(), form)
        messages.success(request, f"Sent for review. {order_words(review, timezone.now())}")
        return redirect("admin:blog_post_change", post.pk)

    def _publish_page(
        self,
        request: HttpRequest,
        post: Post,
        now: datetime,
        form: PublishForm | None = None,
        conflict: str = "",
        status: int = 200,
        checks: ReleaseChecks | None = None,
    ) -> HttpResponse:
        newest = publishing.newest_revision(post)
        if newest is None:
            raise Http404
        stands = standing(post, now)
        form = form or PublishForm(initial={"revision": newest.pk}, now=now)
        live = Publication.objects.live(now).filter(post=post).select_related("revision").first()
        at = form.cleaned_data.get("at") if form.is_bound and hasattr(form, "cleaned_data") else None
        card = review_card(request, post, newest, at or now, now)
        if checks is None:
            checks = self._checks(request, newest, card, at, now)
        review_missing = card.asks and form["review"].value() not in (WAIT, GO)
        return self.page(
            request,
            "publish.html",
            post,
            f"Publish: {newest.title}",
            status,
            form=form,
            conflict=conflict,
            revision=newest,
            stands=stands,
            waiting=self._waiting(post, now),
            scheduled_words=spoken(stands.scheduled_for, now) if stands.scheduled_for else "",
            draft_changed=bool(stands.scheduled_for) and stands.scheduled_revision_id != newest.pk,
            leaves_words=spoken_on(stands.leaves_at, now) if stands.leaves_at else "",
            nothing_new=live is not None and live.revision_id == newest.pk,
            live=live,
            replaces=_what_readers_see(live, stands, now),
            new_address=live is not None and live.slug != newest.slug,
            now_words=f"{clock(now)} {zone_label()}",
            at_words=spoken(at, now) if at else "",
            later=form["when"].value() == LATER,
            was_public=stands.shown_date is not None,
            today_words=full_day(now),
            updated_words=full_day(at or now),
            shown_on=full_day(newest.published_at) if newest.published_at else "",
            checks=checks,
            most_of_reason=MOST,
            typed_reasons=[(name, said) for name, said in request.POST.items() if name.startswith(PREFIX) and said],
            place=full_address(reverse("blog:article", args=[newest.slug])).partition("://")[2],
            changes=what_changes(live.revision, newest) if live is not None else "",
            versions=versions_address(post),
            preview=preview_address(post),
            review=review_words(post, newest, now),
            safety=said_before_publishing(newest),
            card=card,
            review_missing=review_missing,
            answers_missing=len(checks.open) + review_missing,
        )

    def _shown_revision(self, post: Post, key: str) -> Revision | None:
        if not (key.isascii() and key.isdecimal() and len(key) < 19):
            return None
        return Revision.objects.filter(pk=int(key), post=post).first()

    def _waiting(self, post: Post, now: datetime) -> Publication | None:
        return post.publications.filter(live_from__gt=now).select_related("released_by").first()

    @_only_post
    @screen
    def unschedule(self, request: HttpRequest, post: Post, now: datetime) -> HttpResponse:
        """Take back what waits for its minute."""
        try:
            publishing.unschedule(request.user, post)
        except (publishing.NotAllowed, publishing.NotThere):
            raise
        except publishing.Refused as refused:
            messages.warning(request, str(refused))
        else:
            messages.success(request, "It is not scheduled any more. What readers see now stays.")
        return redirect("admin:blog_post_publish", post.pk)

    # --- Take off the site ------------------------------------------------------------------------

    @screen
    def take_off(self, request: HttpRequest, post: Post, now: datetime) -> HttpResponse:
        """Say what readers will see (GET), then end the article now or at a set time (POST)."""
        publishing.require_take_off(request.user)
        stands = standing(post, now)
        is_live = stands.live_since is not None
        if request.method != "POST":
            return self._take_off_page(request, stands, TakeOffForm(now=now, is_live=is_live))
        form = TakeOffForm(request.POST, now=now, is_live=is_live)
        if not (is_live or stands.scheduled_for):
            messages.info(request, "Readers do not see this post, so there is nothing to take off.")
            return redirect("admin:blog_post_change", post.pk)
        if not form.is_valid():
            return self._take_off_page(request, stands, form)
        try:
            publishing.take_off(request.user, post, form.cleaned_data["reason"], at=form.cleaned_data["at"])
        except (publishing.NotAllowed, publishing.NotThere):
            raise
        except publishing.Refused as refused:
            form.add_error(None, str(refused))
            return self._take_off_page(request, standing(post, timezone.now()), form)
        return redirect("admin:blog_post_receipt", post.pk)

    def _take_off_page(self, request: HttpRequest, stands: Post, form: TakeOffForm) -> HttpResponse:
        now = stands.seen_at
        live = Publication.objects.live(now).filter(post=stands).first()
        linking = links.live_articles_linking_to(stands, now) if live else []
        return self.page(
            request,
            "take_off.html",
            stands,
            f"Take off the site: {live.title if live else stands.title}",
            form=form,
            live=live,
            live_since=since(live.live_from, now) if live else "",
            scheduled_words=spoken(stands.scheduled_for, now) if stands.scheduled_for else "",
            leaves_words=spoken_on(stands.leaves_at, now) if stands.leaves_at else "",
            later=form["when"].value() == LATER,
            linking=linking[:LISTED_LINKS],
            linking_count=len(linking),
        )

    @_only_post
    @screen
    def keep_on_site(self, request: HttpRequest, post: Post, now: datetime) -> HttpResponse:
        """Cancel a planned end."""
        try:
            publishing.keep_on_site(request.user, post)
        except (publishing.NotAllowed, publishing.NotThere):
            raise
        except publishing.Refused as refused:
            messages.warning(request, str(refused))
        else:
            messages.success(request, "It stays on the site.")
        return redirect("admin:blog_post_change", post.pk)

    # --- Trash ------------------------------------------------------------------------------------

    @screen
    def trash(self, request: HttpRequest, post: Post, now: datetime) -> HttpResponse:
        """Ask first (GET), then put a draft away (POST)."""
        publishing.require_edit(request.user, post)
        refusal = ""
        if request.method == "POST":
            try:
                publishing.move_to_trash(request.user, post)
            except (publishing.NotAllowed, publishing.NotThere):
                raise
            except publishing.Refused as refused:
                refusal = str(refused)
            else:
                back = reverse("admin:blog_post_restore", args=[post.pk])
                messages.success(
                    request, format_html('“{}” is in the trash. <a href="{}">Take it out again…</a>', post.title, back)
                )
                return redirect("admin:blog_post_changelist")
        elif publishing.slug_is_fixed(post):
            refusal = "Readers have seen this post, or will. Take it off the site instead; its text stays here."
        linking = _titles_of_posts_linking_to(post, now)
        title = f"Move to the trash: {post.title}"
        return self.page(request, "trash.html", post, title, refusal=refusal, linking=linking)

    @screen
    def restore(self, request: HttpRequest, post: Post, now: datetime) -> HttpResponse:
        """Ask first (GET), then take a draft out of the trash (POST)."""
        publishing.require_edit(request.user, post)
        if request.method == "POST" or post.trashed_at is None:
            if request.method == "POST" and post.trashed_at is not None:
                publishing.restore_from_trash(request.user, post)
                messages.success(request, "It is out of the trash, as it was.")
            return redirect("admin:blog_post_change", post.pk)
        words = since(post.trashed_at, now)
        return self.page(request, "restore.html", post, f"Take out of the trash: {post.title}", since=words)


def _what_readers_see(live: Publication | None, stands: Post, now: datetime) -> str:
    if live is not None:
        return f"It replaces the text that has been live since {since(live.live_from, now)}."
    if stands.last_live is not None:
        return f"Off the site since {since(stands.last_live, now)}. It comes back at the same address."
    return "Readers see nothing of it yet."


def _titles_of_posts_linking_to(post: Post, now: datetime) -> dict[int, str]:
    """Posts that link to this one in what readers see, or in their newest draft: key to title."""
    drafts = {draft.post_id: draft.title for draft in links.drafts_linking_to(post)}
    return drafts | {one.post_id: one.title for one in links.live_articles_linking_to(post, now)}
