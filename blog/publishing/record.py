"""The audit trail: one entry for each act, written in the act's own transaction."""

from datetime import datetime

from django.contrib.auth.models import User

from blog.models import AuditEntry, Post, Revision

from .access import Actor, name_of, person

LONGEST_NAME = AuditEntry._meta.get_field("about").max_length


def record(
    actor: Actor,
    act: AuditEntry.Act,
    *,
    at: datetime,
    post: Post | None = None,
    revision: Revision | None = None,
    about: User | None = None,
    takes_effect_at: datetime | None = None,
    reason: str = "",
) -> AuditEntry:
    """Write down who did what at the moment ``at`` (aware), to a post or, with ``about``, to a person's login.

    Names and titles are kept as they are now. ``takes_effect_at`` is when readers notice, where they do.
    """
    name = name_of(about) if about else (revision or post).title if post else ""
    return AuditEntry.objects.create(
        actor=person(actor),
        act=act,
        at=at,
        post=post,
        revision=revision,
        person=about,
        about=name[:LONGEST_NAME],
        takes_effect_at=takes_effect_at,
        reason=reason,
    )
