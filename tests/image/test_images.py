"""The images as they are run on a server: unprivileged, read-only, on a real PostgreSQL, nginx in front."""

import os
import re
import signal
import time
import urllib.error
import urllib.request
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from live_site import OPENER, free_port

HOST = "blog.example.com"
SECRETS = re.compile(r"only-while-building|SECRET_KEY|PASSWORD")


def new_volume(image, inside: str, outside: Path) -> Path:
    """A folder for a new volume; it belongs to whom the folder in the image belongs, as Docker sees to."""
    outside.mkdir()
    owner = (image.root / inside.lstrip("/")).stat()
    os.chown(outside, owner.st_uid, owner.st_gid)
    return outside


@pytest.fixture(scope="module")
def volumes(built, folder, database):
    """What compose.yaml mounts: the volumes and the way to the database."""
    found = {
        inside: new_volume(built["web"], inside, folder / name)
        for inside, name in {"/var/lib/blog": "state", "/var/lib/blog/media": "pictures"}.items()
    }
    for socket in parse_qs(urlsplit(database).query).get("host", []):
        found[socket] = Path(socket)
    return found


@pytest.fixture(scope="module")
def environment(database):
    """What compose.yaml sets, but for a port of this machine."""
    return {
        "SECRET_KEY": "only for tests, and long enough for every check of its length",
        "SITE_URL": f"http://{HOST}",
        "DATABASE_URL": database,
        "BIND": f"127.0.0.1:{free_port()}",
        "FORWARDED_ALLOW_IPS": "*",
    }


@pytest.fixture(scope="module")
def manage(built, volumes, environment):
    """``manage(…)`` runs a management command in the site's image; returns what it printed."""

    def run(*command):
        code, printed = built["web"].run("python", "manage.py", *command, volumes=volumes, environment=environment)
        assert code == 0, printed
        return printed

    return run


@pytest.fixture(scope="module")
def prepared(built, volumes, environment, manage):
    """What two containers said that prepared the empty database at once. The samples are loaded after them."""
    command = ["python", "manage.py", "prepare"]
    both = [built["web"].process(command, volumes=volumes, environment=environment) for _ in range(2)]
    said = [(process.communicate(timeout=180)[0], process.returncode) for process in both]
    manage("load_samples")
    return said


@pytest.fixture(scope="module")
def web(built, volumes, environment, prepared, folder):
    """The served site."""
    with open(folder / "web.log", "wb") as log:
        process = built["web"].process(volumes=volumes, environment=environment, stdout=log)
    check = built["web"].config["Healthcheck"]["Test"][1:]
    deadline = time.monotonic() + 60
    while built["web"].run(*check, volumes=volumes, environment=environment)[0]:
        assert process.poll() is None and time.monotonic() < deadline, (folder / "web.log").read_text()
        time.sleep(0.2)
    yield process
    end(process)


@pytest.fixture(scope="module")
def proxy_port(built, web, environment, volumes, folder):
    """The port of nginx in front of the site."""
    port = free_port()
    cache = new_volume(built["proxy"], "/var/cache/blog", folder / "cache")
    process = built["proxy"].process(
        volumes={"/srv/blog/media": volumes["/var/lib/blog/media"], "/var/cache/blog": cache},
        environment={
            "SITE_URL": f"http://{HOST}",
            "WEB": environment["BIND"],
            "RESOLVER": "127.0.0.1",
            "HTTP_PORT": port,
            "HEALTH_PORT": 8081,
        },
    )
    check = built["proxy"].config["Healthcheck"]["Test"][1:]
    deadline = time.monotonic() + 20
    while built["proxy"].run(*check)[0]:
        assert process.poll() is None and time.monotonic() < deadline, process.stdout.read()
        time.sleep(0.2)
    yield port
    end(process)


def end(process) -> None:
    process.send_signal(signal.SIGTERM)
    process.wait(timeout=30)
    if process.stdout:
        process.stdout.close()


