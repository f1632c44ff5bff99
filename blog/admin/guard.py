"""What every request of somebody who is signed in passes: does the session still hold, and is the screen locked?

On a shared computer the session ends with the browser, is locked after ten minutes without a touch, and asks for the
password again before something goes public. A locked session answers nothing but unlocking and logging out.
"""

from collections.abc import Callable

from django.conf import settings
from django.contrib import admin, messages
from django.contrib.auth import SESSION_KEY, authenticate, logout
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from blog.signing_in import attempts

from .login import note_lock, wait_sentence
from .site import staff_policy

STAFF = "/admin/"
# The names of addresses that answer even while the screen is locked.
ALWAYS = {"admin:unlock", "admin:lock", "admin:logout", "admin:login", "admin:jsi18n"}
# These tell a form's script that it is signed out, so that the page with its words stays.
ANSWER_SCRIPTS = {"admin:blog_post_signed_in", "admin:blog_post_autosave", "admin:blog_post_autosave_new"}
# What the browser asks for by itself is no sign that somebody is there.
BY_ITSELF = {"admin:blog_post_signed_in", "admin:blog_post_presence", "admin:health"}
# On a shared computer these acts ask for the password again when the last time is long ago.
GOES_PUBLIC = {
    "admin:blog_post_publish",
    "admin:blog_post_take_off",
    "admin:blog_post_bulk_undo",
    "admin:blog_image_replace",
    # A clinician's name under words, and what was ordered with it.
    "admin:blog_post_review",
    "admin:blog_drug_sign",
    "admin:blog_procedure_sign",
}
MANY_AT_ONCE = {"admin:blog_post_bulk": ("take_off",)}
# These do so everywhere.
OWN_LOGIN = {"admin:second_step", "admin:new_recovery_codes", "admin:second_step_off"}
FIELD = "password_again"
# Activity is written down at most once a minute.
SPARINGLY = 60


class StaffSession:
    """Middleware: ends sessions that have lost their right, locks those that nobody sits at."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Hand on; ``process_view`` looks, after Django has checked the form's token."""
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Callable, args: tuple, kwargs: dict) -> HttpResponse | None:
        """Answer instead of the page, or let the request pass."""
        if not request.path.startswith(STAFF) or SESSION_KEY not in request.session:
            return None
        if not request.user.is_authenticated:
            request.session.flush()  # the login is closed: it must not come back when somebody opens it again
            return None
        if refused := self._lost(request):
            return refused
        return self._locked(request, view)

    def _lost(self, request: HttpRequest) -> HttpResponse | None:
        if not request.user.is_staff:
            sentence = (
                f"You were logged in as {request.user.get_username()}, and that login may not open this page. "
                "Log in with another one."
            )
        elif settings.SECOND_FACTOR == "required" and not request.session.get("second_step"):
            sentence = "Every login here needs a second step now. Log in again to set it up."
        else:
            return None
        logout(request)
        if request.resolver_match.view_name in {"admin:login", "admin:logout"} | ANSWER_SCRIPTS:
            return None
        messages.warning(request, sentence)
        return redirect_to_login(request.get_full_path(), reverse("admin:login"))

    def _locked(self, request: HttpRequest, view: Callable) -> HttpResponse | None:
        session, name, now = request.session, request.resolver_match.view_name, timezone.now().timestamp()
        # Either way: a clock that was ahead when it wrote, and is right again, must not leave a screen open.
        away = abs(now - session.get("touched_at", 0))
        idle = session.get("shared") and away > settings.LOCK_AFTER + SPARINGLY
        if idle and not session.get("locked"):
            session["locked"] = True
        if name in ALWAYS:
            return None
        sentence = ""
        # A page that asks for the token itself judges itself how large an upload may be: its form is not read here.
        keep = not getattr(view, "csrf_exempt", False)
        if keep and FIELD in request.POST:
            sentence = check_password(request, _taken_out(request))
            if sentence:
                return ask(request, sentence)
        if session.get("locked"):
            return ask(request, "", keep=keep)
        if _asks_again(request, name, now):
            return ask(request, "")
        if session.get("shared") and away >= SPARINGLY and not _by_itself(request, name):
            session["touched_at"] = now
        return None


