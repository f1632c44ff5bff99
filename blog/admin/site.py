"""The staff's face: the Django admin, arranged for people who write between two appointments."""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus

from csp.constants import NONE, SELF, UNSAFE_INLINE
from csp.decorators import csp_replace
from django.conf import settings
from django.contrib import messages
from django.contrib.admin import AdminSite, site
from django.contrib.admin.exceptions import DisallowedModelAdminToField
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.core.exceptions import FieldDoesNotExist, PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.views.decorators.cache import never_cache

from blog import outbox, publishing
from blog.clinic_time import today, zone_label
from blog.models import Author, Publication
from blog.signing_in import attempts, passwords

from .health import front_page_lines, health_page, may_see_health
from .help import guide
from .login import PasswordStep, note_lock, wait_sentence
from .practice_of import practice_of
from .set_up import front_page_steps, may_set_up, set_up_urls
from .work_list import empty_words, work_for

# The editor puts handlers into attributes and styles into elements; nothing else beyond our own files runs here.
STAFF_POLICY = {
    "default-src": [SELF],
    "script-src": [SELF],
    "script-src-attr": [UNSAFE_INLINE],
    "style-src": [SELF, UNSAFE_INLINE],
    "img-src": [SELF, "data:", "blob:"],
    "connect-src": [SELF],
    "object-src": [NONE],
    "base-uri": [NONE],
    "frame-ancestors": [NONE],
    "form-action": [SELF],
}
staff_policy = csp_replace(STAFF_POLICY)
# How many of a clinic's first steps stand on the first page of somebody for whom other work waits.
NEXT_STEPS = 3


