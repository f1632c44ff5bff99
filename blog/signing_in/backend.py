"""How Django finds out who somebody is."""

from axes.backends import AxesStandaloneBackend
from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.models import User
from django.http import HttpRequest


class StaffBackend(AxesStandaloneBackend, ModelBackend):
    """Django's own, asked only while not too many wrong passwords were tried."""

    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **kwargs
    ) -> User | None:
        """The person, or None. Raises ``PermissionDenied`` while the account or the address is locked."""
        if request is not None:
            AxesStandaloneBackend.authenticate(self, request, username=username, password=password)
        return ModelBackend.authenticate(self, request, username=username, password=password)