def get(port: int, path: str) -> tuple[int, dict, str]:
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", headers={"Host": HOST})
    try:
        with OPENER.open(request, timeout=20) as answer:
            return answer.status, dict(answer.headers), answer.read().decode("utf-8", "replace")
    except urllib.error.HTTPError as answer:
        return answer.status, dict(answer.headers), answer.read().decode("utf-8", "replace")


def test_nothing_runs_as_root_and_no_secret_is_inside(built):
    assert {name: image.user for name, image in built.items()} == {"web": "10001:10001", "proxy": "101:101"}
    for image in built.values():
        assert not SECRETS.search("\n".join(image.config["Env"]))


def test_only_what_the_site_runs_on_is_inside(built):
    inside = {path.name for path in (built["web"].root / "srv/blog").iterdir()}
    assert inside == set("blog collected deploy docs manage.py medspa requirements.txt static templates".split())
    # The guide that the admin shows as Help, and no other document.
    assert [path.name for path in (built["web"].root / "srv/blog/docs").iterdir()] == ["writing.md"]
    inside = {path.name for path in (built["proxy"].root / "srv").iterdir()}
    assert inside == {"blog", "proxy", "certificates", "challenges", "reads"}


def test_both_images_have_the_static_files_of_the_release(built):
    manifest = "staticfiles.json"
    of_the_site = (built["web"].root / "srv/blog/collected" / manifest).read_text()
    assert (built["proxy"].root / "srv/blog/static" / manifest).read_text() == of_the_site
    assert '"blog/look.css"' in of_the_site


def test_two_containers_prepare_one_empty_database(prepared):
    for printed, code in prepared:
        assert code == 0 and "ready for this release" in printed, printed
        assert "docker compose run --rm web python manage.py invite" in printed


def test_the_site_runs_without_any_privilege_and_cannot_change_its_own_files(built, web, volumes, environment):
    status = Path(f"/proc/{web.pid}/status").read_text()
    assert re.search(r"^Uid:\s+10001\s+10001", status, re.MULTILINE)
    assert re.search(r"^CapBnd:\s+0+$", status, re.MULTILINE) and re.search(r"^CapEff:\s+0+$", status, re.MULTILINE)
    assert re.search(r"^NoNewPrivs:\s+1", status, re.MULTILINE)
    code, printed = built["web"].run("touch", "/srv/blog/medspa/changed.py", volumes=volumes)
    assert code and "Read-only file system" in printed


def test_pages_and_static_files_are_served(web, environment):
    port = int(environment["BIND"].rpartition(":")[2])
    status, _, page = get(port, "/blog/who-pays-for-botulinum-toxin/")
    assert status == 200 and "<h1" in page
    look = re.search(r"/static/blog/look\.[0-9a-f]{12}\.css", page)[0]
    assert get(port, look)[0] == 200


def test_pictures_go_into_the_volumes(web, volumes):
    published = list(volumes["/var/lib/blog/media"].glob("*.avif"))
    masters = list((volumes["/var/lib/blog"] / "masters").iterdir())
    assert published and masters
    assert {path.stat().st_uid for path in (*published, *masters)} == {10001}


def test_nginx_serves_pages_and_the_files_of_both(built, proxy_port):
    status, headers, page = get(proxy_port, "/blog/who-pays-for-botulinum-toxin/")
    assert (status, headers["Server"]) == (200, "nginx") and "<h1" in page
    picture = re.search(r"/media/[0-9a-z.-]+\.jpg", page)[0]
    for path in (picture, re.search(r"/static/blog/look\.[0-9a-f]{12}\.css", page)[0]):
        status, headers, _ = get(proxy_port, path)
        assert (status, headers["Cache-Control"]) == (200, "public, max-age=31536000, immutable"), path
    masters = built["proxy"].root / "srv/blog"
    assert {path.name for path in masters.iterdir()} == {"static", "media"}


def test_the_site_ends_in_order_and_nginx_says_so(built, web, proxy_port):
    web.send_signal(signal.SIGTERM)
    assert web.wait(timeout=40) == 0
    status, headers, page = get(proxy_port, "/blog/")
    assert (status, headers["Retry-After"]) == (503, "30") and "Back in a moment" in page
