"""Logins of staff: inviting a person, and the link with which they set their password.

Each act takes an actor and checks the right itself, as in ``blog.publishing``. No password is ever known to anybody but
its owner: a new login has none until its link is used.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth.models import Group, User
from django.contrib.auth.tokens import default_token_generator
from django.core.exceptions import ValidationError
from django.core.mail import send_mail
from django.core.validators import validate_email
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from django.utils.text import slugify

from blog import reading
from blog.publishing.access import Actor, NotAllowed, Operator, Refused


class NotInvited(Refused):
    """An invitation that cannot be made as it was asked for; its text says what to do instead.

    ``about`` names the argument of ``invite`` that needs another value, so that a face can point to its own way to it.
    """

    def __init__(self, sentence: str, about: str) -> None:
        super().__init__(sentence)
        self.about = about


@dataclass(frozen=True)
class Invitation:
    """A login and the link, with its host, that sets its password. ``is_new``: the login was made for it."""

    user: User
    link: str
    is_new: bool


def may_do_everything(actor: Actor) -> bool:
    """Whether the actor stands above all roles."""
    return isinstance(actor, Operator) or bool(actor.is_active and getattr(actor, "is_superuser", False))


def invite(
    actor: Actor,
    *,
    name: str = "",
    email: str = "",
    username: str = "",
    roles: Sequence[str] = (),
    everything: bool = False,
    reopen: bool = False,
) -> Invitation:
    """Make a login without a password, or find the one of that e-mail or user name, and make a link for it.

    Roles are added, never taken away; ``everything`` puts the login above all roles, and ends its password and sessions
    if it was not there; ``reopen`` opens a closed one. A login that was found by its e-mail alone gets no more rights.
    A login that has no password yet gets a link that makes every earlier one void.

    Raises ``NotAllowed`` where the actor may not do it, and ``NotInvited`` where it cannot be done so.
    """
    name, email, username = " ".join(name.split()), email.strip(), username.strip()
    if email:
        try:
            validate_email(email)
        except ValidationError:
            raise NotInvited(
                f"“{email}” is not an e-mail address. Write it whole, as in dana@example.com.", "email"
            ) from None
    groups = _groups(roles)
    with transaction.atomic():
        user = _find(email, username)
        is_new = user is None
        if not (actor.is_active and actor.has_perm("auth.add_user" if is_new else "auth.change_user")):
            raise NotAllowed("Your login may not invite people. Ask the person who manages logins.")
        if (everything or (user is not None and user.is_superuser)) and not may_do_everything(actor):
            raise NotAllowed("Only a login that may do everything can invite one that may.")
        if user is None:
            if not (groups or everything):
                raise NotInvited("Say what the person may do: at least one role.", "roles")
            user = _new(name, email, username)
        elif not user.is_active and not reopen:
            raise NotInvited(f"The login “{user.username}” is closed, and a link would not open it.", "reopen")
        elif not username and _would_gain(user, groups, everything):
            # Whoever looks after logins could have put this address on one whose password they know.
            raise NotInvited(
                f"The login “{user.username}” has this e-mail address already, and would get more rights. "
                "If it is the same person, say so by the user name.",
                "username",
            )
        if is_new or not user.is_active or not user.has_usable_password() or (everything and not user.is_superuser):
            user.set_unusable_password()  # a new random mark: links made before stop working, and so do open sessions
        user.is_active = user.is_staff = True
        user.is_superuser = user.is_superuser or everything
        _check(user)
        user.save()
        user.groups.add(*groups)
    return Invitation(user, settings.SITE_URL + password_path(user), is_new)


def _would_gain(user: User, groups: Sequence[Group], everything: bool) -> bool:
    return (everything and not user.is_superuser) or bool({*groups} - {*user.groups.all()})


def password_path(user: User) -> str:
    """The path of a page where this person sets a password: once, and for ``settings.PASSWORD_RESET_TIMEOUT``."""
    uid = urlsafe_base64_encode(force_bytes(user.pk))
    return reverse("admin:welcome", args=[uid, default_token_generator.make_token(user)])


def link_lifetime() -> str:
    """How long a link to set a password works, in words: «3 days», «36 hours»."""
    hours = max(1, settings.PASSWORD_RESET_TIMEOUT // 3600)
    count, unit = (hours // 24, "day") if hours % 24 == 0 else (hours, "hour")
    return f"{count} {unit}" if count == 1 else f"{count} {unit}s"


def send_invitation(invitation: Invitation) -> str:
    """Send the link to the login's e-mail address. Returns why it could not be sent; blank when it was."""
    practice = reading.practice()
    context = {"invitation": invitation, "user": invitation.user, "practice": practice, "lifetime": link_lifetime()}
    body = render_to_string("admin/mail/invitation.txt", context)
    try:
        send_mail(f"Your login for the blog of {practice.name}", body, None, [invitation.user.email])
    except (OSError, ValueError) as error:  # smtplib's errors are OSErrors; a header that cannot be one, a ValueError
        return " ".join(str(error).split()) or type(error).__name__
    return ""


def _groups(roles: Iterable[str]) -> list[Group]:
    known = {group.name.lower(): group for group in Group.objects.all()}
    for role in roles:
        if role.lower() not in known:
            names = ", ".join(group.name for group in known.values())
            raise NotInvited(f"There is no role “{role}”. There are: {names}.", "roles")
    return [known[role.lower()] for role in roles]


def _find(email: str, username: str) -> User | None:
    """The login that is meant: the one with this e-mail, or with this user name where no e-mail speaks against it."""
    if username:
        found = User.objects.select_for_update().filter(username__iexact=username).first()
        if found is None or not email or not found.email or found.email.lower() == email.lower():
            return found
        raise NotInvited(f"The user name “{found.username}” belongs to somebody else.", "username")
    if not email:
        return None
    found = list(User.objects.select_for_update().filter(email__iexact=email))
    if len(found) > 1:
        names = ", ".join(f"“{user.username}”" for user in found)
        raise NotInvited(f"More than one login has this e-mail address: {names}.", "username")
    return found[0] if found else None


def _new(name: str, email: str, username: str) -> User:
    first, _, last = name.rpartition(" ") if " " in name else (name, "", "")
    return User(
        username=username or _free_username(name, email),
        email=User.objects.normalize_email(email),
        first_name=first,
        last_name=last,
    )


def _free_username(name: str, email: str) -> str:
    base = (slugify(name).replace("-", ".") or slugify(email.partition("@")[0].replace(".", "-")).replace("-", "."))[
        :140
    ]
    if not base:
        raise NotInvited("No user name can be made from this.", "username")
    taken = {one.lower() for one in User.objects.filter(username__istartswith=base).values_list("username", flat=True)}
    if base not in taken:
        return base
    if not email:
        raise NotInvited(
            f"There is a login “{base}” already. If it is the same person, say so by that user name; "
            "if not, choose another one.",
            "username",
        )
    return next(one for number in range(2, len(taken) + 3) if (one := f"{base}{number}") not in taken)


def _check(user: User) -> None:
    try:
        user.clean_fields(exclude=["password"])
    except ValidationError as error:
        field, messages = next(iter(error.message_dict.items()))
        label = User._meta.get_field(field).verbose_name
        raise NotInvited(f"The {label} cannot be “{getattr(user, field)}”: {messages[0]}", field) from None
