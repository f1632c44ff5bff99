"""The page cache in front of Django: public pages, rendered once per change and process, kept compressed in memory.

A page is right as long as nothing that readers can see was written (the change stamp) and no moment has passed at which
something begins or ends by itself. ``period`` watches both; ``store`` keeps pages; ``front`` answers.
"""

from .front import PageCache

__all__ = ["PageCache"]