def _asks_again(request: HttpRequest, name: str, now: float) -> bool:
    is_fresh = abs(now - request.session.get("password_at", 0)) <= settings.PASSWORD_IS_FRESH_FOR
    if is_fresh:
        return False
    if name in OWN_LOGIN:
        return True
    if not request.session.get("shared") or request.method != "POST":
        return False
    return name in GOES_PUBLIC or request.POST.get("action") in MANY_AT_ONCE.get(name, ())


def _by_itself(request: HttpRequest, name: str) -> bool:
    return name in BY_ITSELF or _wants_json(request) or request.headers.get("Sec-Fetch-Mode", "navigate") != "navigate"


def _wants_json(request: HttpRequest) -> bool:
    return request.headers.get("Accept", "").startswith("application/json")


def _taken_out(request: HttpRequest) -> str:
    """The password that came with a form, which the page behind it never sees."""
    sent = request.POST.copy()
    password = sent.pop(FIELD)[-1]
    sent._mutable = False
    request.POST = sent
    return password


def check_password(request: HttpRequest, password: str) -> str:
    """Unlock the session where the password is this person's. Returns why not; blank when it was."""
    name = request.user.get_username()
    if attempts.is_locked(request, name):
        return wait_sentence()
    bare = attempts.asking(request)
    person = authenticate(bare, username=name, password=password)
    if person is None or person.pk != request.user.pk:
        if getattr(bare, "axes_locked_out", False):
            note_lock(name)
            return wait_sentence()
        return "That is not your password. Look at capital letters, then type it again."
    attempts.forget_failures(request, name)
    request.session.pop("locked", None)
    request.session["password_at"] = request.session["touched_at"] = timezone.now().timestamp()
    return ""


@staff_policy
@never_cache
def ask(request: HttpRequest, sentence: str, *, keep: bool = True) -> HttpResponse:
    """Ask for the password: on a page that keeps what a form has sent, and sends it on afterwards.

    Without ``keep`` nothing of the form is read: that is for pages which judge themselves how large an upload may be.
    """
    if _wants_json(request) or request.headers.get("Sec-Fetch-Mode", "navigate") != "navigate":
        # Plain text, so that a page which saves by itself takes it for trouble that passes, and tries again.
        return HttpResponse("The screen is locked. Type your password.", status=423, content_type="text/plain")
    if request.method != "POST" or not keep:
        return HttpResponseRedirect(f"{reverse('admin:unlock')}?{urlencode({'next': request.get_full_path()})}")
    sent = [(name, value) for name, values in request.POST.lists() for value in values if name != "csrfmiddlewaretoken"]
    return _page(request, sentence, address=request.get_full_path(), sent=sent, has_files=bool(request.FILES))


def unlock(request: HttpRequest) -> HttpResponse:
    """The cover as a page: the password to go on, or somebody else."""
    target = request.GET.get("next", "")
    if not url_has_allowed_host_and_scheme(target, {request.get_host()}, request.is_secure()):
        target = reverse("admin:index")
    sentence = ""
    if request.method == "POST":
        sentence = check_password(request, request.POST.get(FIELD, ""))
        if _wants_json(request):
            return JsonResponse({"sentence": sentence}, status=403 if sentence else 200)
        if not sentence:
            return redirect(target)
    return _page(request, sentence, address=request.get_full_path(), sent=[], has_files=False)


@require_POST
def lock(request: HttpRequest) -> HttpResponse:
    """The browser has covered the screen; with ``here`` it says that somebody is still there instead."""
    if request.session.get("shared"):
        if "here" not in request.POST:
            request.session["locked"] = True
        elif not request.session.get("locked"):
            request.session["touched_at"] = timezone.now().timestamp()
    return JsonResponse({"locked": bool(request.session.get("locked"))})


def _page(request: HttpRequest, sentence: str, **context) -> HttpResponse:
    is_locked = bool(request.session.get("locked"))
    context |= {
        **admin.site.each_context(request),
        "title": "Locked" if is_locked else "Your password again",
        "is_locked": is_locked,
        "sentence": sentence,
        "field": FIELD,
        "lock_after": 0,
    }
    return TemplateResponse(request, "admin/unlock.html", context, status=403 if sentence else 200)
