"""Where a post stands, in the sentences of the editing screen's save line."""

from dataclasses import dataclass, replace
from datetime import datetime

from django.urls import reverse

from blog.clinic_time import spoken
from blog.models import FAR_FUTURE, Post, Publication, Revision

from .work import since

NOT_SAVED = "Not saved yet."


@dataclass(frozen=True)
class Standing:
    """What the screen says about a post: ``saved`` first, then ``readers``.

    ``readers_meanwhile`` takes the place of ``readers`` as soon as words stand on the screen that are not saved.
    ``waits_until`` and ``leaves_at`` are the moments, in words, of what is scheduled; blank where nothing is.
    ``is_public`` is true for what was ever released, a scheduled version too; ``moved_on`` where the draft is no longer
    what is scheduled.
    """

    saved: str
    readers: str = ""
    readers_meanwhile: str = ""
    waits_until: str = ""
    leaves_at: str = ""
    is_live: bool = False
    is_scheduled: bool = False
    is_public: bool = False
    moved_on: bool = False
    live_address: str = ""

    def unsaved(self) -> "Standing":
        """The same while the words on the screen are not saved."""
        return replace(self, saved=NOT_SAVED, readers=self.readers_meanwhile)


def standing_of(post: Post, newest: Revision | None, now: datetime) -> Standing:
    """The sentences for a stored post whose words on the screen are ``newest``, saved or still open. One query."""
    saved = saved_words(newest.saved_at, now) if newest else "Nothing to save yet."
    newest_first = Publication.objects.filter(post=post).order_by("-live_from")
    publications = list(newest_first.values("revision_id", "live_from", "live_until", "slug")[:2])
    waiting = next((one for one in publications if one["live_from"] > now), None)
    live = next((one for one in publications if one["live_from"] <= now < one["live_until"]), None)
    ended = max((one["live_until"] for one in publications if one["live_until"] <= now), default=None)
    waits_until = spoken(waiting["live_from"], now) if waiting else ""
    moments = live and live["live_from"], waiting and waiting["live_from"], ended
    readers = meanwhile = _readers(*moments, now)
    if live and newest and live["revision_id"] == newest.pk:
        readers = " ".join(("Same as the text readers see.", _scheduled(*moments, now))).rstrip()
    elif live and newest and not waiting:
        readers = readers_of_draft(*moments, now)
    ending = waiting or live
    return Standing(
        saved,
        readers,
        meanwhile,
        waits_until=waits_until,
        leaves_at=spoken(ending["live_until"], now) if ending and ending["live_until"] < FAR_FUTURE else "",
        is_live=live is not None,
        is_scheduled=waiting is not None,
        is_public=bool(publications),
        moved_on=waiting is not None and newest is not None and waiting["revision_id"] != newest.pk,
        live_address=reverse("blog:article", args=[live["slug"]]) if live else "",
    )


def _readers(live_since: datetime | None, waiting: datetime | None, ended: datetime | None, now: datetime) -> str:
    if live_since and waiting:
        return f"Readers see the text of {since(live_since, now, zone=False)} until {spoken(waiting, now)}."
    if live_since:
        sentence = f"Readers see the text of {since(live_since, now)}."
    elif ended:
        sentence = f"Off the site since {since(ended, now)}."
    else:
        sentence = "" if waiting else "Only staff can see it."
    return f"{sentence} {_scheduled(live_since, waiting, ended, now)}".strip()


def _scheduled(live_since: datetime | None, waiting: datetime | None, ended: datetime | None, now: datetime) -> str:
    if waiting is None:
        return ""
    when = spoken(waiting, now)
    return f"A change is scheduled for {when}." if live_since else f"Scheduled for {when}."


def readers_of_draft(
    live_since: datetime | None, waiting: datetime | None, ended: datetime | None, now: datetime
) -> str:
    """What readers see while words were kept that nobody published: the sentence after «Draft saved»."""
    if live_since and not waiting:
        return f"Readers still see the text of {since(live_since, now)}."
    return _readers(live_since, waiting, ended, now)


def saved_words(moment: datetime, now: datetime) -> str:
    """The first sentence of the save line: «Draft saved 10:42 am.»"""
    return f"Draft saved {_saved_at(moment, now)}."


def _saved_at(moment: datetime, now: datetime) -> str:
    words = spoken(moment, now, zone=False)
    return words.removeprefix("today ")
