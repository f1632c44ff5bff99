"""Logging in: first the password, then a code where the login has a second step.

Between the two nobody is signed in. The session holds only whose password was right, for ten minutes, and no page of
the staff side looks at that but these.
"""

from datetime import timedelta

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.forms import AdminAuthenticationForm
from django.contrib.auth import SESSION_KEY
from django.contrib.auth import login as log_in
from django.contrib.auth import logout as log_out
from django.contrib.auth.models import User
from django.contrib.auth.views import LoginView
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from blog.models import AuditEntry
from blog.publishing import record
from blog.signing_in import attempts, devices, second_factor

HALF = "signing_in"
# The key of a second step that is being set up, which only the person may know whom it was shown to.
KEY = "second_factor_key"
HALF_LASTS = timedelta(minutes=10)
# Whom the page for a new password leads to the login.
NAME_TO_FILL_IN = "login_name"


def wait_sentence() -> str:
    """What somebody reads who was wrong too often."""
    minutes = int(settings.AXES_COOLOFF_TIME.total_seconds() // 60)
    return (
        f"That was wrong too often, so this login does not work here for {minutes} minutes. Nothing is lost. "
        f"Wait {minutes} minutes, then try again; or ask a person who manages logins for a new link."
    )


class StaffLoginForm(AdminAuthenticationForm):
    """Django's own login form, with sentences that say what to do, and a box for computers that others use, too."""

    error_messages = {
        **AdminAuthenticationForm.error_messages,
        "invalid_login": (
            "This user name and password do not belong together. Look at capital letters, then try again. "
            "A login that was closed does not work any more."
        ),
    }
    shared = forms.BooleanField(label="This is a shared computer", required=False, initial=True)

    def __init__(self, request: HttpRequest | None = None, *args, **kwargs) -> None:
        super().__init__(request and attempts.asking(request), *args, **kwargs)
        self.locked = False
        if self.data.get("username") or self.initial.get("username"):
            self.fields["username"].widget.attrs.pop("autofocus", None)
            self.fields["password"].widget.attrs["autofocus"] = True

    def clean(self) -> dict:
        """Refuse, in the same words for every name, what was wrong too often or is wrong now."""
        name = self.cleaned_data.get("username", "")
        if name and attempts.is_locked(self.request, name):
            self._refuse_for_a_while()
        try:
            return super().clean()
        except ValidationError:
            if getattr(self.request, "axes_locked_out", False):
                note_lock(name)
                self._refuse_for_a_while()
            raise

    def _refuse_for_a_while(self) -> None:
        self.locked = True
        raise ValidationError(wait_sentence(), code="locked")


def note_lock(name: str) -> None:
    """Write down that a login was locked, if there is one of that name."""
    person = User.objects.filter(username__iexact=attempts.normalised(name)).first()
    if person is not None:
        record(person, AuditEntry.Act.SIGN_IN_LOCKED, at=timezone.now(), about=person)


class PasswordStep(LoginView):
    """The first step; the only one for a login without a second."""

    authentication_form = StaffLoginForm
    template_name = "admin/login.html"

    def get_default_redirect_url(self) -> str:
        """To the work list."""
        return reverse("admin:index")

    def get_initial(self) -> dict:
        """The user name of whoever has just set a password here."""
        return super().get_initial() | {"username": self.request.session.pop(NAME_TO_FILL_IN, "")}

    def form_valid(self, form: StaffLoginForm) -> HttpResponse:
        """The password was right: on to the second step, or in."""
        return begin(self.request, form.get_user(), shared=form.cleaned_data["shared"], target=self.get_success_url())

    def form_invalid(self, form: StaffLoginForm) -> HttpResponse:
        """The page again, with the name still in it."""
        response = super().form_invalid(form)
        if form.locked:
            response.status_code = 429
            response.headers["Retry-After"] = str(int(settings.AXES_COOLOFF_TIME.total_seconds()))
        return response


def begin(request: HttpRequest, person: User, *, shared: bool, target: str) -> HttpResponse:
    """Somebody knew this person's password: sign them in, or lead to what is still missing."""
    now = timezone.now()
    if SESSION_KEY in request.session:
        log_out(request)  # whoever was signed in here, perhaps behind a locked screen, is so no more
    request.session.pop(KEY, None)  # nor does a key that somebody else saw here become this person's
    has_second = second_factor.has_second_factor(person)
    if not has_second and settings.SECOND_FACTOR == "optional":
        return finish(request, person, redirect(target), shared=shared)
    if has_second and not shared and devices.is_trusted(request, person, now):
        return finish(request, person, redirect(target), shared=shared, second_step=True)
    request.session.cycle_key()
    request.session.pop(NAME_TO_FILL_IN, None)
    request.session[HALF] = {
        "person": person.pk,
        "password": person.get_session_auth_hash(),
        "at": now.timestamp(),
        "shared": shared,
        "target": target,
    }
    return redirect("admin:login_code" if has_second else "admin:second_step")


def half_signed_in(request: HttpRequest) -> tuple[User | None, dict]:
    """Whose password was right a moment ago, and what they chose then; nobody where that is too long ago."""
    half = request.session.get(HALF)
    if not half or abs(timezone.now().timestamp() - half["at"]) > HALF_LASTS.total_seconds():
        return None, {}
    person = User.objects.filter(pk=half["person"], is_active=True, is_staff=True).first()
    if person is None or not constant_time_compare(half["password"], person.get_session_auth_hash()):
        return None, {}
    return person, half


def finish(
    request: HttpRequest, person: User, response: HttpResponse, *, shared: bool, second_step: bool = False
) -> HttpResponse:
    """Sign the person in, under a new session key; returns the response, with what this browser has to keep."""
    now = timezone.now()
    for name in (HALF, NAME_TO_FILL_IN):
        request.session.pop(name, None)
    log_in(request, person)
    request.session["second_step"] = second_step
    request.session["shared"] = shared
    request.session["password_at"] = request.session["touched_at"] = now.timestamp()
    if shared:
        request.session.set_expiry(0)  # it ends with the browser
    attempts.remember_browser(request, response, person.get_username())
    record(person, AuditEntry.Act.SIGNED_IN, at=now, about=person)
    return response


class CodeForm(forms.Form):
    """One code: from the app, or a recovery code."""

    code = forms.CharField(max_length=40, widget=forms.TextInput(attrs={"autocomplete": "one-time-code"}))
    remember = forms.BooleanField(required=False, label="Remember this device for 30 days")

    def __init__(self, *args, recovery: bool = False, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        attrs = {"autofocus": True, "spellcheck": "false", "autocapitalize": "none"}
        self.fields["code"].label = "6-digit code from your authenticator app"
        if recovery:
            self.fields["code"].label = "A recovery code"
            attrs["autocomplete"] = "off"
        else:
            attrs["inputmode"] = "numeric"
        self.fields["code"].widget.attrs |= attrs


def code_step(request: HttpRequest) -> HttpResponse:
    """The second step: a code from the app, or a recovery code."""
    person, half = half_signed_in(request)
    if person is None:
        return start_again(request)
    recovery = "recovery" in request.GET
    form = CodeForm(request.POST or None, recovery=recovery)
    name = attempts.code_of(person.get_username())
    sentence, status = "", 200
    if request.method == "POST" and form.is_valid():
        kind = "" if attempts.is_locked(request, name) else second_factor.check(person, form.cleaned_data["code"])
        if kind:
            attempts.forget_failures(request, name)
            return _code_was_right(request, person, half, kind, remember=form.cleaned_data["remember"])
        if attempts.is_locked(request, name):
            sentence, status = wait_sentence(), 429
        elif attempts.count_failure(request, name):
            note_lock(person.get_username())
            sentence, status = wait_sentence(), 429
        else:
            sentence = (
                "That recovery code did not match, or was used before. Try another one."
                if recovery
                else "That code did not match. Codes change every 30 seconds: wait for the next one and type it again."
            )
    context = {
        **admin.site.each_context(request),
        "title": "One more step",
        "form": form,
        "sentence": sentence or ("Type a code first." if form.errors else ""),
        "recovery": recovery,
        "shared": half["shared"],
    }
    return TemplateResponse(request, "admin/login_code.html", context, status=status)


def _code_was_right(request: HttpRequest, person: User, half: dict, kind: str, *, remember: bool) -> HttpResponse:
    now = timezone.now()
    response = finish(request, person, redirect(half["target"]), shared=half["shared"], second_step=True)
    if kind == "recovery code":
        left = second_factor.recovery_codes_left(person)
        record(person, AuditEntry.Act.RECOVERY_CODE_USED, at=now, about=person)
        codes = "1 recovery code is" if left == 1 else f"{left or 'No'} recovery codes are"
        advice = " Make new ones on your account page." if left < 4 else ""
        messages.warning(request, f"That recovery code is used up. {codes} left.{advice}")
    if remember and not half["shared"]:
        devices.trust(request, response, person, now)
    return response


def start_again(request: HttpRequest) -> HttpResponse:
    """Back to the first step, saying why."""
    request.session.pop(HALF, None)
    messages.warning(request, "That took too long, so the login starts again. Type your password once more.")
    return redirect(reverse("admin:login"))
