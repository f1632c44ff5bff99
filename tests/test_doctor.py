"""The health of the site: every line in good and in bad, the command, and the admin's page and front page."""

import collections
import io
import os
import shutil
import ssl
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import lxml.html
import pytest
import trustme
from cast import person
from django.contrib.auth.models import User
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext, override_settings
from live_site import free_port
from small_servers import mail_server, running, silent_server, web_server
from test_start import manage

from blog import health
from blog.admin import health as health_screen
from blog.health import around, here
from blog.health.finding import LOOK, OK, WRONG

pytestmark = pytest.mark.django_db
ON = os.environ["TEST_ON"]
GB = 1000**3
Room = collections.namedtuple("Room", "total used free")


@pytest.fixture(scope="module")
def collected(tmp_path_factory):
    """The static files of this release, collected."""
    folder = tmp_path_factory.mktemp("static")
    with override_settings(STATIC_ROOT=folder):
        call_command("collectstatic", verbosity=0, interactive=False)
    return folder


@pytest.fixture(autouse=True)
def _well(settings, tmp_path, monkeypatch, collected):
    """A site that is well, as far as it is about this computer; nothing is remembered."""
    settings.VAR_DIR = tmp_path
    settings.MEDIA_ROOT = tmp_path / "media" / "not yet"
    settings.STATIC_ROOT = collected
    settings.EMAIL_CONFIGURED = False
    settings.BACKUP_DIR = tmp_path / "backups"
    settings.BACKUP_DIR.mkdir()
    settings.ALLOWED_HOSTS = ["127.0.0.1", "localhost", "testserver"]
    settings.SITE_URL = f"http://127.0.0.1:{free_port()}"
    (settings.BACKUP_DIR / "blog.tar.gz").write_bytes(b"all of it")
    monkeypatch.setattr(here.shutil, "disk_usage", lambda folder: Room(100 * GB, 50 * GB, 50 * GB))
    monkeypatch.setattr(health_screen, "_remembered", None)


@pytest.fixture
def impatient(monkeypatch):
    """Where nobody answers, two seconds are enough."""
    monkeypatch.setattr(around, "SECONDS", 2)


