"""The daily work: every step is done whatever became of the others, as often as anybody likes, by one at a time."""

import io
import re
from datetime import timedelta

import pytest
from cast import DAY, HOUR, NOON, clinician, person
from django.contrib.auth.models import User
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import OperationalError
from django.test import Client
from django.utils import timezone
from factories import make_practice
from live_site import free_port

from blog import daily, outbox
from blog.digest import digest_of
from blog.health import LOOK, OK, here
from blog.models import AuditEntry, Author, DailyRun, Mail, MedicalReview, Post, Revision
from blog.publishing import approve, move_to_trash, newest_revision, publish, review_lists, submit, unschedule, withdraw

pytestmark = pytest.mark.django_db


@pytest.fixture
def clock(monkeypatch):
    """The clock: ``clock(hours=5)`` puts it forward."""
    state = {"now": NOON}
    monkeypatch.setattr("django.utils.timezone.now", lambda: state["now"])

    def forward(**span):
        state["now"] += timedelta(**span)

    return forward


def run_daily():
    """What the command prints, by step: its mark and its words; and whether it ended well."""
    out = io.StringIO()
    try:
        call_command("daily", stdout=out)
        ended_well = True
    except CommandError:
        ended_well = False
    lines = [line.split(maxsplit=2) for line in out.getvalue().splitlines()]
    return {step.rstrip(":"): (mark, words) for mark, step, words in lines}, ended_well


class TestTheCommand:
    def test_one_line_for_each_step_and_a_row_for_each(self, clock):
        lines, ended_well = run_daily()
        assert ended_well and list(lines) == list(daily.STEPS)
        assert {mark for mark, _ in lines.values()} == {"ok"}
        assert {run.step: (run.went_well, run.words) for run in DailyRun.objects.all()} == {
            step: (True, words) for step, (_, words) in lines.items()
        }

    def test_a_step_that_fails_does_not_stop_the_others(self, clock, monkeypatch):
        def broken(now):
            raise ZeroDivisionError("in\nthe middle" + "x" * 400)

        monkeypatch.setattr(
            daily, "STEPS", {"first": lambda now: "Fine.", "broken": broken, "last": lambda now: "Too."}
        )
        lines, ended_well = run_daily()
        assert not ended_well
        assert lines["broken"][0] == "wrong" and lines["broken"][1].startswith(
            "This could not be done (ZeroDivisionError: in the middlex"
        )
        assert lines["first"] == ("ok", "Fine.") and lines["last"] == ("ok", "Too.")
        assert [run.went_well for run in DailyRun.objects.order_by("step")] == [False, True, True]
        assert all(run.ended_at for run in DailyRun.objects.all())

    def test_a_step_that_somebody_else_is_doing_is_left_to_them(self, clock, monkeypatch):
        calls = []

        def slow(now):
            calls.append(now)
            if len(calls) == 1:  # meanwhile another process begins
                assert run_daily()[0]["slow"] == ("ok", "Another process is doing this right now.")
            return "Done."

        monkeypatch.setattr(daily, "STEPS", {"slow": slow})
        assert run_daily() == ({"slow": ("ok", "Done.")}, True)
        assert len(calls) == 1
        assert run_daily() == ({"slow": ("ok", "Done.")}, True), "a second time on one day"
        assert len(calls) == 2

    def test_a_run_that_was_killed_is_taken_over_after_an_hour(self, clock, monkeypatch):
        monkeypatch.setattr(daily, "STEPS", {"step": lambda now: "Done."})
        DailyRun.objects.create(step="step", started_at=NOON - 59 * HOUR / 60)
        assert run_daily()[0]["step"][1] == "Another process is doing this right now."
        clock(minutes=1)
        assert run_daily()[0]["step"] == ("ok", "Done.")

    def test_a_database_that_is_away_is_a_sentence(self, monkeypatch):
        def away(*args, **kwargs):
            raise OperationalError("no disk")

        monkeypatch.setattr(DailyRun.objects, "get_or_create", away)
        lines, ended_well = run_daily()
        assert not ended_well
        assert set(lines.values()) == {("wrong", "The database cannot be used (no disk).")}


class TestItsLineOfHealth:
    def test_a_new_site_is_not_told_off_and_an_older_one_is(self, monkeypatch):
        person("dana")
        assert here.daily_work().level == OK
        later = timezone.now() + timedelta(days=6)
        monkeypatch.setattr("django.utils.timezone.now", lambda: later)
        level, sentence = here.daily_work()
        assert level == LOOK and "never done here" in sentence and "docs/operations.md" in sentence

    def test_it_says_when_it_last_ran_and_what_went_wrong(self, clock, monkeypatch, admin_user):
        run_daily()
        assert here.daily_work() == (OK, "The daily work last ran today 12:00 pm, Alaska time.")
        client = Client()
        client.force_login(admin_user)
        assert "The daily work last ran today 12:00 pm, Alaska time." in client.get("/admin/").content.decode()
        clock(days=2)
        level, sentence = here.daily_work()
        assert level == LOOK and sentence.startswith("The daily work last ran Monday 12:00 pm, Alaska time. Look why")

        def broken(now):
            raise daily.NotDone("The moon is gone.")

        monkeypatch.setitem(daily.STEPS, "trash", broken)
        run_daily()
        level, sentence = here.daily_work()
        assert level == LOOK and sentence.endswith("Not all of it went well: The moon is gone.")


