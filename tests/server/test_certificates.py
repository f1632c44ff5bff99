"""Certificates, from none to a renewed one: the shipped script and nginx, certbot, and pebble for an authority.

pebble is a server of the ACME protocol that is made for tests; like Let's Encrypt it comes to port 80 of the site for
its proof. Its certificates are valid for a day here, so each look at them ends in a renewal.
"""

import json
import os
import signal
import subprocess
from pathlib import Path

import pytest
from live_site import ROOT, free_port
from proxy import HOST, Proxy, eventually, make_certificate, need


@pytest.fixture
def proxy(open_folder, names):
    """nginx of a site with TLS that has no certificate yet, and no server behind it."""
    if os.environ["TEST_ON"] != "sqlite":
        pytest.skip("needs no database; the run on SQLite tests it")
    folder = open_folder("proxy")
    (folder / "challenges").mkdir()
    settings = {"SITE_URL": f"https://{HOST}", "TLS": "on", "WEB": "web.test:9", "RESOLVER": names.address}
    proxy = Proxy(folder, settings | {"FILES": str(folder)})
    proxy.start()
    yield proxy
    proxy.stop()


@pytest.fixture
def started(tmp_path):
    """``started(name, command, environment)`` runs a program beside the test; its output is in a file of that name."""
    processes = []

    def start(name, command, environment):
        with open(tmp_path / name, "w") as output:
            processes.append(
                subprocess.Popen(command, env=environment, stdout=output, stderr=output, start_new_session=True)
            )

    yield start
    for process in processes:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(timeout=10)


@pytest.fixture
def authority(proxy, names, started, tmp_path):
    """The address of the authority, and the certificate by which it is known."""
    address, lifetime = f"127.0.0.1:{free_port()}", 24 * 3600
    make_certificate(tmp_path / "authority.pem", tmp_path / "authority-key.pem", "127.0.0.1", "IP:127.0.0.1")
    settings = {
        "listenAddress": address,
        "managementListenAddress": f"127.0.0.1:{free_port()}",
        "certificate": str(tmp_path / "authority.pem"),
        "privateKey": str(tmp_path / "authority-key.pem"),
        "httpPort": proxy.http,
        "tlsPort": proxy.https,
        # As older and as newer versions want it.
        "certificateValidityPeriod": lifetime,
        "profiles": {"default": {"description": "a day", "validityPeriod": lifetime}},
    }
    (tmp_path / "pebble.json").write_text(json.dumps({"pebble": settings}))
    quick = {"PATH": os.environ["PATH"], "PEBBLE_VA_NOSLEEP": "1", "PEBBLE_WFE_NONCEREJECT": "0"}
    started("pebble.log", [need("pebble"), "-config", tmp_path / "pebble.json", "-dnsserver", names.address], quick)
    assert eventually(lambda: "Listening on" in (tmp_path / "pebble.log").read_text())
    return f"https://{address}/dir", tmp_path / "authority.pem"


def served(proxy) -> bytes | None:
    """The certificate that browsers are shown."""
    try:
        with proxy.tls_connection() as connection:
            return connection.getpeercert(binary_form=True)
    except OSError:
        return None


def test_a_certificate_is_fetched_used_and_renewed_by_itself(proxy, authority, started, tmp_path):
    address, known_by = authority
    assert proxy.get("/blog/").status == 503
    environment = {
        "PATH": f"{Path(need('certbot')).parent}:/usr/bin:/bin",
        "SITE_URL": f"https://{HOST}",
        "ACME_EMAIL": "you@example.com",
        "ACME_SERVER": address,
        "REQUESTS_CA_BUNDLE": str(known_by),
        "CERTIFICATES": str(proxy.folder / "certificates"),
        "CHALLENGES": str(proxy.folder / "challenges"),
        "WORK": str(tmp_path),
        "AFTER_SUCCESS": "1",
        "AFTER_FAILURE": "1",
    }
    started("renew.log", ["sh", ROOT / "deploy/certificates/renew.sh"], environment)
    assert eventually(lambda: served(proxy), 40), (tmp_path / "renew.log").read_text()
    first = served(proxy)
    assert proxy.get("/blog/").headers["location"] == f"https://{HOST}/blog/"
    assert eventually(lambda: served(proxy) not in (None, first), 40), (tmp_path / "renew.log").read_text()
    assert oct((proxy.folder / "certificates/live/blog/privkey.pem").stat().st_mode)[-3:] == "600"
