"""The first steps: what a new clinic has to look at once, until each is done.

Where the product can see that a step is done, it says so by itself. Where only a person knows, they tick it, and can
take the tick back. The list is for those who look after the practice; it leaves the first page when all is done, and
stays at an address of its own.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.core.mail import send_mail
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from blog import health, publishing, reading
from blog.clinic_time import clock, day, zone_label
from blog.health.here import backup
from blog.models import Author, Practice, SetUpStep


@dataclass(frozen=True)
class Known:
    """What the steps are judged by, looked up once."""

    user: User
    now: datetime
    practice: Practice
    has_samples: bool

    def is_filled_in(self, field: str) -> bool:
        """Whether a detail of the practice is there and is the clinic's own, not the samples'."""
        value = getattr(self.practice, field)
        standard = Practice._meta.get_field(field).get_default()
        return bool(value) and value not in (standard, publishing.sample_practice_values().get(field))


@dataclass(frozen=True)
class Look:
    """How one step stands: done or not, and a sentence that says why or what to do.

    ``tickable`` is false while something else has to come first; ``url`` and ``link_words`` lead there.
    """

    done: bool
    sentence: str
    tickable: bool = True
    url: str = ""
    link_words: str = ""


@dataclass(frozen=True)
class Step:
    """One step. ``tick`` is the button for what only a person knows, blank where the product sees it by itself.

    ``field`` names the field of the practice that it is about; ``link`` is another screen, by its name.
    """

    name: str
    title: str
    look: Callable[[Known], Look]
    tick: str = ""
    link_words: str = "Enter it"
    field: str = ""
    link: str = ""

    @property
    def url(self) -> str:
        """Where the step is done, or blank."""
        if self.field:
            return f"{reverse('admin:blog_practice_change', args=[1])}#id_{self.field}"
        return reverse(self.link) if self.link else ""


def may_set_up(user: User) -> bool:
    """Whether the first steps concern this person."""
    return user.has_perm("blog.change_practice")


def set_up_urls(site: admin.AdminSite) -> list[URLPattern]:
    """The addresses of the list, for the site's ``get_urls``."""
    return [
        path("first-steps/", site.admin_view(first_steps), name="set_up"),
        path("first-steps/test-mail/", site.admin_view(require_POST(send_test_mail)), name="set_up_test_mail"),
        path("first-steps/<slug:name>/", site.admin_view(require_POST(tick)), name="set_up_tick"),
    ]


# --- The steps ----------------------------------------------------------------------------------------


def _detail(field: str, blank: str) -> Callable[[Known], Look]:
    def look(known: Known) -> Look:
        value = getattr(known.practice, field)
        if known.is_filled_in(field):
            return Look(True, value)
        if value and value == publishing.sample_practice_values().get(field):
            return Look(False, f"“{value}” came with the samples. {blank}")
        return Look(False, blank)

    return look


def _time_zone(known: Known) -> Look:
    return Look(
        False,
        f"Staff schedule in {zone_label()} ({settings.TIME_ZONE}), where it is {clock(known.now)} on "
        f"{day(known.now, known.now)}. If that is not your clock, whoever runs the server changes TIME_ZONE and "
        "TIME_ZONE_LABEL before you schedule anything.",
    )


def _people(known: Known) -> Look:
    if not Author.objects.filter(is_sample=False, user__isnull=False).exists():
        own = urlencode({"user": known.user.pk, "name": known.user.get_full_name()})
        return Look(
            False,
            "Nobody’s login has a page as an author yet, so posts carry no name of yours. Begin with your own.",
            tickable=False,
            url=f"{reverse('admin:blog_author_add')}?{own}",
            link_words="Add your page",
        )
    colleagues = User.objects.filter(is_active=True, is_staff=True).exclude(pk=known.user.pk).count()
    if colleagues:
        return Look(True, f"{'1 colleague has' if colleagues == 1 else f'{colleagues} colleagues have'} a login, too.")
    return Look(False, "Nobody else has a login. Give each colleague one of their own, with the role they need.")


def _review_policy(known: Known) -> Look:
    policy = known.practice.get_review_policy_display()
    done = known.practice.review_policy != Practice.ReviewPolicy.NOBODY_YET
    return Look(done, f"Who checks health articles before they go live? Now: {policy.lower()}. Choose it in Practice.")


def _test_mail(known: Known) -> Look:
    if not settings.EMAIL_CONFIGURED:
        return Look(
            False,
            "E-mail is not set up, so links for new passwords have to be handed over, and nobody hears of a review by "
            "mail. Whoever runs the server sets EMAIL_URL and DEFAULT_FROM_EMAIL.",
        )
    if not known.user.email:
        return Look(False, "Your login has no e-mail address to send a test to. Add it to your login first.")
    return Look(False, f"Send one to {known.user.email} and look whether it arrives.")


def _backup(known: Known) -> Look:
    finding = backup()
    return Look(finding.level == health.OK, finding.sentence)


def _samples(known: Known) -> Look:
    if known.has_samples:
        return Look(False, "The blog shows sample articles. Remove them when you have seen enough.")
    return Look(True, "No sample article is left.")


