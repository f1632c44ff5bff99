"""Sites behind the shipped nginx. They bring a database of their own, so the run on SQLite is enough."""

import os
import shutil
import tempfile
from pathlib import Path

import pytest
from proxy import NameServer, Proxy, ServedSite, environment, need


@pytest.fixture(scope="session")
def open_folder():
    """``open_folder(name)`` makes a folder that nginx may read: started by root, it works as another user."""
    home = Path(tempfile.mkdtemp(prefix="blog-server-", dir="/tmp"))
    home.chmod(0o755)

    def make(name):
        folder = Path(tempfile.mkdtemp(prefix=f"{name}-", dir=home))
        folder.chmod(0o755)
        return folder

    yield make
    shutil.rmtree(home, ignore_errors=True)


@pytest.fixture(scope="session")
def prepared_site(open_folder):
    """A site with static files; not served."""
    if os.environ["TEST_ON"] != "sqlite":
        pytest.skip("brings a database of its own; the run on SQLite tests it")
    need("nginx")
    site = ServedSite(open_folder("prepared"), "http://blog.example.com")
    site.run("prepare")
    # Not the editor's hundreds of files: compressing them takes longer than all tests here.
    site.run("collectstatic", "--noinput", "-v0", "--ignore", "ckeditor")
    return site


@pytest.fixture(scope="module")
def serve(prepared_site, open_folder):
    """``serve(site_url)`` gives a served site; with another address and the same port it is one more container."""
    sites = []

    def make(site_url, address="127.0.0.1", port=None):
        site = ServedSite(open_folder("site"), site_url, address, port)
        shutil.copytree(prepared_site.folder, site.folder, dirs_exist_ok=True)
        site.start()
        sites.append(site)
        return site

    yield make
    for site in sites:
        site.stop()


@pytest.fixture(scope="module")
def names():
    """The name server that nginx asks where the site is."""
    server = NameServer()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def put_in_front(names, open_folder):
    """``put_in_front(site, …)`` starts nginx in front of a site, with more of its environment where given."""
    proxies = []

    def make(site, *, certificate=False, **more):
        proxy = Proxy(open_folder("proxy"), environment(site, names, **more))
        if certificate:
            proxy.give_certificate()
        proxies.append(proxy)
        proxy.start()
        return proxy

    yield make
    for proxy in proxies:
        proxy.stop()
