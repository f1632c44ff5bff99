"""Where a post stands, in the sentences of the editing screen's save line."""

from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse

from blog.clinic_time import day, spoken
from blog.models import FAR_FUTURE, Post, Publication, Revision


@dataclass(frozen=True)
class Standing:
    """What the screen says about a post: ``saved`` first, then ``readers``; ``notes`` stand above the form.

    ``is_public`` is true for what was ever released, a scheduled version too.
    """

    saved: str
    readers: str = ""
    notes: tuple[str, ...] = ()
    is_live: bool = False
    is_scheduled: bool = False
    is_public: bool = False
    live_address: str = ""


def standing_of(post: Post, newest: Revision | None, now: datetime) -> Standing:
    """The sentences for a stored post whose newest revision is ``newest``. One query."""
    saved = f"Draft saved {_saved_at(newest.saved_at, now)}." if newest else "Nothing to save yet."
    newest_first = Publication.objects.filter(post=post).order_by("-live_from")
    publications = list(newest_first.values("revision_id", "live_from", "live_until", "slug")[:2])
    waiting = next((one for one in publications if one["live_from"] > now), None)
    live = next((one for one in publications if one["live_from"] <= now < one["live_until"]), None)
    notes = []
    if waiting:
        readers = f"Scheduled for {spoken(waiting['live_from'], now)}."
        notes.append(
            f"Scheduled for {spoken(waiting['live_from'], now)}. What is scheduled is fixed: "
            "what you write here changes only the draft."
        )
    elif live is None:
        ended = publications[0]["live_until"] if publications else None
        readers = f"Off the site since {day(ended, now)}." if ended else "Not public yet."
    elif newest and live["revision_id"] == newest.pk:
        readers = "Readers see this text."
    else:
        readers = f"Readers still see the text of {day(live['live_from'], now)}."
    ending = waiting or live
    if ending and ending["live_until"] < FAR_FUTURE:
        notes.append(f"Set to leave the site {spoken(ending['live_until'], now)}.")
    return Standing(
        saved,
        readers,
        tuple(notes),
        is_live=live is not None,
        is_scheduled=waiting is not None,
        is_public=bool(publications),
        live_address=reverse("blog:article", args=[live["slug"]]) if live else "",
    )


def _saved_at(moment: datetime, now: datetime) -> str:
    words = spoken(moment, now, zone=False)
    return words.removeprefix("today ")