class TestDatabase:
    def test_it_is_there(self):
        level, sentence = here.database()
        assert level == OK
        assert sentence.startswith("SQLite answers" if ON == "sqlite" else "PostgreSQL 1")

    def test_a_step_is_missing(self):
        with connection.cursor() as cursor:
            newest = "SELECT MAX(name) FROM django_migrations WHERE app = 'blog'"
            cursor.execute(f"DELETE FROM django_migrations WHERE app = 'blog' AND name = ({newest})")
        assert here.database() == (
            WRONG,
            "It answers, but 1 step is missing for this release: run manage.py migrate.",
        )

    def test_it_is_empty(self):
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM django_migrations")
        level, sentence = here.database()
        assert level == WRONG and "It is empty. On a new site run manage.py migrate" in sentence

    def test_it_is_away(self, monkeypatch):
        def away(*args, **kwargs):
            raise OperationalError("connection refused\n\tis it running?")

        monkeypatch.setattr("django.db.backends.base.base.BaseDatabaseWrapper.cursor", away)
        level, sentence = here.database()
        assert level == WRONG and "It cannot be used (connection refused is it running?)." in sentence

    @pytest.mark.skipif(ON != "sqlite", reason="about SQLite's file")
    def test_a_file_is_whole_or_damaged(self, tmp_path, monkeypatch):
        assert around.database_file()[0] == OK
        file = tmp_path / "damaged.sqlite3"
        import sqlite3

        made = sqlite3.connect(file)
        made.execute("CREATE TABLE words (word TEXT)")
        made.executemany("INSERT INTO words VALUES (?)", [("word " * 100,)] * 500)
        made.execute("CREATE INDEX by_word ON words (word)")
        made.commit()
        made.close()
        monkeypatch.setitem(connection.settings_dict, "NAME", str(file))
        assert around.database_file() == (OK, f"{file} is whole.")
        content = bytearray(file.read_bytes())
        content[len(content) // 2 : len(content) // 2 + 5000] = b"\xaa" * 5000
        file.write_bytes(content)
        level, sentence = around.database_file()
        assert level == WRONG and "is damaged" in sentence and "put the newest backup back" in sentence
        file.write_bytes(b"no database at all, but a text" * 100)
        assert around.database_file()[0] == WRONG
        file.unlink()
        level, sentence = around.database_file()
        assert level == WRONG and "cannot be read" in sentence and "DATABASE_URL" in sentence
        assert "backup" not in sentence, "a file that is elsewhere is not damaged"

    @pytest.mark.skipif(ON != "postgres", reason="about PostgreSQL")
    def test_postgresql_has_no_file_to_read(self):
        assert around.database_file()[0] == OK


class TestBackup:
    @pytest.mark.parametrize(
        ("hours", "level", "words"),
        [
            (0, OK, "less than an hour old (newest.tar)"),
            (1, OK, "1 hour old"),
            (47, OK, "47 hours old"),
            (49, LOOK, "2 days old (newest.tar). Look why none was made since."),
            (24 * 7 + 1, WRONG, "7 days old (newest.tar). Make one now"),
        ],
    )
    def test_its_age(self, settings, hours, level, words):
        for name, age in (("newest.tar", hours), ("blog.tar.gz", 2000), (".half.tar", 0), ("empty.tar", 0)):
            file = settings.BACKUP_DIR / name
            file.write_bytes(b"" if name == "empty.tar" else b"x")
            os.utime(file, (time.time() - age * 3600 - 60,) * 2)
        found = here.backup()
        assert found.level == level and words in found.sentence

    def test_none_and_nowhere(self, settings):
        (settings.BACKUP_DIR / "blog.tar.gz").unlink()
        assert here.backup() == (WRONG, f"There is no backup in {settings.BACKUP_DIR}. Make one now.")
        settings.BACKUP_DIR = Path("/not/there")
        assert here.backup().level == WRONG
        settings.BACKUP_DIR = None
        assert here.backup().level == LOOK and "set BACKUP_DIR" in here.backup().sentence

    def test_the_folder_comes_from_the_environment(self, tmp_path):
        code = "from django.conf import settings; print(settings.BACKUP_DIR)"
        for given, expected in (("", "None"), (str(tmp_path), str(tmp_path))):
            values = {"SECRET_KEY": "a key", "VAR_DIR": str(tmp_path), "BACKUP_DIR": given}
            assert manage("manage.py", "shell", "--no-imports", "-c", code, **values).stdout.strip() == expected


class TestDisk:
    @pytest.mark.parametrize(
        ("free", "total", "level"),
        [(50, 100, OK), (9, 100, LOOK), (1.5, 10, LOOK), (4.9, 100, WRONG), (0.4, 1, WRONG), (0, 100, WRONG)],
    )
    def test_its_room(self, monkeypatch, free, total, level):
        room = Room(int(total * GB), int((total - free) * GB), int(free * GB))
        monkeypatch.setattr(here.shutil, "disk_usage", lambda folder: room)
        found = here.disk()
        assert found.level == level and f"{free:.1f} of {total} GB are free" in found.sentence

    def test_it_is_this_computers(self, monkeypatch):
        monkeypatch.undo()
        assert " GB are free at " in here.disk().sentence


class TestSettings:
    def test_good_ones(self):
        assert here.safe_settings() == (OK, "The secret key is strong, DEBUG is off.")

    @pytest.mark.parametrize(
        ("name", "value", "words"),
        [
            ("SECRET_KEY", "short", "SECRET_KEY is short"),
            ("DEBUG", True, "DEBUG is on"),
            ("ALLOWED_HOSTS", [], "ALLOWED_HOSTS is empty"),
        ],
    )
    def test_bad_ones(self, settings, name, value, words):
        setattr(settings, name, value)
        found = here.safe_settings()
        assert found.level == WRONG and words in found.sentence


class TestStaticFiles:
    def test_of_this_release_or_not(self, settings):
        assert here.static_files().level == OK
        settings.STATIC_ROOT = shutil.copytree(settings.STATIC_ROOT, settings.VAR_DIR / "static")
        (settings.STATIC_ROOT / "blog/look.css").write_text("of another release")
        assert here.static_files().sentence.startswith("They are not those of this release (look.css): run manage.py")
        settings.STATIC_ROOT = settings.VAR_DIR / "nowhere"
        assert here.static_files().level == WRONG


@pytest.mark.usefixtures("django_db_serialized_rollback")
class TestAddress:
    def test_this_very_site(self, settings, live_server):
        settings.SITE_URL = live_server.url
        assert around.site_address() == (OK, f"{live_server.url} answers, and it is this site.")

    @pytest.mark.parametrize(
        ("status", "headers", "words"),
        [
            (200, {}, "Something else than this site answers"),
            (200, {"X-Site": "0123456789abcdef"}, "Something else than this site answers"),
            (502, {}, "answers with the error 502"),
            (302, {"Location": "https://elsewhere.example/"}, "leads on to https://elsewhere.example/"),
        ],
    )
    def test_something_else(self, settings, status, headers, words):
        server = web_server(headers, status)
        with running(server) as port:
            settings.SITE_URL = f"http://127.0.0.1:{port}"
            found = around.site_address()
        assert found.level == WRONG and words in found.sentence
        assert server.asked == ["/healthz"]

    def test_a_circle(self, settings):
        headers = {}
        server = web_server(headers, 301)
        with running(server) as port:
            settings.SITE_URL = f"http://127.0.0.1:{port}"
            headers["Location"] = f"{settings.SITE_URL}/healthz"
            assert "must send X-Forwarded-Proto" in around.site_address().sentence

    def test_nobody_there_or_nobody_speaks(self, settings, impatient):
        found = around.site_address()
        assert found.level == WRONG and "does not answer from here (Connection refused)" in found.sentence
        with silent_server() as port:
            settings.SITE_URL = f"http://127.0.0.1:{port}"
            assert "no answer within 2 seconds" in around.site_address().sentence

    def test_a_host_that_is_not_allowed(self, settings):
        settings.ALLOWED_HOSTS = ["blog.example.com"]
        assert around.site_address() == (
            WRONG,
            "ALLOWED_HOSTS does not have 127.0.0.1, the host of SITE_URL: add it.",
        )


class TestCertificate:
    @pytest.fixture
    def secured(self, settings, tmp_path, monkeypatch):
        """``secured(…)`` serves https as SITE_URL with a certificate made so; ``trusted=False``: by nobody known."""
        authority = trustme.CA()
        authority.cert_pem.write_to_path(str(tmp_path / "authority.pem"))
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))

        def serve(name="127.0.0.1", trusted=True, headers=None, **dates):
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            (authority if trusted else trustme.CA()).issue_cert(name, **dates).configure_cert(context)
            return web_server(headers or {}, context=context)

        def look(*args, check=around.certificate, **kwargs):
            with running(serve(*args, **kwargs)) as port:
                settings.SITE_URL = f"https://127.0.0.1:{port}"
                return check()

        return look

    @pytest.mark.parametrize(
        ("days", "level", "words"),
        [
            (60, OK, "It is good for 60 more days."),
            (13, LOOK, "It is good for 13 more days. Look why"),
            (1, WRONG, "It is good for 1 more day. Renew it now"),
        ],
    )
    def test_a_good_one(self, secured, days, level, words):
        found = secured(not_after=datetime.now(UTC) + timedelta(days=days, hours=2))
        assert found.level == level and words in found.sentence

    @pytest.mark.parametrize(
        ("made", "words"),
        [
            ({"not_after": datetime.now(UTC) - timedelta(days=1)}, "the certificate has run out"),
            ({"trusted": False}, "the certificate comes from nobody they know"),
            ({"name": "other.example.com"}, "the certificate is for another name than 127.0.0.1"),
        ],
    )
    def test_one_that_browsers_warn_of(self, secured, made, words):
        if "not_after" in made:
            made = made | {"not_before": made["not_after"] - timedelta(days=90)}
        found = secured(**made)
        assert found.level == WRONG and words in found.sentence
        found = secured(**made, check=around.site_address)
        assert found.level == LOOK and "its certificate is not good" in found.sentence

    def test_the_address_is_asked_over_https(self, secured):
        found = secured(check=around.site_address, headers={"X-Site": around.site_mark()})
        assert found.level == OK

    def test_no_https_there(self, settings, impatient):
        with running(web_server({})) as port:
            settings.SITE_URL = f"https://127.0.0.1:{port}"
            assert "does not answer over https" in around.certificate().sentence
        with silent_server() as port:
            settings.SITE_URL = f"https://127.0.0.1:{port}"
            assert around.certificate().level == WRONG

    @pytest.mark.parametrize(
        ("url", "level"),
        [
            ("http://127.0.0.1:8000", OK),
            ("http://localhost", OK),
            ("http://[::1]:8000", OK),
            ("http://blog.example.com", LOOK),
            ("http://192.168.1.5", LOOK),
        ],
    )
    def test_plain_http_is_for_this_computer(self, settings, url, level):
        settings.SITE_URL = url
        assert around.certificate().level == level


