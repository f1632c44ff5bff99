"""The composition: what each container may do, what holds them together, and the scripts that stand in the files."""

import os
import re
import stat
import subprocess
from pathlib import Path

import pytest
import yaml
from live_site import ROOT

PLAIN = yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))
TLS = yaml.safe_load((ROOT / "compose.tls.yaml").read_text("utf-8"))
SERVICES = PLAIN["services"]
EVERY = {**SERVICES, "certificates": TLS["services"]["certificates"]}
# What the Compose Specification knows, of what these files use.
KNOWN = set(
    "build cap_drop command depends_on entrypoint env_file environment healthcheck image init logging mem_limit "
    "networks pids_limit ports profiles read_only restart security_opt shm_size stop_grace_period tmpfs user "
    "volumes".split()
)


@pytest.mark.parametrize("name", EVERY)
class TestEveryContainer:
    def test_is_written_in_words_that_compose_knows(self, name):
        assert set(EVERY[name]) <= KNOWN

    def test_has_no_privilege_and_cannot_change_its_own_files(self, name):
        service = EVERY[name]
        assert service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]
        assert service["read_only"] is True

    def test_does_not_run_as_root(self, name):
        users = dict(re.findall(r"AS (\w+)\n(?:(?!FROM).*\n)*?USER (\S+)", (ROOT / "Dockerfile").read_text()))
        service = EVERY[name]
        user = service.get("user") or users[service["build"]["target"]]
        assert user.partition(":")[0] not in ("", "0", "root")

    def test_comes_back_after_a_crash_and_a_reboot(self, name):
        assert EVERY[name]["restart"] == ("no" if name == "prepare" else "unless-stopped")

    def test_fills_neither_memory_nor_disk(self, name):
        service = EVERY[name]
        assert service["mem_limit"] and service["pids_limit"]
        assert service["logging"] == {"driver": "json-file", "options": {"max-size": "10m", "max-file": "5"}}

    def test_is_pinned_to_a_version(self, name):
        service = EVERY[name]
        assert "build" in service or re.search(r":v?\d", service["image"])


def test_base_images_are_pinned_to_a_version():
    bases = re.findall(r"^FROM (\S+:\S+)", (ROOT / "Dockerfile").read_text(), re.MULTILINE)
    assert bases and all(re.search(r":\d+\.\d+", base) for base in bases)


def test_only_the_proxy_is_reached_from_outside_and_the_database_by_the_site_alone():
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["proxy"]
    assert PLAIN["networks"]["back"]["internal"] is True
    on = {name: set(service["networks"]) for name, service in SERVICES.items()}
    site = {name: {"front", "back"} for name in ("prepare", "web", "daily")}
    assert on == {"db": {"back"}, "proxy": {"front"}, **site}


def test_masters_are_mounted_where_no_web_server_is():
    assert SERVICES["proxy"]["volumes"] == ["pictures:/srv/blog/media:ro", "cache:/var/cache/blog", "reads:/srv/reads"]
    assert "state:/var/lib/blog" in SERVICES["web"]["volumes"]


def test_the_site_starts_after_its_database_is_prepared():
    assert SERVICES["prepare"]["command"] == ["python", "manage.py", "prepare"]
    assert SERVICES["prepare"]["depends_on"] == {"db": {"condition": "service_healthy"}}
    assert SERVICES["web"]["depends_on"]["prepare"] == {"condition": "service_completed_successfully"}
    assert "healthcheck" in SERVICES["db"]


def test_the_daily_work_has_what_the_site_has_and_alone_can_write_backups():
    daily, web = SERVICES["daily"], SERVICES["web"]
    assert daily["command"] == ["python", "manage.py", "daily"] and daily["profiles"] == ["by-hand"]
    places = {mount.removesuffix(":ro") for mount in web["volumes"]}
    assert set(daily["volumes"]) == places | {"${BACKUP_COPY_TO:-/var/backups/blog}:/var/backups/copies"}
    for name, service in SERVICES.items():
        if name != "daily":
            assert all(mount.endswith(":ro") for mount in service.get("volumes", []) if "BACKUP" in mount), name
    changed = {"BACKUP_COPY_TO": "${BACKUP_COPY_TO:+/var/backups/copies}"}
    assert daily["environment"] == {**web["environment"], **changed}


def test_no_secret_has_a_default_and_a_missing_one_is_a_sentence():
    text = (ROOT / "compose.yaml").read_text("utf-8") + (ROOT / "compose.tls.yaml").read_text("utf-8")
    for name in ("SECRET_KEY", "DATABASE_PASSWORD", "SITE_URL", "ACME_EMAIL"):
        uses = re.findall(rf"\$\{{{name}(.*?)\}}", text)
        assert uses and all(use.startswith(":?") and ".env" in use for use in uses), name
    assert SERVICES["db"]["environment"]["POSTGRES_PASSWORD"].startswith("${DATABASE_PASSWORD:?")


def test_every_volume_is_declared():
    for composition in (PLAIN, TLS):
        used = {
            mount.partition(":")[0]
            for service in composition["services"].values()
            for mount in service.get("volumes", [])
            if not mount.startswith((".", "/", "${BACKUP_DIR:-/", "${BACKUP_COPY_TO:-/"))  # a folder of the server's
        }
        assert used <= {*PLAIN["volumes"], *composition["volumes"]}


