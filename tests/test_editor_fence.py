"""CKEditor 4 gets no more free fixes. This is the fence around it; docs/architecture.md says why each post stands."""

import re
from pathlib import Path

import lxml.html
import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.checks import run_checks
from django.test import Client
from factories import make_editor, make_picture, make_post
from public_pages import every_address

from blog.admin.editor import PLUGINS, REMOVED, editor_config
from blog.content.markup import allowed_content

ROOT = Path(__file__).resolve().parent.parent
UNUSED = (
    "preview print exportpdf scayt wsc embed embedbase embedsemantic autoembed iframe iframedialog flash forms "
    "templates codesnippet codesnippetgeshi adobeair docprops sourcedialog devtools"
).split()


def test_the_content_filter_is_the_generated_one_and_never_off():
    config = editor_config()
    assert config["allowedContent"] == allowed_content()
    assert isinstance(config["allowedContent"], dict) and "script" not in config["allowedContent"]
    assert "extraAllowedContent" not in config


def test_only_named_plugins_run_and_none_of_the_removed():
    config = editor_config()
    assert config["plugins"].split(",") == list(PLUGINS)
    assert "extraPlugins" not in config
    assert set(UNUSED) <= set(REMOVED) == set(config["removePlugins"].split(","))
    assert not set(PLUGINS) & set(REMOVED)


def test_nothing_is_fetched_from_elsewhere_and_nothing_is_uploaded_by_the_editor():
    config = editor_config()
    assert config["versionCheck"] is False and config["customConfig"] == "" and config["stylesSet"] is False
    assert config["clipboard_handleImages"] is False
    assert not [name for name in config if "upload" in name.lower() or "filebrowser" in name.lower()]
    assert not re.search(r"//|https?:", str({name: value for name, value in config.items() if name != "toolbar"}))


@pytest.fixture(scope="module")
def served():
    """Names of all static files that are collected, and so served."""
    patterns = apps.get_app_config("staticfiles").ignore_patterns
    return {name.replace("\\", "/") for finder in get_finders() for name, _ in finder.list(patterns)}


@pytest.mark.parametrize("plugin", UNUSED)
def test_leftover_files_of_the_package_are_not_served(served, plugin):
    assert not [name for name in served if name.startswith(f"ckeditor/ckeditor/plugins/{plugin}/")]


def test_samples_and_other_leftovers_are_not_served(served):
    left = ("samples/", "adapters/", "vendor/", "bender-runner.config.json", "build-config.js", "README.md")
    assert not [name for name in served if name.startswith(tuple(f"ckeditor/ckeditor/{start}" for start in left))]
    assert "ckeditor/ckeditor/ckeditor.js" in served


def test_the_packages_own_upload_views_are_not_installed():
    assert "ckeditor_uploader" not in settings.INSTALLED_APPS
    assert "ckeditor_uploader" not in (ROOT / "medspa" / "urls.py").read_text("utf-8")


def test_the_packages_warning_is_answered():
    assert "ckeditor.W001" in settings.SILENCED_SYSTEM_CHECKS
    assert not [message for message in run_checks() if not message.is_silenced()]


@pytest.fixture
def page(db):
    client = Client()
    client.force_login(make_editor())
    return client.get("/admin/blog/post/add/")


def test_the_editing_screen_runs_only_our_own_files(page):
    policy = {part.split()[0]: part.split()[1:] for part in page["Content-Security-Policy"].split(";")}
    assert policy["script-src"] == ["'self'"]
    assert policy["script-src-attr"] == ["'unsafe-inline'"]
    assert policy["connect-src"] == ["'self'"] and policy["object-src"] == ["'none'"]
    for script in lxml.html.fromstring(page.content).iter("script"):
        assert script.get("src", "").startswith("/static/") and not (script.text or "").strip()


def test_readers_never_load_it(client, db):
    make_post("Live", hero_image=make_picture(), hero_alt="A lamp")
    for address in [*every_address(), "/admin/login/"]:
        answer = client.get(address)
        content = b"".join(answer.streaming_content) if answer.streaming else answer.content
        assert b"ckeditor" not in content


def test_our_scripts_never_put_text_in_as_markup():
    for path in (ROOT / "static" / "staff").glob("*.js"):
        code = path.read_text("utf-8")
        assert not re.search(r"innerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function", code), path