class TestMail:
    @pytest.fixture
    def sends(self, settings):
        def through(port, user="", password=""):
            settings.EMAIL_CONFIGURED = True
            settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
            settings.DEFAULT_FROM_EMAIL = "blog@example.com"
            settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
            settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = user, password

        return through

    def test_none(self):
        assert around.mail_server().level == LOOK

    def test_one_that_answers_sends_nothing(self, sends):
        server = mail_server(password="right")
        with running(server) as port:
            sends(port, "blog", "right")
            found = around.mail_server()
        assert found.level == OK and f"127.0.0.1:{port} answers and takes the login" in found.sentence
        assert not any(line.upper().startswith(("MAIL", "DATA")) for line in server.said)

    def test_a_wrong_login(self, sends):
        with running(mail_server(password="right")) as port:
            sends(port, "blog", "wrong")
            found = around.mail_server()
        assert found.level == WRONG and "refuses the login (535). Look at user and password" in found.sentence
        assert "wrong" not in found.sentence

    def test_one_that_is_down_or_silent(self, sends, impatient):
        sends(free_port())
        assert "cannot be used (Connection refused)" in around.mail_server().sentence
        with silent_server() as port:
            sends(port)
            assert around.mail_server().level == WRONG

    def test_a_test_mail(self, sends):
        server = mail_server()
        with running(server) as port:
            sends(port)
            with pytest.raises(CommandError):  # nothing answers at SITE_URL
                call_command("doctor", send_test="me@example.com", stdout=(printed := io.StringIO()))
        assert "The mail server took it for me@example.com" in printed.getvalue()
        assert "Subject: A test from your blog" in server.said

    def test_a_test_mail_that_cannot_leave(self, sends):
        sends(free_port())
        with pytest.raises(CommandError):
            call_command("doctor", send_test="me@example.com", stdout=(printed := io.StringIO()))
        assert "It could not be sent to me@example.com" in printed.getvalue()


