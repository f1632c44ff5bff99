"""Drafts that nobody took out of the trash."""

from datetime import datetime

from blog.publishing import empty_trash


def step(now: datetime) -> str:
    """Remove drafts that lay in the trash long enough and that readers never saw."""
    count = empty_trash(now)
    if not count:
        return "No draft was in the trash for long enough to go."
    return f"{'1 draft was' if count == 1 else f'{count} drafts were'} removed from the trash for good."
