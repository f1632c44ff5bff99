"""Whether the pages behind sources and labels are still there."""

from datetime import datetime

from blog.link_check import check_links


def step(now: datetime) -> str:
    """Look at links, where the network allows, and write down what they answered; see ``blog.link_check``."""
    return check_links(now)
