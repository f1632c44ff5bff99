"""How often somebody may be wrong: django-axes, told what counts as one account, one address and one browser.

- An account is its user name however it is spelled. django-axes never sees the name, only a digest of it: people type
  their password into the wrong field.
- A browser in which somebody has logged in before has a count of its own for that login (a *known* browser, by a signed
  cookie). So a stranger who locks a login locks strangers only, and staff go on working where they work every day.
- An address is an IPv4 address or an IPv6 network of 64 bits. A header that says otherwise is believed only from the
  proxy that FORWARDED_ALLOW_IPS names, and of that only what the proxy itself added.
"""

import unicodedata
from datetime import timedelta

from axes.handlers.database import AxesDatabaseHandler
from axes.handlers.proxy import AxesProxyHandler
from axes.models import AccessAttempt
from django.conf import settings
from django.core import signing
from django.db.models import Sum
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import get_random_string, salted_hmac

from blog import networks

PASSWORDS = 8
CODES = 5
# One address is many people: it may be wrong this many times as often as one account.
PEOPLE_AT_AN_ADDRESS = 5
KNOWN_FOR = timedelta(days=400)
KNOWN_PEOPLE = 20
_CODE, _FORGOTTEN, READERS = "code:", "forgotten:", "readers:"


def normalised(name: str) -> str:
    """A user name as it is counted: case, spaces around and Unicode spellings make no difference."""
    once = unicodedata.normalize("NFKC", name).casefold()
    return unicodedata.normalize("NFKC", once).strip()


def asking(request: HttpRequest) -> HttpRequest:
    """A request without what its form holds: django-axes keeps that with each wrong try."""
    bare = HttpRequest()
    bare.method, bare.path, bare.META, bare.COOKIES = request.method, request.path, request.META, request.COOKIES
    return bare


def is_locked(request: HttpRequest, name: str) -> bool:
    """Whether this browser must wait before it may try this name again."""
    return not AxesProxyHandler.is_allowed(asking(request), {"username": name})


def count_failure(request: HttpRequest, name: str) -> bool:
    """Count one wrong try. Returns whether it was one too many."""
    bare = asking(request)
    AxesProxyHandler.user_login_failed("blog", {"username": name}, bare)
    return bare.axes_locked_out


def forget_failures(request: HttpRequest, name: str) -> None:
    """After a right one, earlier wrong tries count no more."""
    AccessAttempt.objects.filter(username=account(request, {"username": name})).delete()


def code_of(name: str) -> str:
    """Under which name wrong codes of this login are counted."""
    return f"{_CODE}{normalised(name)}"


def forgotten_of(email: str) -> str:
    """Under which name the asking for a link to this e-mail address is counted."""
    return f"{_FORGOTTEN}{normalised(email)}"


# --- What django-axes is told: named in settings --------------------------------------------------------------------


class StaffAttempts(AxesDatabaseHandler):
    """The counts: by account, and more patiently by address."""

    def get_failures(self, request: HttpRequest, credentials: dict | None = None) -> int:
        """Wrong tries in the last minutes, for this account or, by its share, this address."""
        counts = [
            (attempts.aggregate(found=Sum("failures_since_start"))["found"] or 0)
            for attempts in self.get_user_attempts(request, credentials)
        ]
        return max(count if number == 0 else count // PEOPLE_AT_AN_ADDRESS for number, count in enumerate(counts))

    def reset_user_attempts(self, request: HttpRequest, credentials: dict | None = None) -> int:
        """After a login: forgets the account's wrong tries, not those of everybody else at its address."""
        return AccessAttempt.objects.filter(username=account(request, credentials)).delete()[0]


def account(request: HttpRequest, credentials: dict | None) -> str:
    """What is counted as one account: a digest of its name, with the browser's own number where it is known."""
    name = normalised(str((credentials or {}).get("username") or ""))
    mark = _mark(name)
    browser = _known(request)
    return f"{mark}:{browser['browser']}" if _mark(_login(name)) in browser.get("people", ()) else mark


def limits(request: HttpRequest, credentials: dict | None) -> list:
    """By what django-axes looks: the account first, then the address unless the browser is known."""
    if str((credentials or {}).get("username") or "").startswith(READERS):
        return [["username", "ip_address"]]
    return ["username"] if ":" in account(request, credentials) else ["username", "ip_address"]


def allowed(request: HttpRequest, credentials: dict | None) -> int:
    """How many wrong tries are one too many."""
    name = str((credentials or {}).get("username") or "")
    if name.startswith(READERS):
        return PASSWORDS * PEOPLE_AT_AN_ADDRESS
    return CODES if name.startswith(_CODE) else PASSWORDS


def address(request: HttpRequest) -> str | None:
    """From where a request comes, as far as it can be believed; None where that is unknown."""
    found = networks.visitor(request.META, settings.FORWARDED_ALLOW_IPS)
    if found is None or found.version == 4:
        return found and str(found)
    return networks.shortened(found, 64)


# --- Known browsers -------------------------------------------------------------------------------------------------


def remember_browser(request: HttpRequest, response: HttpResponse, name: str) -> None:
    """After a login: from now on this browser has a count of its own for this name. It opens nothing by itself."""
    known = _known(request)
    mark = _mark(normalised(name))
    people = [mark, *(one for one in known.get("people", ()) if one != mark)][:KNOWN_PEOPLE]
    value = {"browser": known.get("browser") or get_random_string(16), "people": people}
    response.set_cookie(
        settings.KNOWN_BROWSER_COOKIE,
        signing.dumps(value, salt="known-browser", compress=True),
        max_age=KNOWN_FOR,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _known(request: HttpRequest) -> dict:
    try:
        return signing.loads(
            request.COOKIES.get(settings.KNOWN_BROWSER_COOKIE, ""), salt="known-browser", max_age=KNOWN_FOR
        )
    except signing.BadSignature:
        return {}


def _login(name: str) -> str:
    return name.removeprefix(_CODE)


def _mark(name: str) -> str:
    return salted_hmac("blog.signing_in.attempts", name, algorithm="sha256").hexdigest()[:32]
