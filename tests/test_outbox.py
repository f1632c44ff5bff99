"""The outbox: no mail is lost, none is sent twice, nobody waits for a slow mail server."""

import io
import threading
import time
from contextlib import contextmanager
from datetime import timedelta

import pytest
from cast import person
from django.core import mail
from django.core.management import call_command
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone
from live_site import free_port
from small_servers import mail_server, running, silent_server

from blog import health, outbox, people
from blog.health import here
from blog.models import Mail
from blog.publishing import Operator

pytestmark = pytest.mark.django_db
SMTP = "django.core.mail.backends.smtp.EmailBackend"


@pytest.fixture(autouse=True)
def _site(settings):
    settings.SITE_URL, settings.DEFAULT_FROM_EMAIL = "https://blog.example.com", "blog@example.com"
    settings.EMAIL_CONFIGURED, settings.EMAIL_TIMEOUT = True, 5
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", free_port()
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False


@pytest.fixture
def real(settings):
    """Mails go to a real server: ``with real() as server`` runs one; without it nothing answers."""
    settings.EMAIL_BACKEND = SMTP

    @contextmanager
    def up():
        server = mail_server()
        server.said.clear()
        with running(server) as port:
            settings.EMAIL_PORT = port
            yield server
        settings.EMAIL_PORT = free_port()

    return up


@pytest.fixture
def clock(monkeypatch):
    """The clock: ``clock(minutes=5)`` puts it forward."""
    state = {"now": timezone.now()}
    monkeypatch.setattr("django.utils.timezone.now", lambda: state["now"])

    def forward(**span):
        state["now"] += timedelta(**span)

    return forward


def put(to="dana@example.com", subject="Your login"):
    user = person(f"user{Mail.objects.count()}{time.monotonic_ns()}")
    user.email = to
    about = {"link": "https://blog.example.com/admin/welcome/secret/", "lifetime": "3 days"}
    return outbox.put([user], subject, "invitation.txt", now=timezone.now(), **about)[0]


def settle():
    """Wait for the threads of the outbox."""
    for thread in threading.enumerate():
        if thread.name == "outbox":
            thread.join(20)
            assert not thread.is_alive()


def recipients(server) -> list[str]:
    return [line[9:-1] for line in server.said if line.upper().startswith("RCPT TO:")]


