"""Wilma with and without an authenticator app, and a clock."""

from datetime import timedelta

import pytest
from cast import person
from django.utils import timezone
from login_steps import with_an_app


@pytest.fixture
def wilma(db):
    return person("wilma", "Writer")


@pytest.fixture
def with_app(wilma):
    """Wilma's recovery codes; her authenticator app has KEY."""
    return with_an_app(wilma)


@pytest.fixture
def required(settings):
    settings.SECOND_FACTOR = "required"


@pytest.fixture
def later(monkeypatch):
    """``later(minutes=11)`` moves the clock on."""
    moved = [timedelta()]
    now = timezone.now

    def move(**how_far):
        moved[0] += timedelta(**how_far)

    monkeypatch.setattr("django.utils.timezone.now", lambda: now() + moved[0])
    monkeypatch.setattr("axes.handlers.proxy.now", lambda: now() + moved[0])
    return move
