"""What readers saw of a post on a day: a page for staff, and one file that can be printed and handed over."""

import re
from datetime import datetime, time
from urllib.parse import urlencode

from csp.constants import NONE, SELF, UNSAFE_INLINE
from csp.utils import build_policy
from django import forms
from django.conf import settings
from django.contrib import admin
from django.contrib.staticfiles import finders
from django.core.files.storage import default_storage
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.text import slugify
from django.views.decorators.clickjacking import xframe_options_sameorigin

from blog import publishing
from blog.addresses import full_address
from blog.as_it_stood import AsItStood, as_it_stood, periods
from blog.clinic_time import NoSuchTime, at_clinic, full_moment, zone_label
from blog.content.self_contained import self_contained, style_with_files
from blog.models import Image, Post
from blog.picture_files import open_rendition

from .post_screens import PostScreens, screen
from .release_form import TIMES

_PATIENTS = re.compile(r"/blog/pictures/(?P<pk>[0-9]{1,18})/(?P<name>[0-9a-z.-]+)")
STYLES = ("blog/look.css", "blog/as_it_stood.css")


def as_it_stood_urls(model_admin: admin.ModelAdmin) -> list[URLPattern]:
    """The addresses of these screens, for the post admin's ``get_urls``. All ask for a login."""
    screens = AsItStoodScreens(model_admin)
    view = model_admin.admin_site.admin_view
    return [
        path("<int:pk>/as-it-stood/", view(screens.as_it_stood), name="blog_post_as_it_stood"),
        path("<int:pk>/as-it-stood/file/", view(screens.file), name="blog_post_as_it_stood_file"),
    ]


class MomentForm(forms.Form):
    """A moment by the clinic's clock. ``cleaned_data["moment"]`` is aware; without a time it is the end of the day."""

    on = forms.DateField(
        label="Day",
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"required": "Choose a day.", "invalid": "This is not a date. Write it as 12/31/2026."},
    )
    at = forms.TimeField(
        label="Time",
        required=False,
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
        input_formats=TIMES,
        error_messages={"invalid": "This is not a time. Write it as 9:00 am."},
    )
    # Links say it to the microsecond, so that a change in the middle of a minute can be seen before and after.
    moment = forms.CharField(required=False, widget=forms.HiddenInput)

    def clean(self) -> dict:
        """The moment that was meant."""
        values = super().clean()
        if exact := values.get("moment"):
            values["moment"] = _exact(exact)
        elif values.get("on"):
            try:
                values["moment"] = at_clinic(values["on"], values.get("at") or time(23, 59))
            except NoSuchTime as error:
                raise forms.ValidationError(str(error)) from error
        return values


def _exact(words: str) -> datetime:
    try:
        moment = datetime.fromisoformat(words)
    except ValueError as error:
        raise forms.ValidationError("This link is not whole. Choose a day.") from error
    return moment if timezone.is_aware(moment) else timezone.make_aware(moment)


class AsItStoodScreens(PostScreens):
    """The screens of one post admin."""

    @screen
    def as_it_stood(self, request: HttpRequest, post: Post, now: datetime) -> HttpResponse:
        """The periods in which readers saw something, and what it was at the moment that was asked for."""
        self._require(request, post)
        form, stood = self._asked(request, post, now)
        local = timezone.localtime(stood.at) if stood else None
        initial = {"on": local.date(), "at": local.time()} if local else {}
        return self.page(
            request,
            "as_it_stood.html",
            post,
            f"As it stood: {post.title}",
            form=form if form.errors else MomentForm(initial=initial),
            stood=stood,
            said_at=full_moment(stood.at) if stood else "",
            periods=[
                {
                    "publication": one.publication,
                    "start": full_moment(one.start),
                    "end": full_moment(one.end) if one.end else "now",
                    "link": one.start.isoformat(),
                    "moments": [
                        {"when": full_moment(at), "kind": kind, "link": at.isoformat()} for at, kind in one.moments
                    ],
                }
                for one in periods(post, now)
            ],
            file=f"{reverse('admin:blog_post_as_it_stood_file', args=[post.pk])}?{_query(stood)}" if stood else "",
        )

    @xframe_options_sameorigin
    @screen
    def file(self, request: HttpRequest, post: Post, now: datetime) -> HttpResponse:
        """The page of that moment and all that stands behind it, as one file; ``download`` hands it over to be kept."""
        self._require(request, post)
        _, stood = self._asked(request, post, now)
        if stood is None or stood.publication is None:
            return self.as_it_stood(request, post.pk)
        context = {
            "stood": stood,
            "page": stood.page,
            "practice": stood.practice,
            "said_at": full_moment(stood.at),
            "made_at": full_moment(now),
            "made_by": publishing.name_of(request.user),
            "zone": zone_label(),
            "address": full_address(stood.publication.get_absolute_url()),
        }
        page = render_to_string("blog/as_it_stood.html", context)
        style = "".join(style_with_files(_static(name).decode(), _file, f"/static/{name}") for name in STYLES)
        response = HttpResponse(self_contained(page, style, _file, context["address"]))
        response.headers["Content-Security-Policy"] = build_policy(
            replace={
                "default-src": [NONE],
                "img-src": ["data:"],
                "font-src": ["data:"],
                "style-src": [UNSAFE_INLINE],
                "frame-ancestors": [SELF],
            }
        )
        if "download" in request.GET:
            local = timezone.localtime(stood.at)
            name = f"{slugify(stood.publication.slug)}-as-it-stood-{local:%Y-%m-%d-%H%M}.html"
            response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
        return response

    def _require(self, request: HttpRequest, post: Post) -> None:
        may = self.model_admin.has_view_permission(request, post) and request.user.has_perm("blog.view_auditentry")
        if not may:
            raise publishing.NotAllowed("Your login may not see who did what. Ask an editor or a manager for it.")

    def _asked(self, request: HttpRequest, post: Post, now: datetime) -> tuple[MomentForm, AsItStood | None]:
        """The form as it was asked, and what stood then; without a question now."""
        data = request.GET.copy()
        if data.get("moment") and not data.get("on"):
            data["on"] = timezone.localdate(now).isoformat()
        if "on" not in data:
            return MomentForm(), as_it_stood(post, now)
        form = MomentForm(data)
        if not form.is_valid():
            return form, None
        return form, as_it_stood(post, min(form.cleaned_data["moment"], now))


def _query(stood: AsItStood) -> str:
    return urlencode({"moment": stood.at.isoformat()})


def _static(name: str) -> bytes:
    found = finders.find(name)
    with open(found, "rb") as file:
        return file.read()


def _file(address: str) -> bytes | None:
    """The bytes behind an address of this site: a picture that readers got, or a file of the site's own look.

    A patient's picture is there for as long as its file is kept, which the end of its consent does not end.
    """
    if patients := _PATIENTS.fullmatch(address):
        return _patient_picture(int(patients["pk"]), patients["name"])
    for prefix, read in ((settings.MEDIA_URL, _media), (settings.STATIC_URL, _own)):
        if address.startswith(prefix):
            return read(address.removeprefix(prefix))
    return None


def _patient_picture(pk: int, name: str) -> bytes | None:
    image = Image.objects.filter(pk=pk).first()
    try:
        file = open_rendition(image, name) if image is not None else None
    except OSError:
        return None
    if file is None:
        return None
    with file:
        return file.read()


def _media(name: str) -> bytes | None:
    if not default_storage.exists(name):
        return None
    with default_storage.open(name) as file:
        return file.read()


def _own(name: str) -> bytes | None:
    return _static(name) if finders.find(name) else None
