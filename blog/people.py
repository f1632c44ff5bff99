"""Logins of staff: inviting a person, and the link with which they set their password.

Each act takes an actor and checks the right itself, as in ``blog.publishing``. No password is ever known to anybody but
its owner: a new login has none until its link is used.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.contrib.auth.models import Group, User
from django.contrib.auth.tokens import default_token_generator
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from django.utils.text import slugify

from blog import outbox, reading
from blog.content.plain import tidy_line
from blog.models import AuditEntry, Author, Mail
from blog.publishing.access import Actor, NotAllowed, Operator, Refused
from blog.publishing.preview_links import end_links_of
from blog.publishing.record import record

# Says to ``invite`` that an author of the same name is somebody else.
NEW_AUTHOR = "new"
_SIGNS = ("add_post", "decide_review")


class NotInvited(Refused):
    """An invitation that cannot be made as it was asked for; its text says what to do instead.

    ``about`` names the argument of ``invite`` that needs another value, so that a face can point to its own way to it.
    """

    def __init__(self, sentence: str, about: str) -> None:
        super().__init__(sentence)
        self.about = about


@dataclass(frozen=True)
class Invitation:
    """A login and the link, with its host, that sets its password. ``is_new``: the login was made for it.

    ``author`` is the author page that was made for it or tied to it just now; ``mail`` waits to be sent.
    """

    user: User
    link: str
    is_new: bool
    author: Author | None = None
    mail: Mail | None = None


def may_do_everything(actor: Actor) -> bool:
    """Whether the actor stands above all roles."""
    return isinstance(actor, Operator) or bool(actor.is_active and getattr(actor, "is_superuser", False))


def may_invite(actor: Actor) -> bool:
    """Whether the actor may make logins for others."""
    return bool(actor.is_active and actor.has_perm("auth.add_user"))


def invite(
    actor: Actor,
    *,
    name: str = "",
    email: str = "",
    username: str = "",
    roles: Sequence[str] = (),
    everything: bool = False,
    reopen: bool = False,
    author: str = "",
    credentials: str = "",
    job_title: str = "",
    now: datetime | None = None,
) -> Invitation:
    """Make a login without a password, or find the one of that e-mail or user name, and make a link for it.

    Roles are added, never taken away; ``everything`` puts the login above all roles, and ends its password and sessions
    if it was not there; ``reopen`` opens a closed one. A login that was found by its e-mail alone gets no more rights.
    A login that has no password yet gets a link that makes every earlier one void.

    A new login with a role that writes or reviews gets an author page of that name, with ``credentials`` and
    ``job_title``. ``author`` is the address of one that is there already and has no login; where there is one of that
    name, it has to be said, or that it is somebody else (``NEW_AUTHOR``). Where e-mail is set up, the link waits in the
    outbox: call ``outbox.send_soon`` or ``outbox.send_now``.

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
    now = now or timezone.now()
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
        was_closed, before = not user.is_active, None if is_new else _rights(user)
        if is_new or was_closed or not user.has_usable_password() or (everything and not user.is_superuser):
            user.set_unusable_password()  # a new random mark: links made before stop working, and so do open sessions
        user.is_active = user.is_staff = True
        user.is_superuser = user.is_superuser or everything
        _check(user)
        user.save()
        user.groups.add(*groups)
        signs = is_new and name and (everything or _sign_articles(groups))
        page = _author_page(user, name, author, credentials, job_title) if signs or author else None
        record(actor, AuditEntry.Act.INVITED, at=now, about=user, reason=_rights(user) if is_new else "")
        if before is not None and was_closed:
            record(actor, AuditEntry.Act.LOGIN_OPENED, at=now, about=user)
        if before is not None and before != _rights(user):
            record(actor, AuditEntry.Act.RIGHTS_CHANGED, at=now, about=user, reason=f"{before} → {_rights(user)}")
        link = settings.SITE_URL + password_path(user)
        return Invitation(user, link, is_new, page, _mail_link(user, link, now))


def record_new_login(actor: Actor, user: User) -> None:
    """Write down that a login was made with a password that somebody else typed. To be called where it is made."""
    record(actor, AuditEntry.Act.INVITED, at=timezone.now(), about=user, reason="with a password")