class TestClock:
    @pytest.mark.parametrize(
        ("late", "level", "words"),
        [
            (0, OK, " agrees."),
            (30, LOOK, "seconds off"),
            (-7200, WRONG, "minutes off"),
            (90, WRONG, "turn on time syn"),
        ],
    )
    def test_the_one_of_the_site(self, settings, late, level, words):
        with running(web_server({}, late=late)) as port:
            settings.SITE_URL = f"http://127.0.0.1:{port}"
            found = around.clock()
        assert found.level == level and words in found.sentence and "Alaska time (America/Anchorage)" in found.sentence

    def test_nothing_to_compare_with_is_no_fault(self):
        assert around.clock().level == OK

    @pytest.mark.skipif(ON != "postgres", reason="SQLite has no clock of its own")
    def test_the_one_of_the_database(self, monkeypatch):
        assert "the clock of the database server agrees" in around.clock().sentence
        real = around.timezone.now
        monkeypatch.setattr(around.timezone, "now", lambda: real() - timedelta(minutes=10))
        found = around.clock()
        assert found.level == WRONG and "the clock of the database server is 10 minutes off" in found.sentence


class TestAll:
    def test_it_never_hangs(self, monkeypatch):
        monkeypatch.setitem(health.AROUND, "E-mail", lambda: time.sleep(30))
        begun = time.monotonic()
        lines = health.look_around(deadline=2.5)
        assert time.monotonic() - begun < 4
        assert [line.subject for line in lines] == list(health.AROUND)
        assert [line.sentence for line in lines if "came in time" in line.sentence] == [
            "No answer came in time. Look at this server's network and its name server."
        ]

    def test_a_look_that_breaks_breaks_nothing_else(self, monkeypatch):
        monkeypatch.setitem(health.HERE, "Disk", lambda: 1 / 0)
        lines = health.look_here()
        assert len(lines) == len(health.HERE)
        (broken,) = (line for line in lines if line.subject == "Disk")
        assert broken.level == WRONG and "could not be looked at (ZeroDivisionError" in broken.sentence

    @pytest.mark.usefixtures("django_db_serialized_rollback")
    def test_the_command_prints_a_line_for_each(self, live_server, settings):
        settings.SITE_URL = live_server.url
        call_command("doctor", stdout=(printed := io.StringIO()))
        lines = printed.getvalue().splitlines()
        assert [line[7:].partition(":")[0] for line in lines] == [*health.HERE, *health.AROUND]
        assert {line.split()[0] for line in lines} == {"ok", "look"}  # no e-mail is set up

    def test_what_is_wrong_makes_it_fail(self, tmp_path):
        values = {"SECRET_KEY": "short", "VAR_DIR": str(tmp_path), "SITE_URL": f"http://127.0.0.1:{free_port()}"}
        done = manage("manage.py", "doctor", **values)
        assert done.returncode == 1
        assert "Traceback" not in done.stderr and "things are wrong, see above." in done.stderr
        assert "wrong  Settings:" in done.stdout and "wrong  Address:" in done.stdout

    @pytest.mark.parametrize("url", ["postgres://blog@127.0.0.1:{}/blog", "sqlite:////not/there/blog.sqlite3"])
    def test_with_the_database_away_the_other_lines_come(self, tmp_path, url):
        values = {"SECRET_KEY": "x" * 60, "VAR_DIR": str(tmp_path), "DATABASE_URL": url.format(free_port())}
        done = manage("manage.py", "doctor", **values, PORT=str(free_port()))
        assert done.returncode == 1 and "Traceback" not in done.stderr
        lines = done.stdout.splitlines()
        assert len(lines) == len(health.HERE) + len(health.AROUND)
        assert lines[0].startswith("wrong  Database:      It cannot be used (")

    def test_healthz_says_the_same_mark_on_every_process(self, client):
        assert client.get("/healthz")["X-Site"] == around.site_mark()
        assert len(around.site_mark()) == 16