STEPS: tuple[Step, ...] = (
    Step("name", "Name of the practice", _detail("name", "It stands at the top of every page."), field="name"),
    Step("phone", "Phone", _detail("phone", "It is one tap away on every article."), "We show none", field="phone"),
    Step("hours", "Hours", _detail("hours", "When somebody answers."), "We show none", "Enter them", field="hours"),
    Step(
        "after_hours",
        "After hours",
        _detail("after_hours_text", "Whom patients call when you are closed. Somebody reads it at eleven at night."),
        "We show none",
        field="after_hours_text",
    ),
    Step(
        "booking",
        "Booking link",
        _detail("booking_url", "Where “Book a visit” leads. Without it there is no such button."),
        "We have none",
        field="booking_url",
    ),
    Step(
        "website",
        "Link to your website",
        _detail("website_url", "So that readers find the way back to your main website."),
        "We have none",
        field="website_url",
    ),
    Step("time_zone", "Time zone", _time_zone, "That is right"),
    Step("people", "People", _people, "I work alone", "Invite a colleague", link="admin:invite"),
    Step("review_policy", "Medical review", _review_policy, "Leave it so", "Choose", field="review_policy"),
    Step("test_mail", "Test e-mail", _test_mail, "We do without"),
    Step("backup", "Backup", _backup, "Somebody looks after it", "See the health of the site", link="admin:health"),
    Step("samples", "Samples", _samples, "", "Remove the samples…", link="admin:remove_samples"),
)
NAMES = {step.name: step for step in STEPS}


def steps_for(user: User, now: datetime, practice: Practice, *, has_samples: bool) -> list[dict]:
    """Every step as a template shows it: ``done``, ``by`` whose tick, and what can be done about it."""
    ticked = {step.name: step for step in SetUpStep.objects.select_related("done_by")}
    known = Known(user, now, practice, has_samples)
    found = []
    for step in STEPS:
        look = step.look(known)
        tick = ticked.get(step.name) if step.tick and look.tickable and not look.done else None
        found.append(
            {
                "name": step.name,
                "title": step.title,
                "sentence": look.sentence,
                "done": look.done or tick is not None,
                "by": _who_and_when(tick, now) if tick is not None else "",
                "tick": step.tick if look.tickable else "",
                "url": look.url or step.url,
                "link_words": look.link_words or step.link_words,
                "may_test": step.name == "test_mail" and settings.EMAIL_CONFIGURED and bool(user.email),
            }
        )
    return found


def _who_and_when(step: SetUpStep, now: datetime) -> str:
    who = publishing.name_of(step.done_by)
    return f"Ticked by {who} on {day(step.done_at, now)}."


def front_page_steps(
    user: User, now: datetime, practice: Practice, *, has_samples: bool, most: int | None = None
) -> dict:
    """What the first page shows: the next ``steps`` and ``steps_words``, how many are done; empty when all are.

    ``nobody_checks`` says that nobody checks health articles and that nobody chose it to be so.
    """
    steps = steps_for(user, now, practice, has_samples=has_samples)
    left = [step for step in steps if not step["done"]]
    if not left:
        return {}
    nobody_checks = any(step["name"] == "review_policy" for step in left)
    return {"steps": left[:most], "steps_words": _progress(steps), "nobody_checks": nobody_checks}


def _progress(steps: list[dict]) -> str:
    return f"{sum(step['done'] for step in steps)} of {len(steps)} done"


# --- The page -------------------------------------------------------------------------------------------


def _require(request: HttpRequest) -> None:
    if not may_set_up(request.user):
        raise PermissionDenied


def first_steps(request: HttpRequest) -> HttpResponse:
    """All steps, those that are done too."""
    _require(request)
    has_samples = publishing.samples_present()
    steps = steps_for(request.user, timezone.now(), reading.practice(), has_samples=has_samples)
    context = {
        **admin.site.each_context(request),
        "title": "First steps",
        "left": [step for step in steps if not step["done"]],
        "done": [step for step in steps if step["done"]],
        "steps_words": _progress(steps),
    }
    return TemplateResponse(request, "admin/first_steps.html", context)


def tick(request: HttpRequest, name: str) -> HttpResponse:
    """Tick a step, or with ``undo`` take the tick back."""
    _require(request)
    step = NAMES.get(name)
    if step is None or not step.tick:
        raise Http404
    if "undo" in request.POST:
        SetUpStep.objects.filter(name=name).delete()
        messages.success(request, f"“{step.title}” is open again.")
    else:
        _remember(request, name)
        messages.success(request, f"“{step.title}” is ticked.")
    return redirect(_back(request))


def _remember(request: HttpRequest, name: str) -> None:
    SetUpStep.objects.get_or_create(name=name, defaults={"done_by": request.user, "done_at": timezone.now()})


def _back(request: HttpRequest) -> str:
    return reverse("admin:index" if request.POST.get("back") == "work" else "admin:set_up")


def send_test_mail(request: HttpRequest) -> HttpResponse:
    """Send a mail to the person who asks, and say what the mail server said; taken, it ticks the step."""
    _require(request)
    to = request.user.email
    if not (settings.EMAIL_CONFIGURED and to):
        messages.warning(request, "Nothing was sent: e-mail is not set up, or your login has no address.")
        return redirect(_back(request))
    practice = reading.practice()
    body = f"This is a test from the blog of {practice.name}. It arrived, so e-mail works. There is nothing to do.\n"
    try:
        send_mail(f"Test from the blog of {practice.name}", body, None, [to])
    except (OSError, ValueError) as error:  # smtplib's errors are OSErrors; a header that cannot be one, a ValueError
        reason = " ".join(str(error).split()) or type(error).__name__
        messages.error(
            request,
            f"The mail server did not take it: {reason}. Nothing else is affected. Show this line to whoever runs "
            "the server.",
        )
    else:
        _remember(request, "test_mail")
        messages.success(request, f"The mail server took a test for {to}. Look whether it arrives, in the junk, too.")
    return redirect(_back(request))
