"""A site with something in every table, with the values that are easiest to lose on the way. Runs inside a site."""

import pickle
import uuid
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from cast import clinician, person
from django.apps import apps
from django.contrib.admin.models import ADDITION, LogEntry
from django.contrib.auth.models import Permission, User
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.db import connection
from django.utils import timezone
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice
from factories import change_post, make_author, make_editor, make_picture, make_post, make_practice

from blog import publishing
from blog.models import (
    BulkAct,
    BulkActItem,
    CountedLog,
    DailyReads,
    DailyRun,
    FileDeletion,
    Image,
    LinkCheck,
    Mail,
    MedicalReview,
    Override,
    Post,
    Presence,
    Publication,
    Review,
    Revision,
    SampleContent,
    SavedView,
    SetUpStep,
    TrustedDevice,
)

ODD = "“Ærö” \u2028 \t \\ \"quoted\" \U0001f9b4 'ˈnɔːθ'  two  blanks "
MOMENT = datetime(2026, 3, 8, 10, 59, 59, 123457, tzinfo=UTC)  # a second before a clock goes forward in Alaska
DIGEST = "0123456789abcdef" * 4


def fill() -> None:
    """Make the site."""
    erin, now = make_editor(), timezone.now()
    make_practice(phone="(907) 555-0142", review_policy="may")
    rita = person("rita", "Medical reviewer")
    rita.user_permissions.add(Permission.objects.get(codename="view_post"))
    signer = clinician(rita)
    consent = publishing.record_consent(
        publishing.Operator(), reference="C-2026-014", scope="blog", signed_on=date(2026, 1, 5)
    )
    lamp = make_picture(320, 240, alt_text=ODD)
    make_picture(330, 240, alt_text="A brow", depicts="patient", consent=consent)
    make_picture(340, 240, alt_text="Nobody said who", depicts="")
    make_author(photo=lamp)
    first = make_post("How lasers work", tags=("Glow", "Ærö"), topic="Lasers", hero_image=lamp, hero_alt="A lamp")
    change_post(first, body=f'<p>{ODD}<a data-post="{first.pk}">Light</a>.</p>', show_updated=True)
    planned = make_post("Later", live=False, at=now + timedelta(days=400), tags=("Glow",))
    draft = make_post("A draft", live=False, key_points=["One", ODD])
    gone = make_post("Thrown away", live=False)
    publishing.move_to_trash(erin, gone)
    publishing.make_preview_link(erin, draft, days=7)
    publishing.submit(erin, publishing.newest_revision(draft), now=now)
    newest = publishing.newest_revision(first)
    open_one = {name: getattr(newest, name) for name in newest.article_field_names()}
    Revision.objects.create(
        post=first, base=newest, saved_by=erin, saved_at=MOMENT, typed={"title": ODD, "n": [1, 2.5, None]}, **open_one
    )
    signed = MedicalReview.objects.create(
        post=first,
        revision=newest,
        reviewer=signer,
        signed_by=rita,
        signed_at=MOMENT,
        digest=DIGEST,
        reviewed_on=date(2026, 1, 1),
        due_on=date(2027, 1, 1),
    )
    MedicalReview.objects.create(
        post=first,
        revision=newest,
        reviewer=signer,
        signed_by=rita,
        signed_at=MOMENT,
        digest=DIGEST,
        reviewed_on=date(2026, 1, 1),
        due_on=date(2027, 1, 1),
        carried_from=signed,
    )
    Override.objects.create(post=first, rule="claims", sentence=ODD, reason="It is so.", given_by=erin, given_at=MOMENT)
    act = BulkAct.objects.create(name="tag", words=ODD, actor=erin, at=MOMENT)
    BulkActItem.objects.create(act=act, post=first, before=newest, after=newest, facts={"a": {"b": [True, "", 0.1]}})
    LinkCheck.objects.create(url="https://example.org/a", checked_at=MOMENT, failing_since=MOMENT, answer="404")
    FileDeletion.objects.create(storage="default", name="went-before.jpg", asked_at=MOMENT)
    DailyRun.objects.create(step="trash", started_at=MOMENT, ended_at=None)
    DailyReads.objects.create(post=first, day=date(2026, 3, 8), reads=2**31 - 1)
    CountedLog.objects.create(name="reads-1", counted_at=MOMENT)
    Mail.objects.create(to="dana@example.com", subject=ODD, body="Line\r\nLine\n", made_at=MOMENT, sent_at=MOMENT)
    SavedView.objects.create(owner=erin, name="Mine", query="q=%C3%86")
    SetUpStep.objects.create(name="backup", done_by=erin, done_at=MOMENT)
    SampleContent.objects.update_or_create(pk=1, defaults={"removed_at": MOMENT})
    TrustedDevice.objects.create(person=erin, digest=DIGEST, browser=ODD, made_at=MOMENT, expires_at=MOMENT)
    Presence.objects.create(post=first, person=erin, window=str(uuid.uuid4())[:30], seen_at=MOMENT, opened_at=MOMENT)
    TOTPDevice.objects.create(user=erin, name="phone", confirmed=True, last_t=2**31 + 7)
    StaticDevice.objects.create(user=erin, name="codes").token_set.create(token="abcdefgh")
    Session.objects.create(session_key="a" * 32, session_data="x", expire_date=MOMENT)
    LogEntry.objects.create(
        user=erin,
        content_type=ContentType.objects.get_for_model(Post),
        object_id="1",
        object_repr=ODD,
        action_flag=ADDITION,
        change_message="[]",
    )
    # Keys that were given out to rows that are gone: what the record says by them must never be said of others.
    make_post("Made and removed", live=False)
    for model in (BulkAct, SavedView, User):
        last = model._base_manager.order_by("pk").last()
        last.pk += 40
        if model is User:
            last.username = "leaver"
        if model is SavedView:
            last.name = "Gone"
        last.save(force_insert=True)
        last.delete()
    # As an earlier release may have left it, that tidied less: a restored row is not tidied either.
    with connection.cursor() as cursor:
        cursor.execute("UPDATE blog_topic SET description = %s", [ODD])
    assert Publication.objects.filter(post=planned).exists() and Review.objects.exists() and Image.objects.count() == 3


def dump(path: str) -> None:
    """Every value of every table, as Python has it, into a file: ``{table: [row, …]}``."""
    found = {}
    for model in apps.get_models(include_auto_created=True):
        order = [field.attname for field in [model._meta.pk]]
        found[model._meta.label_lower] = list(model._base_manager.order_by(*order).values())
    Path(path).write_bytes(pickle.dumps(found))