class TestScreens:
    @pytest.fixture
    def root(self):
        client = Client()
        client.force_login(User.objects.create_superuser("root", password="not a short one"))
        return client

    @pytest.fixture
    def looks(self, monkeypatch):
        """Counts the looks at the network, and answers them."""
        counted = []
        lines = [health.Line(subject, OK, f"All is well with {subject}.") for subject in health.AROUND]
        monkeypatch.setattr(health, "look_around", lambda: counted.append(1) or lines)
        return counted

    def lines(self, answer, path="//ul/li") -> list[str]:
        tree = lxml.html.fromstring(answer.content.decode())
        return [" ".join(" ".join(item.itertext()).split()) for item in tree.xpath(path)]

    def test_the_page_has_every_line(self, root, looks):
        found = self.lines(root.get("/admin/health/"), "//main//ul[@class='st-list']/li")
        assert len(found) == len(health.HERE) + len(health.AROUND)
        assert found[1].startswith("Backup The newest backup is less than an hour old") and found[1].endswith("OK")
        assert found[-1] == "Database file All is well with Database file. OK"

    def test_who_asks_while_somebody_looks_does_not_wait(self, root, looks):
        with health_screen._lock:
            found = self.lines(root.get("/admin/health/?fresh=1"), "//main//ul[@class='st-list']/li")
        assert looks == []
        assert "This is being looked at right now." in found[-1] and "Load the page again" in found[-1]

    def test_the_network_is_looked_at_once_in_some_minutes_or_when_asked(self, root, looks, monkeypatch):
        for _ in range(3):
            root.get("/admin/health/")
        assert len(looks) == 1
        root.get("/admin/health/?fresh=1")
        assert len(looks) == 2
        real = time.monotonic
        monkeypatch.setattr(health_screen.time, "monotonic", lambda: real() + 301)
        root.get("/admin/health/")
        assert len(looks) == 3

    def test_the_front_page_has_what_is_known_at_once_and_never_waits(self, root, looks, settings):
        (settings.BACKUP_DIR / "blog.tar.gz").unlink()
        answer = root.get("/admin/")
        found = self.lines(answer, "//details[@id='health'][@open]//li")
        assert [line.split()[0] for line in found] == [
            "Database",
            "Backup",
            "Disk",
            "Settings",
            "Static",
            "Mails",
            "Daily",
            "Address,",
        ]
        assert found[1].endswith("Make one now. Wrong")
        assert looks == []

    def test_it_is_folded_while_all_is_well(self, root, looks, settings):
        assert len(self.lines(root.get("/admin/"), "//details[@id='health'][not(@open)]//li")) == len(health.HERE) + 1

    def test_what_the_health_costs_the_front_page(self, root, looks):
        root.get("/admin/")
        with CaptureQueriesContext(connection) as asked:
            root.get("/admin/")
        tables = [query["sql"] for query in asked if "django_migrations" in query["sql"]]
        # Whatever waits is asked by the cards of the work list; of these, one looks at links, one at safety records.
        assert len(tables) == 1 and len(asked) <= 21

    def test_only_who_looks_after_the_practice_sees_it(self, client, looks):
        assert client.get("/admin/health/").url.startswith("/admin/login/")
        for name, roles, status in (("mara", ["Manager"], 200), ("erin", ["Editor"], 403), ("wilma", ["Writer"], 403)):
            client.force_login(person(name, *roles))
            assert client.get("/admin/health/").status_code == status
            assert ("Health of the site" in client.get("/admin/").content.decode()) == (status == 200)
        assert len(looks) == 1 and mail.outbox == []
