"""The word to a proxy that keeps pages: a new one after each committed change of what readers see."""

from pathlib import Path

import pytest
from django.db import transaction

from blog.models import Topic
from blog.proxy_mark import NAME

pytestmark = pytest.mark.django_db


@pytest.fixture
def mark(settings, tmp_path) -> Path:
    settings.MEDIA_ROOT = tmp_path / "media"
    return settings.MEDIA_ROOT / NAME


def test_each_change_of_what_readers_see_says_a_new_word_once_it_is_committed(mark, django_capture_on_commit_callbacks):
    words = []
    for name in ("Skin", "Lasers"):
        with django_capture_on_commit_callbacks(execute=True):
            Topic.objects.create(name=name, slug=name.lower())
            assert (mark.read_text() if mark.exists() else None) == (words[-1] if words else None)
        words.append(mark.read_text())
    assert len(set(words)) == 2 and all(len(word) == 17 for word in words)
    assert mark.stat().st_mode & 0o777 == 0o644  # the proxy is another user
    assert [path.name for path in mark.parent.iterdir()] == [NAME]

    with django_capture_on_commit_callbacks(execute=True), pytest.raises(ZeroDivisionError), transaction.atomic():
        Topic.objects.create(name="Hair", slug="hair")
        raise ZeroDivisionError
    assert mark.read_text() == words[-1]


def test_on_a_full_disk_the_word_goes_away_and_the_change_stands(
    mark, monkeypatch, caplog, django_capture_on_commit_callbacks
):
    mark.parent.mkdir()
    mark.write_text("an older word")

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_text", full)
    with django_capture_on_commit_callbacks(execute=True):
        Topic.objects.create(name="Skin", slug="skin")
    assert not mark.exists() and "No space left" in caplog.text
    assert Topic.objects.filter(slug="skin").exists()
