"""Why a sentence that a check stopped may stand: a publisher's word, kept with the post."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from blog.checks import Severity, check
from blog.content.plain import tidy_text
from blog.models import AuditEntry, Override, Post

from .access import Actor, Refused, person, require_release
from .drafts import lock_post, newest_revision
from .record import record


@transaction.atomic
def give_reason(
    actor: Actor, post: Post, rule: str, sentence: str, reason: str, *, now: datetime | None = None
) -> Override:
    """Say why a sentence of the newest draft may stand, though the rule called ``rule`` asks for a reason.

    It holds in this post for as long as the sentence stands word for word, wherever it moves; a newer reason for the
    same sentence takes its place. Raises ``NotAllowed``, and ``Refused`` without a reason or where the rule does not
    ask about that sentence (any more).
    """
    require_release(actor)
    sentence, reason = " ".join(sentence.split()), tidy_text(reason)
    if not reason:
        raise Refused("Say in a few words why this can stand. Your name, the time and the reason are kept.")
    post = lock_post(post.pk)
    now = now or timezone.now()
    newest = newest_revision(post)
    findings = check(newest, now=now) if newest is not None else []
    asked = [one for one in findings if one.rule == rule and one.severity == Severity.NEEDS_REASON]
    if not any(one.sentence == sentence for one in asked):
        raise Refused("That sentence is not in the draft as it was. Nothing was kept. Look at the checks again.")
    override = Override.objects.create(
        post=post, rule=rule, sentence=sentence, reason=reason, given_by=person(actor), given_at=now
    )
    record(
        actor,
        AuditEntry.Act.REASON_GIVEN,
        at=now,
        post=post,
        revision=newest,
        reason=f"“{sentence}” {reason}",
    )
    return override
