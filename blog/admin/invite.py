"""Inviting a colleague: a login, an author page and a link, made by ``blog.people``; the link is shown once."""

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.auth.models import Group, User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html
from django.views.decorators.http import require_POST

from blog import outbox, people, publishing
from blog.models import Author

from .people import RolesField
from .staff_model import error_note

# What to do on this screen where ``people.invite`` refuses, by the argument that it names.
WHAT_TO_DO = {
    "username": "Open that login in the list of logins, and change its roles or make a new link there.",
    "reopen": "Open it in the list of logins, and tick “May log in” first.",
}
_ABOUT = {"name": "name", "first_name": "name", "last_name": "name", "email": "email", "roles": "roles"}


class InviteForm(forms.Form):
    """Who comes, and what they may do. ``author`` is asked only where a page of that name has no login yet."""

    name = forms.CharField(
        label="Name",
        max_length=100,
        help_text="As readers should see it, without titles.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "class": "vTextField"}),
        error_messages={"required": "Write the name of the person."},
    )
    email = forms.EmailField(
        label="E-mail",
        required=False,
        widget=forms.EmailInput(attrs={"autocomplete": "off", "class": "vTextField"}),
        error_messages={"invalid": "This is not an e-mail address. Write it whole, as in dana@example.com."},
    )
    roles = RolesField(Group.objects.order_by("pk"), label="What may they do?", required=False)
    everything = forms.BooleanField(
        label="May do everything", required=False, help_text="Above all roles. One or two people need it."
    )
    credentials = forms.CharField(
        label="Credentials",
        required=False,
        max_length=Author._meta.get_field("credentials").max_length,
        help_text="Letters after the name, such as RN or MD.",
        widget=forms.TextInput(attrs={"class": "vTextField"}),
    )
    job_title = forms.CharField(
        label="Job title",
        required=False,
        max_length=Author._meta.get_field("job_title").max_length,
        widget=forms.TextInput(attrs={"class": "vTextField"}),
    )
    author = forms.ChoiceField(required=False, widget=forms.RadioSelect)

    def __init__(self, *args, may_do_everything: bool, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        if not may_do_everything:
            del self.fields["everything"]
        self.fields["email"].help_text = (
            "The link is sent there, and shown here, too. Blank: you hand it over yourself."
            if settings.EMAIL_CONFIGURED
            else "For later. This blog sends no e-mail yet: you hand the link over yourself."
        )
        found = people.authors_without_login(self.data.get("name", "")) if self.is_bound else []
        self.asks_who = bool(found)
        if found:
            pages = [(page.slug, self._is(page)) for page in found]
            self.fields["author"].choices = [*pages, (people.NEW_AUTHOR, "No, this is somebody else of the same name")]
            self.fields["author"].label = f"Is this {found[0].name} on the site already?"
        else:
            del self.fields["author"]

    def _is(self, page: Author) -> str:
        about = ", ".join(filter(None, (page.credentials, page.job_title))) or "no credentials or job title yet"
        return f"Yes, the author page “{page.name}” is theirs ({about})"


def invite(request: HttpRequest) -> HttpResponse:
    """Ask who comes (GET), then make the login and show its link (POST)."""
    site = admin.site
    if not people.may_invite(request.user):
        return site.refusal(request, "Your login may not invite people. Ask the person who manages logins.")
    form = InviteForm(request.POST or None, may_do_everything=people.may_do_everything(request.user))
    if request.method == "POST" and form.is_valid():
        wanted = {name: value for name, value in form.cleaned_data.items() if name != "roles"}
        try:
            roles = [role.name for role in form.cleaned_data["roles"]]
            invitation = people.invite(request.user, roles=roles, **wanted)
        except people.NotInvited as refused:
            about = "author" if refused.about == "author" and form.asks_who else _ABOUT.get(refused.about)
            sentence = "Say which it is." if about == "author" else str(refused)
            form.add_error(about, f"{sentence} {WHAT_TO_DO.get(refused.about, '')}".strip())
        except publishing.NotAllowed as refused:
            return site.refusal(request, str(refused))
        else:
            return _link_page(request, invitation)
    context = {
        **site.each_context(request),
        "title": "Invite a colleague",
        "form": form,
        "staff_errors": error_note(form),
        "lifetime": people.link_lifetime(),
    }
    return TemplateResponse(request, "admin/invite.html", context)


@require_POST
def new_link(request: HttpRequest, pk: int) -> HttpResponse:
    """Make a new link to set the password of a login that is there, and show it."""
    user = get_object_or_404(User, pk=pk)
    try:
        invitation = people.invite(request.user, username=user.username)
    except publishing.NotAllowed as refused:
        return admin.site.refusal(request, str(refused))
    except people.NotInvited as refused:
        messages.warning(request, f"{refused} {WHAT_TO_DO.get(refused.about, '')}".strip())
        return redirect("admin:auth_user_change", pk)
    return _link_page(request, invitation)


def _link_page(request: HttpRequest, invitation: people.Invitation) -> HttpResponse:
    outbox.send_soon()
    user = invitation.user
    context = {
        **admin.site.each_context(request),
        "title": f"A link for {user.get_full_name() or user.get_username()}",
        "invitation": invitation,
        "person": user,
        "roles": "everything"
        if user.is_superuser
        else ", ".join(user.groups.order_by("pk").values_list("name", flat=True)),
        "lifetime": people.link_lifetime(),
        "author_link": _author_link(request, invitation.author) if invitation.author else "",
    }
    return TemplateResponse(request, "admin/invited.html", context)


def _author_link(request: HttpRequest, author: Author) -> str:
    if not request.user.has_perm("blog.change_author"):
        return author.name
    return format_html('<a href="{}">{}</a>', reverse("admin:blog_author_change", args=[author.pk]), author.name)
