"""Importing this module registers every screen on the admin site.

Not in the package's ``__init__``: Django imports the package to find the site itself, before there is one to
register anything on. ``blog.apps`` imports this when all apps are ready.
"""

from . import (
    account,
    audit,
    consents,
    images,
    people,
    phrases,
    posts,
    practice,
    safety_records,
    sources,
    taxonomy,
)

__all__ = [
    "account",
    "audit",
    "consents",
    "images",
    "people",
    "phrases",
    "posts",
    "practice",
    "safety_records",
    "sources",
    "taxonomy",
]
