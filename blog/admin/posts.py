"""Posts in the admin: the editing screen. The list and the publishing screens stand in modules of their own."""

from datetime import datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.middleware.csrf import get_token
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from blog import pictures, publishing, reading, reads
from blog.content.render import render
from blog.models import Image, Post, Tag

from .checks_shown import NOTHING_YET, checked
from .consent_words import AboutWho
from .medical_reviews import withdraw_urls
from .post_as_it_stood import as_it_stood_urls
from .post_autosave import autosave_urls
from .post_bulk import bulk_urls
from .post_checks import check_urls
from .post_conflict import conflict_urls, left_aside, refused_save
from .post_form import PostForm, number_in
from .post_links import link_urls
from .post_list import PostList
from .post_presence import presence_urls
from .post_preview import preview_urls
from .post_release import release_urls
from .post_review import offers_review, review_urls, review_words
from .post_safety import notes_of_form, safety_urls
from .post_state import Standing, standing_of
from .post_versions import version_urls
from .post_views import view_urls
from .source_sheet import listed_in

OFFERED_TAGS = 300


@admin.register(Post)
class PostAdmin(PostList, admin.ModelAdmin):
    """The working copy of posts. Saving goes through ``blog.publishing``; nothing here deletes a post."""

    form = PostForm
    change_form_template = "admin/blog/post/change_form.html"

    def get_urls(self) -> list[URLPattern]:
        """Django's own, after the screens that publish, take off and put away."""
        # Not behind the admin's login: who is signed out gets an answer, not a login page.
        signed_in = path("signed-in/", never_cache(require_GET(self.signed_in)), name="blog_post_signed_in")
        return [
            signed_in,
            *autosave_urls(self),
            *presence_urls(self),
            *check_urls(self),
            *conflict_urls(self),
            *link_urls(self),
            *release_urls(self),
            *review_urls(self),
            *withdraw_urls(self),
            *version_urls(self),
            *as_it_stood_urls(self),
            *preview_urls(self),
            *bulk_urls(self),
            *view_urls(self),
            *safety_urls(self),
            *super().get_urls(),
        ]

    def signed_in(self, request: HttpRequest) -> JsonResponse:
        """Whether a form can be sent now, as JSON for its script.

        ``signed_in``; ``same``, whether as the person whose number ``as`` is; and ``token``, fresh, against forgery.
        """
        is_in = self.admin_site.has_permission(request)
        same = is_in and str(request.user.pk) == request.GET.get("as")
        return JsonResponse({"signed_in": is_in, "same": same, "token": get_token(request) if same else ""})

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict | None = None
    ) -> HttpResponse:
        """Django's own; text for a post that was removed meanwhile comes back as that of a new one.

        Words that came to rest become the newest draft before the form opens.
        """
        if request.method == "GET" and (pk := number_in({"pk": unquote(object_id)}, "pk")) is not None:
            publishing.settle(Post(pk=pk), timezone.now())
        if request.method == "POST" and self.has_add_permission(request):
            request.post_is_gone = self.get_object(request, unquote(object_id)) is None
            if request.post_is_gone:
                return self.changeform_view(request, None, reverse("admin:blog_post_add"), extra_context)
        return super().change_view(request, object_id, form_url, extra_context)

    def has_change_permission(self, request: HttpRequest, obj: Post | None = None) -> bool:
        """A writer changes own posts only; others' can be read."""
        allowed = super().has_change_permission(request, obj)
        return allowed and (obj is None or publishing.may_edit(request.user, obj))

    def has_delete_permission(self, request: HttpRequest, obj: Post | None = None) -> bool:
        """Posts are put into the trash or taken off the site, never deleted here."""
        return False

    def get_form(self, request: HttpRequest, obj: Post | None = None, change: bool = False, **kwargs) -> type[PostForm]:
        """The form, which knows who types."""
        form = super().get_form(request, obj, change=change, **kwargs)
        form.user = request.user
        form.is_gone = getattr(request, "post_is_gone", False)
        return form

    def save_model(self, request: HttpRequest, obj: Post, form: PostForm, change: bool) -> None:
        """Save a draft through ``blog.publishing``; readers see no change."""
        form.save_draft()

    def log_change(self, request: HttpRequest, obj: Post, message: list) -> object:
        """Log a change only where something changed."""
        return super().log_change(request, obj, message) if message else None

    def response_add(self, request: HttpRequest, obj: Post, post_url_continue: str | None = None) -> HttpResponse:
        """Go on with the draft, or to the screen that publishes it or asks for a review."""
        return self._after_saving(request, obj)

    def response_change(self, request: HttpRequest, obj: Post) -> HttpResponse:
        """Go on with the draft, or to the screen that publishes it or asks for a review."""
        return self._after_saving(request, obj)

    def _after_saving(self, request: HttpRequest, post: Post) -> HttpResponse:
        screen = "change"
        if "_publish" in request.POST and publishing.may_release(request.user):
            screen = "publish"
        elif "_review" in request.POST:
            screen = "submit"
        return HttpResponseRedirect(reverse(f"admin:blog_post_{screen}", args=[post.pk]))

    def render_change_form(self, request: HttpRequest, context: dict, *args, **kwargs) -> HttpResponse:
        """Django's own, with what the editing screen says and offers."""
        form, post = context["adminform"].form, context.get("original")
        now = timezone.now()
        if getattr(form, "conflict", None) is not None:
            return refused_save(self, request, form, now)
        newest = publishing.newest_revision(post) if post is not None and not hasattr(form, "words") else None
        words = getattr(form, "words", newest)
        standing = standing_of(post, words, now) if post is not None else Standing("Nothing to save yet.")
        if post is not None and not self.has_change_permission(request, post):
            context |= {
                "title": f"Read post: {post}",
                "subtitle": None,
                "standing": standing,
                "read": read_words(post, now) if standing.is_public else "",
                "may_take_off": publishing.may_take_off(request.user),
                "text_to_read": render(
                    post.body, {}, reading.link_addresses([post.body], now), reading.call_for()
                ).html,
                "has_photos": "<figure" in post.body,
                "review": review_words(post, newest, now),
                "may_decide_review": publishing.may_decide_review(request.user),
            }
            return super().render_change_form(request, context, *args, **kwargs)
        hero = _photo_of(form)
        checks = checked(words, now) if words is not None else None
        context |= {
            "title": f"Edit post: {post}" if post is not None else "New post",
            "subtitle": None,
            "standing": standing.unsaved() if form.errors else standing,
            "read": read_words(post, now) if standing.is_public else "",
            "typist": request.user.pk,
            "typist_name": publishing.name_of(request.user),
            "zone_name": settings.TIME_ZONE,
            "may_release": publishing.may_release(request.user),
            "may_take_off": publishing.may_take_off(request.user),
            "review": review_words(post, form.newest, now) if post is not None else None,
            "left_aside": left_aside(request, post, form.newest, now)
            if post is not None and not form.is_bound
            else None,
            "offers_review": offers_review(request.user, post),
            "safety": notes_of_form(form),
            "checks": checks,
            "groups_of_checks": checks.groups if checks else NOTHING_YET,
            "hero": hero,
            "hero_thumbnail": _hero_file(hero),
            "blog_address": f"{urlsplit(settings.SITE_URL).netloc}{reverse('blog:index')}",
            "offered_tags": Tag.objects.values_list("name", flat=True)[:OFFERED_TAGS],
            "may_upload": request.user.has_perm("blog.add_image"),
            "may_crop": request.user.has_perm("blog.change_image"),
            "depicts": Image.Depicts.choices,
            "listed_sources": listed_in(form),
            "who_form": AboutWho(auto_id="photo-%s"),
        }
        return super().render_change_form(request, context, *args, **kwargs)


def read_words(post: Post, now: datetime) -> str:
    """How often readers opened a post lately, as a sentence; blank where nothing was counted."""
    sums = reads.lately(post.pk, now)
    return f"In the last 30 days: {reads.in_words(sums)}." if sums else ""


def _photo_of(form: PostForm) -> Image | None:
    number = str(form["hero_image"].value() or "")
    return Image.objects.filter(pk=number).first() if number.isdecimal() else None


def _hero_file(hero: Image | None) -> str:
    figure = pictures.hero_figure(hero, timezone.now(), pictures.for_staff)
    return figure.src if figure is not None else ""
