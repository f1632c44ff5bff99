"""``manage.py invite``: a login for a person, and a link with which they set their password."""

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError

from blog import outbox, people
from blog.publishing import Operator

HOW = {
    "roles": "Add --role Writer, --role Editor, --role 'Medical reviewer', --role Manager, or --everything.",
    "author": "Add --author ADDRESS, the last part of the page's address, or --author new if it is somebody else.",
    "username": "Add --username NAME.",
    "reopen": "Add --reopen to open it again.",
}


class Command(BaseCommand):
    """Make a staff login, or find the one that is there, and print a link that sets its password."""

    help = (
        "Make a staff login and print a link with which the person sets the password. "
        "Inviting the same e-mail address or user name again makes a new link for the same login."
    )

    # Django's own checks ask the database, and would end this command with a traceback where that is away.
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Options of the command."""
        parser.add_argument("--name", default="", help='the person, as in "Dana Ruiz"')
        parser.add_argument("--email", default="", help="where the link is sent too, if e-mail is set up")
        parser.add_argument("--username", default="", help="what the person logs in with; else made from the name")
        parser.add_argument(
            "--role",
            action="append",
            default=[],
            metavar="ROLE",
            help="Writer, Editor, Medical reviewer or Manager; may be repeated",
        )
        parser.add_argument(
            "--author",
            default="",
            metavar="ADDRESS",
            help="the author page that is this person's already, by the last part of its address; or: new",
        )
        parser.add_argument("--everything", action="store_true", help="above all roles, as the clinic's first login is")
        parser.add_argument("--reopen", action="store_true", help="open the login again if it was closed")

    def handle(self, *args, **options) -> None:
        """Print what was done and the link; send it where that is possible."""
        if not (options["name"].strip() or options["email"].strip() or options["username"].strip()):
            raise CommandError('Say whom to invite, as in: manage.py invite --name "Dana Ruiz" --role Editor')
        wanted = {name: options[name] for name in ("name", "email", "username", "everything", "reopen", "author")}
        try:
            invitation = people.invite(Operator(), roles=options["role"], **wanted)
        except people.NotInvited as refused:
            raise CommandError(f"{refused} {HOW.get(refused.about, '')}".strip()) from None
        except DatabaseError as error:
            reason = " ".join(str(error).split())
            raise CommandError(
                f"The database cannot be used ({reason}). Look at DATABASE_URL, and run manage.py migrate."
            ) from None
        user = invitation.user
        roles = [group.name for group in user.groups.order_by("pk")]
        may = "everything" if user.is_superuser else ", ".join(roles) or "nothing yet: add --role"
        made = "is made" if invitation.is_new else "was there already and stays the same; here is a new link"
        self.stdout.write(f"The login “{user.username}” {made}. Role: {may}.")
        if invitation.author is not None:
            self.stdout.write(f"The author page “{invitation.author.name}” belongs to it.")
        self.stdout.write(
            f"Give this link to {user.get_full_name() or user.username}. "
            f"It sets the password, works once, and ends after {people.link_lifetime()}:"
        )
        self.stdout.write(f"\n  {invitation.link}\n")
        self.stdout.write(self._sent(invitation))

    def _sent(self, invitation: people.Invitation) -> str:
        email = invitation.user.email
        if not email:
            return "No e-mail address is known, so the link was not sent."
        if not settings.EMAIL_CONFIGURED:
            return "E-mail is not set up here (EMAIL_URL), so the link was not sent: give it to the person yourself."
        reason = outbox.send_now(invitation.mail)
        if reason:
            return f"It could not be sent to {email} ({reason}): give it to the person yourself, or wait."
        return f"It was also sent to {email}."
