"""Saved views of the list of posts: filters that a person keeps under a name of their own."""

from urllib.parse import parse_qsl, urlencode

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_POST

from blog.content.plain import tidy_line
from blog.models import SavedView

MOST_VIEWS = 20
LONGEST_NAME = SavedView._meta.get_field("name").max_length
LONGEST_QUERY = SavedView._meta.get_field("query").max_length
# What of the list's address is worth keeping: filters, words and order, not the page that one was on.
KEPT = ("q", "status", "topic", "author", "review", "mine", "changes", "trash", "o")


def view_urls(model_admin: admin.ModelAdmin) -> list[URLPattern]:
    """The addresses of saved views, for the post admin's ``get_urls``. All ask for a login."""
    guard = model_admin.admin_site.admin_view
    return [
        path("views/", guard(own_views), name="blog_post_views"),
        path("views/save/", guard(require_POST(save_view)), name="blog_post_save_view"),
        path("views/<int:pk>/", guard(require_POST(change_view)), name="blog_post_change_view"),
    ]


def kept_query(query: str) -> str:
    """The part of an address's query that a view keeps, always in the same order; blank where there is none."""
    found = {name: text for name, text in parse_qsl(query) if name in KEPT and text.strip()}
    return urlencode([(name, found[name]) for name in KEPT if name in found])


def views_of(request: HttpRequest) -> list[SavedView]:
    """This person's saved views. One query."""
    return list(SavedView.objects.filter(owner=request.user))


def _may_look(request: HttpRequest) -> None:
    if not (request.user.has_perm("blog.view_post") or request.user.has_perm("blog.change_post")):
        raise PermissionDenied


def own_views(request: HttpRequest) -> HttpResponse:
    """All of a person's saved views, each with a new name to type and a button that removes it."""
    _may_look(request)
    context = {
        **admin.site.each_context(request),
        "title": "Your views",
        "views": views_of(request),
        "longest_name": LONGEST_NAME,
    }
    return TemplateResponse(request, "admin/blog/post/views.html", context)


def save_view(request: HttpRequest) -> HttpResponse:
    """Keep the filters that the list shows now under a name."""
    _may_look(request)
    query = kept_query(request.POST.get("query", ""))
    name = tidy_line(request.POST.get("name", ""))
    here = f"{reverse('admin:blog_post_changelist')}?{query}"
    if refusal := _refusal(request, name, query):
        messages.warning(request, f"The view is not saved. {refusal}")
    else:
        try:
            with transaction.atomic():
                SavedView.objects.create(owner=request.user, name=name, query=query)
            messages.success(request, f"“{name}” stands beside the other views now. Only you see it.")
        except IntegrityError:
            messages.warning(request, f"The view is not saved. {_taken(name)}")
    return redirect(here)


def _refusal(request: HttpRequest, name: str, query: str) -> str:
    if not query:
        return "It shows all posts, as “All” does. Choose a filter or search for words first."
    if len(query) > LONGEST_QUERY:
        return "Its words are too long. Search for fewer."
    if SavedView.objects.filter(owner=request.user).count() >= MOST_VIEWS:
        return f"There is room for {MOST_VIEWS}. Remove one that you do not need."
    return _name_refusal(name)


def _name_refusal(name: str) -> str:
    if not name:
        return "Give it a name."
    return f"The name is too long; the most is {LONGEST_NAME} letters." if len(name) > LONGEST_NAME else ""


def _taken(name: str) -> str:
    return f"You have a view called “{name}” already. Choose another name."


def change_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Rename a view of one's own, or remove it; the posts in it stay as they are."""
    _may_look(request)
    view = get_object_or_404(SavedView, pk=pk, owner=request.user)
    if "_remove" in request.POST:
        view.delete()
        messages.success(request, f"The view “{view.name}” is gone. The posts in it are as they were.")
        return redirect("admin:blog_post_views")
    name = tidy_line(request.POST.get("name", ""))
    refusal = _name_refusal(name)
    if not refusal and name != view.name:
        try:
            with transaction.atomic():
                SavedView.objects.filter(pk=view.pk).update(name=name)
        except IntegrityError:
            refusal = _taken(name)
    if refusal:
        messages.warning(request, f"The name stays “{view.name}”. {refusal}")
    else:
        messages.success(request, f"The view is called “{name}” now.")
    return redirect("admin:blog_post_views")
