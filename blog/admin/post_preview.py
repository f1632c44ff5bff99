"""The article as readers will see it, before they do: beside the writing, and by a secret link for somebody else."""

from collections.abc import Callable
from datetime import datetime
from functools import wraps

from csp.constants import SELF
from csp.utils import build_policy
from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.text import slugify
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_POST

from blog import publishing, reading
from blog.addresses import full_address
from blog.clinic_time import day, spoken, zone_label
from blog.content.plain import tidy_line
from blog.models import Author, Image, Post, PreviewLink, Revision, Tag, Topic
from blog.pictures import for_staff

from .post_fields import moment_of
from .post_form import PostForm

UNTITLED = "Untitled"
TOO_LONG = "<p>This text is too long to be shown, and to be saved.</p>"
NEWEST, THIS = "newest", "this"


def preview_urls(model_admin: admin.ModelAdmin) -> list[URLPattern]:
    """The addresses of these screens, for the post admin's ``get_urls``. All ask for a login."""
    screens = PreviewScreens(model_admin)
    view = model_admin.admin_site.admin_view
    return [
        path("add/preview/", view(screens.preview), name="blog_post_preview_new"),
        path("<int:pk>/preview/", view(screens.preview), name="blog_post_preview"),
        path("<int:pk>/preview-links/", view(screens.links), name="blog_post_preview_links"),
        path("<int:pk>/preview-links/<int:number>/end/", view(screens.end), name="blog_post_end_preview_link"),
    ]


class ShareForm(forms.Form):
    """What a link shows, and for how long."""

    shows = forms.ChoiceField(
        label="It shows",
        choices=[(NEWEST, "The newest draft, whenever it is opened"), (THIS, "The draft as it is now")],
        widget=forms.RadioSelect,
        initial=NEWEST,
    )
    days = forms.TypedChoiceField(
        label="It lasts",
        coerce=int,
        choices=[(days, "1 day" if days == 1 else f"{days} days") for days in publishing.DAYS],
        widget=forms.RadioSelect,
        initial=7,
    )


def _screen(view: Callable) -> Callable:
    """Look the post up; 404 where there is none, 403 with a sentence for whoever may not."""

    @wraps(view)
    def inner(self: "PreviewScreens", request: HttpRequest, pk: int | None = None, **numbers: int) -> HttpResponse:
        post = Post.objects.filter(pk=pk).select_related("author").first() if pk is not None else None
        if pk is not None and post is None:
            raise Http404
        try:
            return view(self, request, post, timezone.now(), **numbers)
        except publishing.NotThere as gone:
            raise Http404 from gone
        except publishing.NotAllowed as refused:
            return self.site.refusal(request, str(refused))

    return inner


class PreviewScreens:
    """The screens of one post admin."""

    def __init__(self, model_admin: admin.ModelAdmin) -> None:
        self.model_admin = model_admin
        self.site = model_admin.admin_site

    # --- Beside the writing -----------------------------------------------------------------------

    @xframe_options_sameorigin
    @_screen
    def preview(self, request: HttpRequest, post: Post | None, now: datetime) -> HttpResponse:
        """The article of the form as it was sent (POST), or as it is kept (GET). Nothing is stored.

        The one page of this site that may stand in a frame, and only in one of our own. No script runs in it.
        """
        allowed = self.model_admin.has_view_permission if post else self.model_admin.has_add_permission
        if not (allowed(request, post) if post else allowed(request)):
            raise publishing.NotAllowed("Your login may not read this post. Ask the person who manages logins.")
        if request.method == "POST":
            revision, tags = as_typed(request.POST, post, now)
        else:
            kept = publishing.newest_words(post, request.user) if post else None
            revision, tags = kept or Revision(post=post, **_values_of(post)), publishing.tags_of(kept) if kept else []
        if not revision.title:
            revision.title = UNTITLED
        if not revision.slug:
            revision.slug = slugify(revision.title)[: publishing.SLUG_LENGTH] or "post"
        practice = reading.practice()
        page = reading.preview_page(revision, tags, now, practice, private=for_staff)
        response = render(request, "blog/preview.html", {"page": page, "practice": practice})
        response.headers["Content-Security-Policy"] = build_policy(replace={"frame-ancestors": [SELF]})
        response.headers["X-Robots-Tag"] = "noindex, nofollow"
        return response

    # --- By link ----------------------------------------------------------------------------------

    @_screen
    def links(self, request: HttpRequest, post: Post, now: datetime) -> HttpResponse:
        """The links that work, and a form for another one; its secret is shown once, in the answer that makes it."""
        publishing.require_edit(request.user, post)
        publishing.settle(post, now)
        form, made, refusal = ShareForm(request.POST or None), None, ""
        newest = publishing.newest_revision(post)
        if request.method == "POST" and form.is_valid():
            revision = newest if form.cleaned_data["shows"] == THIS else None
            try:
                if newest is None:
                    raise publishing.Refused("Nothing is saved yet. Save the draft, then share it.")
                link, token = publishing.make_preview_link(
                    request.user, post, days=form.cleaned_data["days"], revision=revision, now=now
                )
                made = {"address": full_address(reverse("preview", args=[token])), "ends": day(link.expires_at, now)}
            except (publishing.NotAllowed, publishing.NotThere):
                raise
            except publishing.Refused as refused:
                refusal = str(refused)
        context = {
            **self.site.each_context(request),
            "title": f"Share a preview: {post.title}",
            "post": post,
            "opts": self.model_admin.opts,
            "zone": zone_label(),
            "form": form,
            "made": made,
            "refusal": refusal,
            "newest_when": spoken(newest.saved_at, now, zone=False) if newest else "",
            "links": [_in_words(link, now) for link in _listed(post, now)],
            "is_closed": not settings.SITE_OPEN,
        }
        return TemplateResponse(request, "admin/blog/post/preview_links.html", context)

    def end(self, request: HttpRequest, pk: int, number: int) -> HttpResponse:
        """End a link (POST only)."""
        return require_POST(lambda request: self._end(request, pk, number=number))(request)

    @_screen
    def _end(self, request: HttpRequest, post: Post, now: datetime, number: int) -> HttpResponse:
        link = PreviewLink.objects.filter(pk=number, post=post).first()
        if link is None:
            raise Http404
        publishing.end_preview_link(request.user, link, now)
        messages.success(request, "That link shows nothing any more, to nobody who has it.")
        return redirect("admin:blog_post_preview_links", post.pk)


