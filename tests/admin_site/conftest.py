"""People at the admin, and a clock that stands at noon of NOON's day in Alaska."""

import pytest
from cast import person
from django.contrib.auth.models import User
from django.test import Client
from staff_words import NOON


@pytest.fixture
def at_noon(monkeypatch):
    """The clock: ``at_noon(moment)`` sets it again."""

    def stop(moment=NOON):
        monkeypatch.setattr("django.utils.timezone.now", lambda: moment)

    stop()
    return stop


@pytest.fixture
def as_user():
    """``as_user(erin)`` is a browser in which Erin is logged in."""

    def log_in(user):
        client = Client()
        client.force_login(user)
        return client

    return log_in


@pytest.fixture
def mara(db):
    return person("mara", "Manager")


@pytest.fixture
def root(db):
    return User.objects.create_superuser("root", password="not a short one")