def test_with_certificates_no_browser_may_say_whom_it_speaks_for():
    assert TLS["services"]["proxy"]["environment"] == {"TLS": "on", "TRUSTED_PROXY": "${TRUSTED_PROXY:-}"}
    assert TLS["services"]["proxy"]["ports"] == ["${HTTPS_PORT:-443}:8443"]


def test_the_keys_are_read_by_nginx_alone():
    certificates = TLS["services"]["certificates"]
    assert certificates["user"] == "101:101"
    assert re.search(r"AS proxy\n(?:(?!FROM).*\n)*?USER 101:101", (ROOT / "Dockerfile").read_text())
    assert certificates["depends_on"] == {"proxy": {"condition": "service_healthy"}}


# --- The first settings ---------------------------------------------------------------------------


@pytest.fixture
def server(tmp_path):
    """A folder with a copy of the script, as on a server. ``server("https://…")`` runs it."""
    (tmp_path / "deploy").mkdir()
    script = tmp_path / "deploy" / "first-settings.sh"
    script.write_text((ROOT / "deploy/first-settings.sh").read_text())

    def run(*arguments):
        done = subprocess.run(["sh", script, *arguments], capture_output=True, text=True, cwd="/")
        return done.returncode, done.stdout + done.stderr

    run.env = tmp_path / ".env"
    return run


def settings(path: Path) -> dict[str, str]:
    lines = [line for line in path.read_text().splitlines() if not line.startswith("#")]
    return dict(line.split("=", 1) for line in lines)


def test_first_settings_have_new_secrets_that_only_their_owner_can_read(server):
    code, said = server("https://blog.example.com", "you@example.com")
    assert code == 0 and "docker compose up -d" in said
    made = settings(server.env)
    assert made["SITE_URL"] == "https://blog.example.com"
    assert made["ACME_EMAIL"] == "you@example.com"
    assert made["COMPOSE_FILE"] == "compose.yaml:compose.tls.yaml"
    secrets = {made["SECRET_KEY"], made["DATABASE_PASSWORD"]}
    # The password stands in an address, and neither is changed by compose or a shell.
    assert len(secrets) == 2 and all(re.fullmatch(r"[A-Za-z0-9_-]{64}", secret) for secret in secrets)
    assert stat.S_IMODE(os.stat(server.env).st_mode) == 0o600
    assert said.count(made["SECRET_KEY"]) == 0


def test_without_an_e_mail_address_there_are_no_certificates(server):
    assert server("http://192.168.1.20/")[0] == 0
    assert set(settings(server.env)) == {"SITE_URL", "SECRET_KEY", "DATABASE_PASSWORD"}
    assert settings(server.env)["SITE_URL"] == "http://192.168.1.20"


def test_settings_that_exist_are_left_alone(server):
    server("https://blog.example.com")
    before = server.env.read_text()
    code, said = server("https://other.example.com")
    assert code and "left as it is" in said
    assert server.env.read_text() == before


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("blog.example.com",),
        ("https://",),
        ("https://blog.example.com/path",),
        ("https://blog.example.com$HOME",),
        ("https://blog.example.com\nDEBUG=1",),
        ("https://blog.example.com", "nobody"),
        ("https://blog.example.com", "a@b\nDEBUG=1"),
        ("http://blog.example.com", "you@example.com"),
    ],
)
def test_what_is_no_address_is_refused_and_nothing_is_written(server, arguments):
    code, said = server(*arguments)
    assert code and said
    assert not server.env.exists()


# --- Certificates ---------------------------------------------------------------------------------

FAKE_CERTBOT = """#!/bin/sh
echo "$@" >> "{calls}"
test "$(wc -l < "{calls}")" -gt 1
"""


def test_the_certificate_is_asked_for_again_and_again_and_a_failure_says_what_to_look_at(tmp_path):
    calls = tmp_path / "calls"
    (tmp_path / "certbot").write_text(FAKE_CERTBOT.format(calls=calls))
    (tmp_path / "certbot").chmod(0o755)
    process = subprocess.Popen(
        ["sh", ROOT / "deploy/certificates/renew.sh"],
        env={
            "PATH": f"{tmp_path}:/usr/bin:/bin",
            "SITE_URL": "https://blog.example.com",
            "ACME_EMAIL": "you@example.com",
            "AFTER_SUCCESS": "0.1",
            "AFTER_FAILURE": "0.2",
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    said = process.stdout.readline()
    assert "blog.example.com" in said and "DNS" in said and "port 80" in said
    while len(calls.read_text().splitlines()) < 4:
        assert process.poll() is None
    process.terminate()
    process.communicate(timeout=10)
    assert process.returncode == 0
    asked = calls.read_text().splitlines()[0].split()
    assert asked[0] == "certonly" and "--keep-until-expiring" in asked
    assert asked[asked.index("--domain") + 1] == "blog.example.com"
    assert asked[asked.index("--cert-name") + 1] == "blog"  # where nginx looks: live/blog
    assert asked[asked.index("--config-dir") + 1] == "/srv/certificates"
