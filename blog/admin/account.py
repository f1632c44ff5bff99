"""One's own login: its second step, its trusted browsers; and resetting somebody else's second step."""

from base64 import b32encode

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin import AdminSite
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice
from django_otp.util import random_hex

from blog.clinic_time import spoken
from blog.publishing import NotAllowed
from blog.signing_in import second_factor
from blog.signing_in.sessions import end_sessions

from .guard import lock, unlock
from .login import KEY, code_step, finish, half_signed_in, start_again
from .site import staff_policy

# Nobody looks at keys and codes, or changes them, by a form over their rows.
admin.site.unregister(TOTPDevice)
admin.site.unregister(StaticDevice)


def account_urls(site: AdminSite) -> list[URLPattern]:
    """The addresses of these pages and of the steps of logging in, for the admin site's ``get_urls``."""
    guarded, open_to_all = site.admin_view, lambda view: staff_policy(never_cache(sensitive_post_parameters()(view)))
    return [
        path("login/code/", open_to_all(code_step), name="login_code"),
        path("second-step/", open_to_all(second_step), name="second_step"),
        path("account/", guarded(account), name="account"),
        path("account/recovery-codes/", guarded(new_codes), name="new_recovery_codes"),
        path("account/second-step-off/", guarded(turn_off), name="second_step_off"),
        path("account/forget/<int:pk>/", guarded(forget_device), name="forget_device"),
        path("auth/user/<int:pk>/second-step/", guarded(reset_second_step), name="second_step_reset"),
        path("unlock/", guarded(sensitive_post_parameters()(unlock)), name="unlock"),
        path("lock/", guarded(lock), name="lock"),
    ]


class FirstCodeForm(forms.Form):
    """The code with which the app shows that it has the key."""

    code = forms.CharField(
        label="6-digit code from the app",
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "spellcheck": "false"}),
    )


def account(request: HttpRequest) -> HttpResponse:
    """What a person can do about the own login."""
    now = timezone.now()
    trusted = request.user.trusted_devices.filter(expires_at__gt=now)
    context = {
        **admin.site.each_context(request),
        "title": "Your account",
        "has_second_step": second_factor.has_second_factor(request.user),
        "codes_left": second_factor.recovery_codes_left(request.user),
        "is_required": settings.SECOND_FACTOR == "required",
        "devices": [
            {
                "pk": one.pk,
                "browser": one.browser,
                "since": spoken(one.made_at, now),
                "until": spoken(one.expires_at, now),
            }
            for one in trusted
        ],
    }
    return TemplateResponse(request, "admin/account.html", context)


def second_step(request: HttpRequest) -> HttpResponse:
    """Set the second step up: on the way in, where the login needs one, or later from the account page."""
    person, half = (request.user, {}) if request.user.is_authenticated else half_signed_in(request)
    if person is None:
        return start_again(request)
    if half and second_factor.has_second_factor(person):
        return redirect("admin:login_code")
    key = request.session.get(KEY)
    if not key:
        key = request.session[KEY] = random_hex(20)
    form = FirstCodeForm(request.POST or None)
    sentence = ""
    if request.method == "POST" and form.is_valid():
        try:
            codes = second_factor.set_up(person, key, form.cleaned_data["code"], timezone.now(), may_replace=not half)
        except second_factor.WrongCode as refused:
            sentence = str(refused)
        else:
            del request.session[KEY]
            return _set_up(request, person, half, codes)
    context = {
        **admin.site.each_context(request),
        "title": "Set up the second step",
        "form": form,
        "sentence": sentence or ("Type the code that the app shows." if form.errors else ""),
        "picture": second_factor.picture(person, key),
        "app_address": second_factor.app_address(person, key),
        "key": _grouped(key),
        "person": person,
        "is_on_the_way_in": bool(half),
        "replaces": not half and second_factor.has_second_factor(person),
    }
    return TemplateResponse(request, "admin/second_step.html", context)


def _set_up(request: HttpRequest, person: User, half: dict, codes: list[str]) -> HttpResponse:
    if half:
        target = half["target"]
        finish(request, person, response := HttpResponse(), shared=half["shared"], second_step=True)
    else:
        target, response = "", None
        request.session["second_step"] = True
        end_sessions(person, keep=request.session.session_key)
    page = _codes_page(request, codes, "The second step is set up.", target)
    if response is not None:
        page.cookies.update(response.cookies)
    return page


def _codes_page(request: HttpRequest, codes: list[str], sentence: str, target: str = "") -> HttpResponse:
    context = {**admin.site.each_context(request), "title": "Your recovery codes", "codes": codes, "target": target}
    context["sentence"] = sentence
    return TemplateResponse(request, "admin/recovery_codes.html", context)


def _grouped(key: str) -> str:
    text = b32encode(bytes.fromhex(key)).decode()
    return " ".join(text[start : start + 4] for start in range(0, len(text), 4))


@require_POST
def new_codes(request: HttpRequest) -> HttpResponse:
    """New recovery codes instead of the old ones, shown once."""
    if not second_factor.has_second_factor(request.user):
        return redirect("admin:account")
    codes = second_factor.new_recovery_codes(request.user, timezone.now())
    return _codes_page(request, codes, "These are your new codes. The old ones work no more.")


@require_POST
def turn_off(request: HttpRequest) -> HttpResponse:
    """Take the own second step away, where none is required."""
    if settings.SECOND_FACTOR == "required":
        return admin.site.refusal(request, "Every login here needs a second step. You can set it up anew instead.")
    second_factor.turn_off(request.user, timezone.now())
    request.session["second_step"] = False
    end_sessions(request.user, keep=request.session.session_key)
    messages.success(request, "The second step is off. Your password alone is enough now.")
    return redirect("admin:account")


@require_POST
def forget_device(request: HttpRequest, pk: int) -> HttpResponse:
    """Trust one of the own browsers no more."""
    request.user.trusted_devices.filter(pk=pk).delete()
    messages.success(request, "Forgotten. That browser asks for a code at its next login.")
    return redirect("admin:account")


def reset_second_step(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask first (GET), then take away the second step of somebody who is locked out (POST)."""
    person = get_object_or_404(User, pk=pk)
    if not second_factor.may_reset(request.user, person):
        return admin.site.refusal(
            request,
            "Your login may not reset this second step. "
            "Your own is on your account page; that of a login above all roles is reset by another such login.",
        )
    if request.method == "POST":
        try:
            second_factor.reset(request.user, person, timezone.now())
        except NotAllowed as refused:
            return admin.site.refusal(request, str(refused))
        messages.success(request, f"The second step of “{person}” is reset. At the next login they set up a new one.")
        return redirect("admin:auth_user_change", person.pk)
    context = {**admin.site.each_context(request), "title": f"Reset the second step of “{person}”", "person": person}
    return TemplateResponse(request, "admin/second_step_reset.html", context)
