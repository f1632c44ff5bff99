"""Whole addresses: what others should know a page or file by, and where a link leads.

Floor 0: knows the setting of the public address, no model.
"""

from urllib.parse import urlsplit

from django.conf import settings


def full_address(path: str) -> str:
    """The whole public address of a path on this site; an address that is whole already stays as it is."""
    return settings.SITE_URL + path if path.startswith("/") else path


def web_host(address: str) -> str:
    """The host of a web address, in small letters; empty where it is none."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    return (parts.hostname or "") if parts.scheme in ("http", "https") else ""