class TestSending:
    def test_a_server_that_is_down_first_and_then_up(self, real, clock):
        waiting = put()
        assert outbox.send_due() == 0
        waiting.refresh_from_db()
        assert (waiting.tries, waiting.sent_at) == (1, None) and "refused" in waiting.trouble
        with real() as server:
            assert outbox.send_due() == 0, "too early"
            clock(minutes=1)
            assert outbox.send_due() == 1
            assert recipients(server) == ["dana@example.com"]
            clock(days=1)
            assert outbox.send_due() == 0
        waiting.refresh_from_db()
        assert waiting.sent_at and waiting.try_at is None and waiting.trouble == ""

    def test_what_it_says_and_that_nothing_of_it_is_kept(self):
        sent = put()
        assert outbox.send_due() == 1
        (found,) = mail.outbox
        assert (found.to, found.subject, found.from_email) == (["dana@example.com"], "Your login", "blog@example.com")
        assert "https://blog.example.com/admin/welcome/secret/" in found.body
        assert found.extra_headers["Message-ID"].endswith("@blog.example.com>")
        sent.refresh_from_db()
        assert sent.body == ""

    def test_waits_grow_and_end_after_three_days(self, real, clock):
        waiting, waits = put(), []
        for _ in range(30):
            outbox.send_due()
            waiting.refresh_from_db()
            if waiting.try_at is None:
                break
            waits.append(waiting.try_at - timezone.now())
            clock(seconds=waits[-1].total_seconds())
        minutes = [wait // timedelta(minutes=1) for wait in waits]
        assert minutes[:7] == [1, 3, 9, 27, 81, 243, 360] and set(minutes[7:]) == {360}
        assert timedelta(days=2, hours=12) < timezone.now() - waiting.made_at <= timedelta(days=3)
        assert waiting.sent_at is None and waiting.body == "" and "refused" in waiting.trouble

    def test_what_found_no_chance_in_three_days_is_given_up_too(self, real, clock):
        waiting = put()
        clock(days=3, minutes=1)
        with real() as server:
            assert outbox.send_due() == 0
            assert recipients(server) == []
        waiting.refresh_from_db()
        assert waiting.try_at is None and waiting.sent_at is None

    def test_a_server_that_is_away_is_asked_once_and_all_wait(self, real):
        for number in range(3):
            put(f"user{number}@example.com")
        started = time.monotonic()
        outbox.send_due()
        assert time.monotonic() - started < 4
        assert list(Mail.objects.values_list("tries", flat=True)) == [1, 0, 0]

    def test_an_address_that_the_server_refuses_for_good_holds_nobody_else_up(self, real):
        bad, good = put("gone@example.com"), put("dana@example.com")
        with real() as server:
            server.refused.add("gone@example.com")
            assert outbox.send_due() == 1
        bad.refresh_from_db(), good.refresh_from_db()
        assert bad.try_at is None and "550" in bad.trouble and good.sent_at

    def test_an_address_that_no_mail_can_hold_is_given_up(self):
        bad, good = put("a@example.com\nBcc: b@example.com"), put()
        assert outbox.send_due() == 1
        bad.refresh_from_db(), good.refresh_from_db()
        assert bad.try_at is None and bad.sent_at is None and good.sent_at

    def test_a_newer_mail_of_the_same_subject_takes_the_place_of_one_that_waits(self):
        put(), put(subject="Another")
        newer = put()
        assert outbox.send_due() == 2 and newer.pk in Mail.objects.values_list("pk", flat=True)
        put()
        assert Mail.objects.count() == 3, "what was sent stays written down"

    def test_without_e_mail_nothing_is_written_and_nothing_sent(self, settings):
        settings.EMAIL_CONFIGURED = False
        user = person("dana")
        user.email = "dana@example.com"
        assert outbox.put([user], "Hello", "invitation.txt", now=timezone.now()) == []
        assert outbox.send_due() == 0 and not Mail.objects.exists()


class TestKilled:
    def test_a_claim_of_a_process_that_was_killed_runs_out(self, clock, monkeypatch):
        waiting = put()

        def die(*args):
            raise SystemExit

        with monkeypatch.context() as patched, pytest.raises(SystemExit):
            patched.setattr("django.core.mail.EmailMessage.send", die)
            outbox.send_due()
        assert outbox.send_due() == 0, "whoever claimed it may still be at it"
        clock(minutes=4, seconds=59)
        assert outbox.send_due() == 0
        clock(seconds=1)
        assert outbox.send_due() == 1
        waiting.refresh_from_db()
        assert waiting.sent_at and len(mail.outbox) == 1

    def test_whose_claim_ran_out_does_not_undo_what_another_process_did(self, clock, monkeypatch):
        waiting = put()

        def slow(*args):
            clock(minutes=6)
            Mail.objects.filter(pk=waiting.pk).update(sent_at=timezone.now(), try_at=None, claimed_until=None)
            raise OSError("cut off")

        monkeypatch.setattr("django.core.mail.EmailMessage.send", slow)
        outbox.send_due()
        waiting.refresh_from_db()
        assert waiting.sent_at and waiting.try_at is None


class TestChances:
    def test_the_command(self, real):
        put()
        printed = io.StringIO()
        call_command("send_mail", stdout=printed)
        assert "0 mails are sent.\n1 mail waits for the next try. The mail server said last: " in printed.getvalue()
        with real():
            Mail.objects.update(try_at=timezone.now())
            printed = io.StringIO()
            call_command("send_mail", stdout=printed)
        assert printed.getvalue() == "1 mail is sent.\n"

    def test_the_command_without_e_mail(self, settings):
        settings.EMAIL_CONFIGURED = False
        printed = io.StringIO()
        call_command("send_mail", stdout=printed)
        assert "not set up here (EMAIL_URL)" in printed.getvalue()

    def test_the_work_list_looks_with_one_query_and_none_without_e_mail(self, settings, django_assert_num_queries):
        with django_assert_num_queries(1):
            outbox.look(timezone.now())
        settings.EMAIL_CONFIGURED = False
        with django_assert_num_queries(0):
            outbox.look(timezone.now())


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
class TestBeside:
    """In real transactions, with threads of their own."""

    def test_it_goes_right_after_the_act_is_kept(self, real):
        with real() as server:
            with transaction.atomic():
                people.invite(Operator(), name="Dana Ray", email="dana@example.com", roles=["Writer"])
                outbox.send_soon()
                settle()
                assert recipients(server) == []
            settle()
            assert recipients(server) == ["dana@example.com"]

    def test_an_act_that_fails_sends_nothing(self, real):
        with real() as server:
            with pytest.raises(ValueError), transaction.atomic():
                people.invite(Operator(), name="Dana Ray", email="dana@example.com", roles=["Writer"])
                outbox.send_soon()
                raise ValueError
            settle()
            assert recipients(server) == [] and not Mail.objects.exists()

    def test_nobody_waits_for_a_server_that_says_nothing(self, real, settings):
        settings.EMAIL_TIMEOUT = 60
        client = Client()
        client.force_login(person("mara", "Manager"))
        with silent_server() as port:
            settings.EMAIL_PORT = port
            sent = {"name": "Dana Ray", "email": "dana@example.com", "roles": [_role("Writer")]}
            answer = client.post("/admin/invite/", sent)
            assert "on its way by e-mail to dana@example.com" in answer.content.decode()
            assert [thread.is_alive() for thread in threading.enumerate() if thread.name == "outbox"] == [True]
        settle()  # the server is gone, and the talk is cut off
        (waiting,) = Mail.objects.all()
        assert waiting.sent_at is None and waiting.trouble and waiting.try_at > timezone.now()

    def test_a_look_at_the_work_list_is_a_chance(self, real, wilma):
        put()
        client = Client()
        client.force_login(wilma)
        with real() as server:
            assert client.get("/admin/").status_code == 200
            settle()
            assert recipients(server) == ["dana@example.com"]

    def test_many_at_once_send_each_mail_once(self, real):
        for number in range(6):
            put(f"user{number}@example.com")
        start = threading.Barrier(4)

        def send():
            start.wait(10)
            try:
                outbox.send_due()
            finally:
                connection.close()

        with real() as server:
            threads = [threading.Thread(target=send) for _ in range(4)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join(30)
            assert sorted(recipients(server)) == [f"user{number}@example.com" for number in range(6)]
        assert not Mail.objects.filter(sent_at=None).exists()


def _role(name):
    from django.contrib.auth.models import Group

    return Group.objects.get(name=name).pk


class TestHealth:
    def test_one_line_says_how_it_stands(self, real, clock, settings):
        assert here.mails() == (health.OK, "None waits to be sent.")
        put()
        assert here.mails().level == health.OK, "it was written a moment ago"
        outbox.send_due()
        level, sentence = here.mails()
        assert level == health.LOOK and sentence.startswith("1 mail has waited since today ")
        assert "refused" in sentence and "manage.py send_mail tries now" in sentence
        clock(days=3)
        put("erin@example.com")
        outbox.send_due()
        level, sentence = here.mails()
        assert level == health.WRONG and sentence.startswith("1 mail was not sent and given up. 1 more wait.")
        assert "tell people yourself" in sentence
        clock(days=20)
        Mail.objects.filter(try_at__isnull=False).delete()
        assert here.mails().level == health.OK, "after two weeks it is over"
        settings.EMAIL_CONFIGURED = False
        assert here.mails() == (health.OK, "None is sent: EMAIL_URL is not set.")

    def test_what_never_found_a_chance_is_seen_too(self, clock):
        put()
        clock(minutes=6)
        assert here.mails().level == health.LOOK