class TestMailsThatWait:
    @pytest.fixture(autouse=True)
    def _mail(self, settings):
        settings.EMAIL_CONFIGURED, settings.DEFAULT_FROM_EMAIL = True, "blog@example.com"

    def put(self, number=1):
        user = person(f"dana{number}")
        user.email = f"dana{number}@example.com"
        outbox.put([user], "Your login", "invitation.txt", now=timezone.now(), link="https://x", lifetime="3 days")

    def test_all_are_sent_however_many(self, monkeypatch):
        monkeypatch.setattr(outbox, "AT_ONCE", 2)
        for number in range(5):
            self.put(number)
        assert run_daily()[0]["unsent_mail"] == ("ok", "5 mails were sent.")
        assert len(mail.outbox) == 5
        assert run_daily()[0]["unsent_mail"] == ("ok", "0 mails were sent.")

    def test_a_mail_server_that_is_away_makes_the_step_fail(self, settings):
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", free_port(), 2
        settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
        self.put()
        lines, ended_well = run_daily()
        mark, words = lines["unsent_mail"]
        assert not ended_well and mark == "wrong"
        assert words.startswith("0 mails were sent. 1 mail waits for the next try. The mail server said last:")


class TestTheTrash:
    """``clock`` stands at noon; a draft went into the trash 30 days before it, or a moment later."""

    THEN = NOON - timedelta(days=30)

    @pytest.fixture
    def thrown_away(self, draft, erin):
        def make(title="Nobody wants this", at=self.THEN, before=lambda post: None, **values):
            post = draft(title, now=at - 2 * DAY, **values)
            before(post)
            move_to_trash(erin, post, now=at)
            return post

        return make

    def left(self):
        return list(Post.objects.order_by("title").values_list("title", flat=True))

    def test_after_30_days_a_draft_is_gone_with_all_that_belongs_to_it(self, clock, thrown_away, draft, erin, rita):
        old = thrown_away(before=lambda post: submit(erin, newest_revision(post)))
        thrown_away("A moment younger", at=self.THEN + timedelta(seconds=1))
        draft("Never thrown away", now=self.THEN - DAY)
        assert run_daily()[0]["trash"] == ("ok", "1 draft was removed from the trash for good.")
        assert self.left() == ["A moment younger", "Never thrown away"]
        assert not Revision.objects.filter(post=old.pk).exists()
        last = AuditEntry.objects.filter(about="Nobody wants this").first()
        assert (last.act, last.actor, last.reason) == ("trashed", None, "Removed for good after 30 days in the trash")
        assert run_daily()[0]["trash"] == ("ok", "No draft was in the trash for long enough to go.")

    def test_what_was_scheduled_but_never_public_goes_and_what_is_kept_for_good_stays(
        self, clock, thrown_away, erin, rita
    ):
        def unscheduled(post):
            publish(erin, newest_revision(post), at=self.THEN, now=self.THEN - DAY)
            unschedule(erin, post, now=self.THEN - HOUR)

        def signed(post):
            revision = newest_revision(post)
            clinician = Author.objects.create(name="Rita Moss", slug="rita-moss", credentials="MD", user=rita)
            MedicalReview.objects.create(
                post=post,
                revision=revision,
                reviewer=clinician,
                signed_by=rita,
                signed_at=self.THEN - DAY,
                digest=digest_of(revision),
                reviewed_on=(self.THEN - DAY).date(),
                due_on=NOON.date() + timedelta(days=300),
            )

        thrown_away("Unscheduled", before=unscheduled)
        thrown_away("Signed", before=signed)
        assert run_daily()[0]["trash"][1] == "1 draft was removed from the trash for good."
        assert self.left() == ["Signed"]

    def test_a_public_post_stays_whatever_its_row_says(self, clock, draft, erin):
        post = draft("Was public", now=self.THEN - 2 * DAY)
        publish(erin, newest_revision(post), now=self.THEN - DAY)
        Post.objects.filter(pk=post.pk).update(trashed_at=self.THEN)
        run_daily()
        assert self.left() == ["Was public"]

    def test_words_written_since_and_other_posts_are_safe(self, clock, thrown_away, rewrite, draft, erin):
        written = thrown_away("Written in since")
        rewrite(written, body="<p>Still thinking about it.</p>", now=NOON - DAY)
        gone = thrown_away("Linked")
        draft("Links there", body=f'<p>See <a data-post="{gone.pk}">that</a>.</p>', related_posts=[gone.pk])
        run_daily()
        assert self.left() == ["Links there", "Written in since"]


