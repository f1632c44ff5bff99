"""Pages for people who have no password, or forgot it: Django's own views in the staff's look.

Nobody is signed in here. A link's token is moved out of the address at once (Django's view keeps it in the session), so
that it stands in no history and in no Referer.
"""

from threading import Thread

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.auth.forms import PasswordResetForm, SetPasswordForm
from django.contrib.auth.models import User
from django.contrib.auth.views import PasswordResetConfirmView, PasswordResetDoneView, PasswordResetView
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse_lazy
from django.utils import timezone
from django.views.decorators.cache import never_cache

from blog import people, reading
from blog.signing_in import attempts, passwords

from .login import NAME_TO_FILL_IN
from .site import staff_policy

# Seconds until the same login is sent another link (by the same process): nobody floods a mailbox, or this server.
PAUSE = 300


def welcome_urls() -> list[URLPattern]:
    """The addresses of these pages, for the admin site's ``get_urls``. None asks for a login."""
    return [
        path("welcome/<uidb64>/<token>/", _page(SetPassword), name="welcome"),
        path("forgotten/", _page(Forgotten), name="forgotten"),
        path("forgotten/sent/", _page(LinkSent), name="forgotten_sent"),
    ]


def _page(view: type) -> HttpResponse:
    return staff_policy(never_cache(view.as_view()))


class StaffPage:
    """Mixin: the frame of the staff's pages around one of Django's views."""

    def get_context_data(self, **kwargs) -> dict:
        """Django's own, with the frame."""
        context = admin.site.each_context(self.request) | super().get_context_data(**kwargs)
        return context | {"lifetime": people.link_lifetime(), "can_send_mail": settings.EMAIL_CONFIGURED}


class NewPasswordForm(SetPasswordForm):
    """Django's own form, with plain labels."""

    error_messages = SetPasswordForm.error_messages | {
        "password_mismatch": "The two are not the same. Type the password again in both fields."
    }

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["new_password1"].label = "New password"
        self.fields["new_password2"].label = "The same password again"
        self.fields[
            "new_password1"
        ].help_text = (
            "At least 10 characters, not only digits. Nothing that others guess: no name of yours, no usual password."
        )
        self.fields["new_password2"].help_text = ""
        self.fields["new_password1"].widget.attrs["autofocus"] = True


class SetPassword(StaffPage, PasswordResetConfirmView):
    """Where an invitation and a forgotten password lead."""

    form_class = NewPasswordForm
    template_name = "admin/welcome.html"
    title = "Set your password"
    success_url = reverse_lazy("admin:login")

    def get_user(self, uidb64: str) -> User | None:
        """Whose link this is; nobody's where the login is closed."""
        user = super().get_user(uidb64)
        return user if user is not None and user.is_active and user.is_staff else None

    def form_valid(self, form: NewPasswordForm) -> HttpResponse:
        """Keep the password and lead to the login."""
        response = super().form_valid(form)
        passwords.changed(form.user, form.user, timezone.now())
        self.request.session[NAME_TO_FILL_IN] = form.user.get_username()
        messages.success(self.request, "Your password is set. Log in with it.")
        return response


class ForgottenForm(PasswordResetForm):
    """Django's own form, for every open staff login, also one whose first password was never set."""

    email = forms.EmailField(
        label="Your e-mail address",
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "autofocus": True}),
    )

    def get_users(self, email: str) -> list[User]:
        """Open staff logins with this address that were sent no link in the last minutes."""
        found = User.objects.filter(email__iexact=email, is_active=True, is_staff=True)
        return [user for user in found if cache.add(f"forgotten:{user.pk}", True, PAUSE)]

    def send_mail(self, *args, **kwargs) -> None:
        """Send while the answer is under way already: its time would tell whether there is such a login."""
        Thread(target=super().send_mail, args=args, kwargs=kwargs).start()


class Forgotten(StaffPage, PasswordResetView):
    """Asks for an e-mail address, and says the same whether or not a login has it."""

    form_class = ForgottenForm
    template_name = "admin/forgotten.html"
    title = "Forgotten your password?"
    success_url = reverse_lazy("admin:forgotten_sent")
    email_template_name = "admin/mail/forgotten.txt"
    subject_template_name = "admin/mail/forgotten_subject.txt"

    def dispatch(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        """Without e-mail there is nothing to send, and the page says who helps."""
        if not settings.EMAIL_CONFIGURED:
            return self.render_to_response(self.get_context_data(form=None))
        self.extra_email_context = {
            "site_url": settings.SITE_URL,
            "practice": reading.practice(),
            "lifetime": people.link_lifetime(),
        }
        return super().dispatch(request, *args, **kwargs)

    def form_valid(self, form: ForgottenForm) -> HttpResponse:
        """Send the link, unless too many were asked for; the answer is the same."""
        name = attempts.forgotten_of(form.cleaned_data["email"])
        if attempts.is_locked(self.request, name):
            return redirect(self.success_url)
        attempts.count_failure(self.request, name)
        return super().form_valid(form)


class LinkSent(StaffPage, PasswordResetDoneView):
    """Says what to look for."""

    template_name = "admin/forgotten_sent.html"
    title = "Look into your mail"