def record_other_name(actor: Actor, before: User, after: User) -> None:
    """Write down another user name or e-mail address of a login; to be called where it is saved.

    Who changes where links for a new password go can get in as somebody else. What stays the same leaves no entry.
    """
    changed = [
        f"{name}: {old or 'none'} → {new or 'none'}"
        for name, old, new in (
            ("user name", before.username, after.username),
            ("e-mail address", before.email, after.email),
        )
        if old != new
    ]
    if changed:
        record(actor, AuditEntry.Act.LOGIN_CHANGED, at=timezone.now(), about=after, reason=", ".join(changed))


@transaction.atomic
def change_rights(
    actor: Actor,
    user: User,
    *,
    roles: Iterable[Group] | None = None,
    is_active: bool | None = None,
    everything: bool | None = None,
    now: datetime | None = None,
) -> None:
    """Give a login exactly these roles, close or open it, put it above all roles or not. None leaves what is.

    The preview links of a login that is closed end with it, and so do its trusted browsers. Raises ``NotAllowed``
    where the actor may not do it; nobody closes the own login or takes the own power away.
    """
    now = now or timezone.now()
    stored = User.objects.select_for_update().get(pk=user.pk)
    if not (actor.is_active and actor.has_perm("auth.change_user")):
        raise NotAllowed("Your login may not change those of others. Ask the person who manages logins.")
    moves = everything is not None and everything != stored.is_superuser
    if (moves or stored.is_superuser) and not may_do_everything(actor):
        raise NotAllowed("Only a login that may do everything can change one that may.")
    if stored.pk == actor.pk and (is_active is False or (moves and not everything)):
        raise NotAllowed("Nobody closes the own login. Ask a colleague who manages logins.")
    before = _rights(stored)
    if is_active is not None and is_active != stored.is_active:
        act = AuditEntry.Act.LOGIN_OPENED if is_active else AuditEntry.Act.LOGIN_CLOSED
        record(actor, act, at=now, about=stored)
        stored.is_active = is_active
        if not is_active:
            end_links_of(actor, stored, now)
            stored.trusted_devices.all().delete()
    if moves:
        stored.is_superuser = everything
    stored.save(update_fields=["is_active", "is_superuser"])
    if roles is not None:
        stored.groups.set(roles)
    if before != _rights(stored):
        record(actor, AuditEntry.Act.RIGHTS_CHANGED, at=now, about=stored, reason=f"{before} → {_rights(stored)}")
    user.is_active, user.is_superuser = stored.is_active, stored.is_superuser


def _rights(user: User) -> str:
    """What a login may do, in words for the record."""
    names = [*(["everything"] if user.is_superuser else []), *user.groups.order_by("pk").values_list("name", flat=True)]
    return ", ".join(names) or "no role"


def _sign_articles(groups: Sequence[Group]) -> bool:
    return Group.objects.filter(
        pk__in=[group.pk for group in groups],
        permissions__codename__in=_SIGNS,
        permissions__content_type__app_label="blog",
    ).exists()


def _author_page(user: User, name: str, wanted: str, credentials: str, job_title: str) -> Author:
    if Author.objects.filter(user=user).exists():
        raise NotInvited(f"The login “{user.username}” has an author page already.", "author")
    free = Author.objects.filter(user=None)
    if wanted in ("", NEW_AUTHOR):
        same = free.filter(name__iexact=name).first()
        if same is not None and not wanted:
            raise NotInvited(f"There is an author page “{same.name}” ({same.slug}) that has no login.", "author")
        page = Author(name=name, slug=_free_slug(name), credentials=credentials.strip(), job_title=job_title.strip())
    else:
        page = free.filter(slug=wanted).first()
        if page is None:
            raise NotInvited(f"There is no author page “{wanted}” without a login.", "author")
    page.user = user
    try:
        page.clean_fields()
    except ValidationError as error:
        field, messages = next(iter(error.message_dict.items()))
        raise NotInvited(f"The author page cannot have this: {messages[0]}", field) from None
    page.save()
    return page


def authors_without_login(name: str) -> list[Author]:
    """Author pages of this name that no login belongs to: perhaps the same person."""
    return list(Author.objects.filter(user=None, name__iexact=tidy_line(name)))


def _free_slug(name: str) -> str:
    base = slugify(name)[:90].strip("-") or "author"
    taken = set(Author.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    return next(
        one for number in range(1, len(taken) + 2) if (one := f"{base}-{number}" if number > 1 else base) not in taken
    )


def _mail_link(user: User, link: str, now: datetime) -> Mail | None:
    subject = f"Your login for the blog of {reading.practice().name}"
    about = {"link": link, "lifetime": link_lifetime()}
    return next(iter(outbox.put([user], subject, "invitation.txt", now=now, **about)), None)


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