def _listed(post: Post, now: datetime) -> list[PreviewLink]:
    return list(publishing.live_links(post, now).select_related("made_by", "revision"))


def _in_words(link: PreviewLink, now: datetime) -> dict[str, object]:
    who = link.made_by
    return {
        "pk": link.pk,
        "shows": f"The version of {spoken(link.revision.saved_at, now, zone=False)}"
        if link.revision
        else "The newest draft, whenever it is opened",
        "who": (who.get_full_name() or who.get_username()) if who else "the server",
        "made": spoken(link.made_at, now, zone=False),
        "ends": spoken(link.expires_at, now, zone=False),
        "opened": spoken(link.last_opened_at, now, zone=False) if link.last_opened_at else "",
    }


# --- The form as an article ---------------------------------------------------------------------------------------


def _values_of(post: Post | None) -> dict[str, object]:
    return post.article_values() if post else {}


def as_typed(data: QueryDict, post: Post | None, now: datetime) -> tuple[Revision, list[Tag]]:
    """An article of what a form holds, stored nowhere: valid or not, as far as it can be shown."""
    revision, tags = Revision(post=post, **_values_of(post)), []
    for name in (*PostForm.Meta.fields, "tag_words"):
        field = PostForm.base_fields[name]
        if field.widget.value_omitted_from_data(data, {}, name):
            continue
        raw = field.widget.value_from_datadict(data, {}, name)
        if name == "tag_words":
            tags = _tags(str(raw or ""))
        else:
            setattr(revision, name, _SHOWN.get(name, _tidied)(name, raw, post, now))
    if revision.hero_image is None:
        revision.hero_alt, revision.hero_caption = "", ""
    return revision, tags


def _tidied(name: str, raw: object, post: Post | None, now: datetime) -> object:
    return Revision._meta.get_field(name).to_python(raw if raw is not None else "")


def _found(model: type[Model]) -> Callable:
    def find(name: str, raw: object, post: Post | None, now: datetime) -> Model | None:
        number = _number(raw)
        return model._default_manager.filter(pk=number).first() if number else None

    return find


def _number(raw: object) -> int | None:
    text = str(raw or "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else None


def _body(name: str, raw: object, post: Post | None, now: datetime) -> str:
    try:
        return PostForm.base_fields[name].clean(raw)
    except ValidationError:
        return TOO_LONG


def _slug(name: str, raw: object, post: Post | None, now: datetime) -> str:
    return slugify(str(raw or ""))[: publishing.SLUG_LENGTH] or (post.slug if post else "")


def _shown_date(name: str, raw: object, post: Post | None, now: datetime) -> datetime | None:
    try:
        return moment_of(PostForm.base_fields[name].clean(raw), post.published_at if post else None, now)
    except ValidationError:
        return None


def _lines(name: str, raw: object, post: Post | None, now: datetime) -> list[str]:
    return [line for typed in raw or [] if (line := tidy_line(str(typed or "")))]


def _picked(name: str, raw: object, post: Post | None, now: datetime) -> list[int]:
    return [number for typed in raw or [] if (number := _number(typed))]


def _cleaned_list(name: str, raw: object, post: Post | None, now: datetime) -> list:
    try:
        return PostForm.base_fields[name].clean(raw)
    except ValidationError:
        return getattr(post, name) if post else []


def _tags(words: str) -> list[Tag]:
    """The tags that words mean; one that does not exist yet is shown as it will be."""
    typed = list(dict.fromkeys(word for part in words.split(",") if (word := tidy_line(part))))[:50]
    known = {tag.name.casefold(): tag for tag in Tag.objects.filter(slug__in=[slugify(word) for word in typed])}
    return [known.get(word.casefold()) or Tag(name=word, slug=slugify(word) or "tag") for word in typed]


_SHOWN = {
    "hero_image": _found(Image),
    "topic": _found(Topic),
    "author": _found(Author),
    "body": _body,
    "slug": _slug,
    "published_at": _shown_date,
    "key_points": _lines,
    "related_posts": _picked,
    "sources": _cleaned_list,
    "drugs": _cleaned_list,
    "procedures": _cleaned_list,
    "left_out_notes": _cleaned_list,
}
