"""Posts in the admin: the editing screen. The list and the publishing screens stand in modules of their own."""

from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, reverse
from django.utils import timezone

from blog import pictures, publishing
from blog.content.outline import plain_text
from blog.models import Image, Post, Tag

from .post_form import PostForm
from .post_list import PostList
from .post_release import release_urls
from .post_state import Standing, standing_of

OFFERED_TAGS = 300


@admin.register(Post)
class PostAdmin(PostList, admin.ModelAdmin):
    """The working copy of posts. Saving goes through ``blog.publishing``; nothing here deletes a post."""

    form = PostForm
    change_form_template = "admin/blog/post/change_form.html"

    def get_urls(self) -> list[URLPattern]:
        """Django's own, after the screens that publish, take off and put away."""
        return [*release_urls(self), *super().get_urls()]

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
        return form

    def save_model(self, request: HttpRequest, obj: Post, form: PostForm, change: bool) -> None:
        """Save a draft through ``blog.publishing``; readers see no change."""
        form.save_draft()

    def log_change(self, request: HttpRequest, obj: Post, message: list) -> object:
        """Log a change only where something changed."""
        return super().log_change(request, obj, message) if message else None

    def response_add(self, request: HttpRequest, obj: Post, post_url_continue: str | None = None) -> HttpResponse:
        """Go on with the draft, or to the publishing screen."""
        return self._after_saving(request, obj)

    def response_change(self, request: HttpRequest, obj: Post) -> HttpResponse:
        """Go on with the draft, or to the publishing screen."""
        return self._after_saving(request, obj)

    def _after_saving(self, request: HttpRequest, post: Post) -> HttpResponse:
        screen = "change"
        if "_publish" in request.POST and publishing.may_release(request.user):
            screen = "publish"
        return HttpResponseRedirect(reverse(f"admin:blog_post_{screen}", args=[post.pk]))

    def render_change_form(self, request: HttpRequest, context: dict, *args, **kwargs) -> HttpResponse:
        """Django's own, with what the editing screen says and offers."""
        form, post = context["adminform"].form, context.get("original")
        if post is not None and not self.has_change_permission(request, post):
            context |= {
                "title": f"Read post: {post}",
                "subtitle": None,
                "text_to_read": plain_text(post.body).splitlines(),
            }
            return super().render_change_form(request, context, *args, **kwargs)
        hero = _photo_of(form)
        now = timezone.now()
        newest = publishing.newest_revision(post) if post is not None else None
        context |= {
            "title": f"Edit post: {post}" if post is not None else "New post",
            "subtitle": None,
            "standing": standing_of(post, newest, now) if post is not None else Standing("Nothing to save yet."),
            "may_release": publishing.may_release(request.user),
            "conflict": form.conflict,
            "hero": hero,
            "hero_thumbnail": _hero_file(hero),
            "blog_address": f"{urlsplit(settings.SITE_URL).netloc}{reverse('blog:index')}",
            "offered_tags": Tag.objects.values_list("name", flat=True)[:OFFERED_TAGS],
            "may_upload": request.user.has_perm("blog.add_image"),
            "depicts": Image.Depicts.choices,
        }
        return super().render_change_form(request, context, *args, **kwargs)


def _photo_of(form: PostForm) -> Image | None:
    number = str(form["hero_image"].value() or "")
    return Image.objects.filter(pk=number).first() if number.isdecimal() else None


def _hero_file(hero: Image | None) -> str:
    figure = pictures.hero_figure(hero)
    return figure.src if figure is not None else ""
