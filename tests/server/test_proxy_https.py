"""The shipped nginx configuration for a site with https: its own, and another proxy's in front."""

import os
import ssl
import time

import pytest
from proxy import HOST, eventually

URL = f"https://{HOST}"


@pytest.fixture(scope="module")
def site(serve):
    return serve(URL)


@pytest.fixture(scope="module")
def proxy(site, put_in_front):
    return put_in_front(site, certificate=True, TLS="on")


def test_pages_come_over_https_with_the_headers_of_a_safe_site(proxy):
    answer = proxy.get("/blog/", tls=True)
    assert answer.status == 200 and "<h1" in answer.text
    assert answer.headers["strict-transport-security"].startswith("max-age=31536000")
    assert answer.headers["content-security-policy"]
    login = proxy.get("/admin/login/", tls=True)
    assert login.status == 200
    assert "secure" in login.headers["set-cookie"].lower()


def test_http_leads_to_https_on_the_same_host(proxy):
    answer = proxy.get("/blog/?page=2")
    assert (answer.status, answer.headers["location"]) == (301, f"https://{HOST}/blog/?page=2")


def test_http_2_is_spoken(proxy):
    with proxy.tls_connection(protocols=("h2", "http/1.1")) as connection:
        assert connection.selected_alpn_protocol() == "h2"
        assert connection.version() == "TLSv1.3"


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion")
def test_old_encryption_is_refused(proxy):
    with proxy.tls_connection(newest=ssl.TLSVersion.TLSv1_2) as connection:
        assert connection.version() == "TLSv1.2"
    with pytest.raises(OSError):
        proxy.tls_connection(newest=ssl.TLSVersion.TLSv1_1)


def test_a_host_that_is_not_ours_sees_no_certificate_and_gets_no_answer(proxy):
    with pytest.raises(OSError):
        proxy.tls_connection(name="other.example.com")
    with pytest.raises(OSError):
        proxy.get("/blog/", host="other.example.com", tls=True)
    with pytest.raises(OSError):
        proxy.get("/blog/", host="other.example.com")


def test_the_authority_finds_its_proof_over_http(proxy):
    folder = proxy.folder / "challenges" / ".well-known" / "acme-challenge"
    folder.mkdir(parents=True)
    (folder / "token").write_text("proof")
    answer = proxy.get("/.well-known/acme-challenge/token")
    assert (answer.status, answer.text) == (200, "proof")
    assert proxy.get("/.well-known/acme-challenge/other").status == 404


def test_without_a_certificate_it_waits_for_one_and_then_uses_each_new_one(site, put_in_front):
    proxy = put_in_front(site, TLS="on")
    assert proxy.get("/blog/").status == 503
    with pytest.raises(OSError):
        proxy.tls_connection()
    proxy.give_certificate()
    assert eventually(lambda: proxy.get("/blog/").status == 301)
    assert proxy.get("/blog/", tls=True).status == 200
    first = certificate(proxy)
    proxy.give_certificate()
    assert eventually(lambda: certificate(proxy) != first)
    # Half a certificate is left alone.
    (proxy.folder / "certificates/live/blog/fullchain.pem").write_text("half")
    second = certificate(proxy)
    time.sleep(0.6)
    assert certificate(proxy) == second


def certificate(proxy) -> bytes | None:
    try:
        with proxy.tls_connection() as connection:
            return connection.getpeercert(binary_form=True)
    except OSError:
        return None


def test_behind_another_proxy_there_is_no_endless_redirect(site, put_in_front):
    behind = put_in_front(site, TRUSTED_PROXY="10.0.0.0/8, 127.0.0.0/8")
    said = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.9, 10.1.2.3"}
    assert behind.get("/blog/", headers=said).status == 200
    assert behind.get("/behind/", headers=said).status == 404
    assert eventually(lambda: "GET /behind/ HTTP/1.1 by https for 203.0.113.9\n" in site.log)
    by_http = behind.get("/blog/", headers={"X-Forwarded-Proto": "http"})
    assert (by_http.status, by_http.headers["location"]) == (301, f"{URL}/blog/")
    assert behind.logs('"network": "203.0.113.0"')
    assert "203.0.113.9" not in behind.log


def test_a_proxy_that_nobody_named_is_not_believed(site, put_in_front):
    behind = put_in_front(site, TRUSTED_PROXY="10.0.0.0/8")
    answer = behind.get("/blog/", headers={"X-Forwarded-Proto": "https"})
    assert (answer.status, answer.headers["location"]) == (301, f"{URL}/blog/")


def test_no_process_stays_when_it_is_stopped(proxy):
    group = proxy.process.pid
    proxy.stop()
    assert eventually(lambda: not group_lives(group))


def group_lives(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True