class TestReviewsDue:
    """Rita signed 12 months before NOON, or as long ago as is said; erin edits, and so publishes."""

    @pytest.fixture(autouse=True)
    def _mail(self, settings, rita, erin):
        settings.EMAIL_CONFIGURED, settings.DEFAULT_FROM_EMAIL = True, "blog@example.com"
        settings.SITE_URL = "https://blog.example.com"
        clinician(rita)
        User.objects.filter(pk=rita.pk).update(email="rita@example.com")
        User.objects.filter(pk=erin.pk).update(email="erin@example.com")

    @pytest.fixture
    def may(self, db):
        return make_practice(review_policy="may")

    @pytest.fixture
    def signed(self, draft, erin, rita):
        """Make a live article that Rita signed, due so many days after NOON: ``signed("Title", due_in=30)``."""

        def make(title, due_in):
            post = draft(title, now=NOON - 500 * DAY)
            submit(erin, newest_revision(post), now=NOON - 400 * DAY)
            approve(rita, newest_revision(post), now=NOON - 400 * DAY)
            publish(erin, newest_revision(post), now=NOON - 400 * DAY)
            MedicalReview.objects.filter(post=post).update(due_on=NOON.date() + timedelta(days=due_in))
            mail.outbox.clear()
            Mail.objects.all().delete()
            return post

        return make

    def told(self):
        """Who was told what since the last time: address to the titles in the mail, in their order."""
        found = {}
        for sent in mail.outbox:
            found.setdefault(sent.to[0], []).append(re.findall("“([^”]+)”, signed by Rita Moss, MD", sent.body))
        mail.outbox.clear()
        return found

    def test_each_is_told_once_30_days_before_and_once_on_the_day(self, clock, may, signed):
        post = signed("Peels", due_in=31)
        assert run_daily()[0]["reviews_due"] == ("ok", "Nobody had to be told of a review that is due.")
        clock(days=1)
        assert run_daily()[0]["reviews_due"] == ("ok", "1 review that is due was told by mail.")
        to_erin, to_rita = sorted(mail.outbox, key=lambda sent: sent.to)
        assert to_erin.subject == to_rita.subject == "Medical review due: “Peels”"
        assert "Soon the next medical review of this article is due" in to_erin.body
        assert f"https://blog.example.com/admin/blog/post/{post.pk}/ask-for-review/" in to_erin.body
        assert f"https://blog.example.com/admin/blog/post/{post.pk}/change/" in to_rita.body
        assert "due July 16, 2026" in to_rita.body and "slowly explained" not in to_rita.body
        assert self.told() == {"erin@example.com": [["Peels"]], "rita@example.com": [["Peels"]]}
        clock(days=29)
        run_daily()
        assert self.told() == {}, "once for each kind"
        clock(days=1)
        run_daily()
        assert "readers no longer see who reviewed it" in mail.outbox[0].body
        assert self.told() == {"erin@example.com": [["Peels"]], "rita@example.com": [["Peels"]]}
        clock(days=1)
        run_daily()
        assert self.told() == {}

    def test_after_missed_days_only_what_still_makes_sense_in_one_mail_a_person(self, clock, may, signed):
        signed("Overdue", due_in=-3)
        signed("Soon", due_in=12)
        signed("Far", due_in=60)
        assert run_daily()[0]["reviews_due"] == ("ok", "2 reviews that are due were told by mail.")
        assert {sent.subject for sent in mail.outbox} == {"Medical review due: “Overdue” and 1 more"}
        assert self.told() == {"erin@example.com": [["Overdue", "Soon"]], "rita@example.com": [["Overdue", "Soon"]]}
        assert MedicalReview.objects.get(post__title="Overdue").reminded_before_at is None
        run_daily()
        assert self.told() == {}

    def test_what_is_long_overdue_does_not_keep_others_from_being_told(self, clock, may, signed, monkeypatch):
        monkeypatch.setattr(review_lists, "LONGEST", 1)
        signed("Long overdue", due_in=-20)
        run_daily()
        signed("Botox, explained", due_in=20)
        assert run_daily()[0]["reviews_due"][1] == "1 review that is due was told by mail."

    def test_a_reviewer_hears_of_their_own_only_and_a_withdrawn_one_of_none(self, clock, may, signed, rita):
        rolf = person("rolf", "Medical reviewer")
        clinician(rolf)
        User.objects.filter(pk=rolf.pk).update(email="rolf@example.com")
        signed("Peels", due_in=0)
        withdraw(rita, MedicalReview.objects.get(post=signed("Lasers", due_in=0)), now=NOON)
        mail.outbox.clear()
        Mail.objects.all().delete()
        run_daily()
        assert self.told() == {"erin@example.com": [["Peels"]], "rita@example.com": [["Peels"]]}

    def test_nobody_is_told_where_nobody_reviews_and_later_if_no_mail_goes(self, clock, may, signed, settings):
        signed("Peels", due_in=0)
        make_practice(review_policy="nobody_yet")
        run_daily()
        make_practice(review_policy="may")
        settings.EMAIL_CONFIGURED = False
        assert "E-mail is not set up here" in run_daily()[0]["reviews_due"][1]
        assert self.told() == {}
        settings.EMAIL_CONFIGURED = True
        run_daily()
        assert set(self.told()) == {"erin@example.com", "rita@example.com"}