class StaffSite(AdminSite):
    """The admin site of the blog's staff."""

    enable_nav_sidebar = False
    empty_value_display = "–"

    def each_context(self, request: HttpRequest) -> dict:
        """Django's own, with the practice's name and the way around."""
        practice = practice_of(request)
        return super().each_context(request) | {
            "site_header": practice.name,
            "site_title": f"{practice.name} staff",
            "site_url": reverse("blog:index"),
            "staff_nav": self._nav(request),
            "site_is_closed": not settings.SITE_OPEN,
            "lock_after": settings.LOCK_AFTER if request.session.get("shared") else 0,
        }

    def _nav(self, request: HttpRequest) -> list[dict]:
        found = []
        for model, name in (
            ("post", "Posts"),
            ("image", "Images"),
            ("author", "Authors"),
            ("topic", "Topics"),
            ("practice", "Practice"),
        ):
            user = request.user
            if user.is_active and (user.has_perm(f"blog.view_{model}") or user.has_perm(f"blog.change_{model}")):
                url = reverse(f"admin:blog_{model}_changelist", current_app=self.name)
                found.append({"name": name, "url": url, "current": request.path.startswith(url)})
        url = reverse("admin:help", current_app=self.name)
        return [*found, {"name": "Help", "url": url, "current": request.path == url}]

    def admin_view(self, view: Callable, cacheable: bool = False) -> Callable:
        """Django's own guard, with the staff side's policy and a page that says who may do what was tried.

        Whatever Django calls cacheable, such as its page for a new password, no browser keeps.
        """
        return staff_policy(super().admin_view(self._explained(view)))

    def _explained(self, view: Callable) -> Callable:
        @wraps(view)
        def inner(request: HttpRequest, *args, **kwargs) -> HttpResponse:
            try:
                return view(request, *args, **kwargs)
            except FieldDoesNotExist as error:
                # Django looks up a «_to_field» that has no name instead of refusing it like other wrong ones.
                raise DisallowedModelAdminToField("There is no such field to refer to.") from error
            except PermissionDenied:
                return self.refusal(
                    request, "Your login may not open this page. Ask the person who manages logins for the right role."
                )

        return inner

    def refusal(self, request: HttpRequest, sentence: str, title: str = "Not with this login") -> HttpResponse:
        """Answer 403 with a sentence for the person who tried, and a way back."""
        context = {**self.each_context(request), "title": title, "sentence": sentence}
        return TemplateResponse(request, "admin/refused.html", context, status=403)

    def login(self, request: HttpRequest, extra_context: dict | None = None) -> HttpResponse:
        """The first step of logging in: Django's own page with what this site adds."""
        return staff_policy(never_cache(self._login))(request, extra_context)

    def _login(self, request: HttpRequest, extra_context: dict | None) -> HttpResponse:
        if request.method == "GET" and self.has_permission(request):
            return redirect("admin:index")
        context = {
            **self.each_context(request),
            "title": "Log in",
            "app_path": request.get_full_path(),
            "can_send_mail": settings.EMAIL_CONFIGURED,
            "needs_second_step": settings.SECOND_FACTOR == "required",
            **(extra_context or {}),
        }
        if not {REDIRECT_FIELD_NAME} & {*request.GET, *request.POST}:
            context[REDIRECT_FIELD_NAME] = reverse("admin:index")
        request.current_app = self.name
        return PasswordStep.as_view(extra_context=context)(request)

    def password_change(self, request: HttpRequest, extra_context: dict | None = None) -> HttpResponse:
        """Django's own screen; a new password ends trusted browsers and every other session.

        A wrong old one counts like a wrong one at the login: whoever finds a screen open cannot try them all here.
        """
        name = request.user.get_username()
        if request.method == "POST" and attempts.is_locked(request, name):
            return self.refusal(request, wait_sentence(), title="Your password stays as it is")
        response = super().password_change(request, extra_context)
        if request.method != "POST":
            return response
        if response.status_code == HTTPStatus.FOUND:
            attempts.forget_failures(request, name)
            passwords.changed(request.user, request.user, timezone.now(), keep=request.session.session_key)
            return response
        is_wrong = response.context_data["form"].has_error("old_password", "password_incorrect")
        if is_wrong and attempts.count_failure(request, name):
            note_lock(name)
        return response

    def get_urls(self) -> list:
        """Django's own, with the guide for staff, the samples' removal, the site's health, and pages without login."""
        from .account import account_urls
        from .invite import invite, new_link
        from .welcome import welcome_urls

        return [
            *welcome_urls(),
            *account_urls(self),
            path("health/", self.admin_view(health_page), name="health"),
            *set_up_urls(self),
            path("help/", self.admin_view(self.help), name="help"),
            path("invite/", self.admin_view(invite), name="invite"),
            path("auth/user/<int:pk>/new-link/", self.admin_view(new_link), name="auth_user_new_link"),
            path("samples/remove/", self.admin_view(self.remove_samples), name="remove_samples"),
            # Django's way from a record to its public page asks for no right, and would tell the address of a draft.
            *(one for one in super().get_urls() if getattr(one, "name", "") != "view_on_site"),
        ]

    def index(self, request: HttpRequest, extra_context: dict | None = None) -> HttpResponse:
        """What waits for this person, then every kind of record."""
        now = timezone.now()
        user = request.user
        outbox.look(now)
        has_samples = publishing.samples_present()
        context = {
            "title": "Your work",
            "today": today(now),
            "zone": zone_label(),
            "may_write": user.has_perm("blog.add_post"),
            "has_samples": publishing.may_release(user) and has_samples,
        }
        practice = practice_of(request)
        sections = work_for(user, now, practice.review_policy)
        context |= {
            "needs": [section for section in sections if not section.ahead],
            "ahead": [section for section in sections if section.ahead],
            "empty_words": empty_words(user, sections, practice.review_policy),
        }
        if may_set_up(user):
            most = NEXT_STEPS if context["needs"] else None
            context |= front_page_steps(user, now, practice, has_samples=has_samples, most=most)
        if may_see_health(user):
            context |= front_page_lines()
        return super().index(request, context | (extra_context or {}))

    def help(self, request: HttpRequest) -> HttpResponse:
        """The guide for staff."""
        context = {**self.each_context(request), "title": guide().title, "guide": guide()}
        return TemplateResponse(request, "admin/help.html", context)

    def remove_samples(self, request: HttpRequest) -> HttpResponse:
        """Ask first (GET), then remove the sample articles for good (POST)."""
        try:
            publishing.require_release(request.user)
        except publishing.NotAllowed as refused:
            return self.refusal(request, str(refused))
        if request.method == "POST":
            sample_authors = list(Author.objects.filter(is_sample=True).values_list("pk", flat=True))
            count = publishing.remove_samples(request.user)
            if count:
                articles = "1 sample article is" if count == 1 else f"{count} sample articles are"
                gone = f"{articles} gone, with the pictures and names that only samples used."
                messages.success(request, format_html("{} {}", gone, self._what_is_next(request, sample_authors)))
            else:
                messages.info(request, "There are no sample articles any more.")
            return redirect("admin:index")
        context = {
            **self.each_context(request),
            "title": "Remove the samples",
            "has_samples": publishing.samples_present(),
        }
        return TemplateResponse(request, "admin/remove_samples.html", context)

    def _what_is_next(self, request: HttpRequest, sample_authors: list[int]) -> str:
        practice = "have a manager fill in Practice"
        if request.user.has_perm("blog.change_practice"):
            address = reverse("admin:blog_practice_change", args=[1], current_app=self.name)
            practice = format_html('fill in <a href="{}">Practice</a>', address)
        live = Publication.objects.live(timezone.now()).filter(author__in=sample_authors).values("author", "post")
        keys = sorted({one["author"] for one in live})
        if not keys:
            return format_html("Next: {}.", practice)
        posts = "1 post" if len(live) == 1 else f"{len(live)} posts"
        query = f"?author={keys[0]}" if len(keys) == 1 else ""
        address = reverse("admin:blog_post_changelist", current_app=self.name) + query
        return format_html('Next: {}, and put a real author on <a href="{}">{}</a>.', practice, address, posts)


@staff_policy
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer 403 to a form without a valid token, and say how the typed words are saved. Named in settings."""
    if request.user.is_authenticated:
        sentence = (
            "This page was open for too long. Go back with the browser's back button: what you typed still stands "
            "there, press Save again. If this page comes back, copy what you typed, load the page again, and put it in."
        )
    else:
        sentence = (
            "You are signed out. Log in in another tab, then go back with the browser's back button, copy what you "
            "typed, load the page again, and put it in. If you cannot log in, your browser keeps no cookies for "
            "this site."
        )
    return site.refusal(request, sentence, title="Not saved")
