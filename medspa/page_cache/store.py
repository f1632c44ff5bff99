"""Pages in memory: a bounded number of bytes, and one rendering of each however many ask at once."""

import threading
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

Headers = list[tuple[str, str]]

# Bytes that an entry costs beside its bodies: names, headers, this object.
OVERHEAD = 4096


@dataclass(frozen=True)
class Form:
    """A page in one content coding: its body, the headers with it, and those of «not modified»."""

    body: bytes
    headers: Headers
    headers_of_304: Headers


@dataclass(frozen=True)
class Page:
    """An answer that was made under ``stamp``, begun at ``made_at`` (aware), in every form it is given out in.

    ``forms`` is by content coding; ``etag`` is that of the plain one, to which the others add theirs.
    """

    status: str
    stamp: int
    made_at: datetime
    etag: str
    forms: dict[str, Form]

    @property
    def size(self) -> int:
        """Bytes in memory, roughly."""
        return OVERHEAD + sum(len(form.body) for form in self.forms.values())


class Store:
    """At most ``most`` bytes of pages; what was asked for least lately goes first."""

    def __init__(self, most: int) -> None:
        self.most, self.size = most, 0
        self._pages: OrderedDict[tuple, Page] = OrderedDict()
        self._lock = threading.Lock()
        self._being_made: dict[tuple, threading.Event] = {}

    def __len__(self) -> int:
        return len(self._pages)

    def __contains__(self, key: tuple) -> bool:
        return key in self._pages

    def get(self, key: tuple) -> Page | None:
        """The page under this key, whatever it was made under."""
        with self._lock:
            page = self._pages.get(key)
            if page is not None:
                self._pages.move_to_end(key)
            return page

    def put(self, key: tuple, page: Page) -> None:
        """Keep a page; one that would fill more than a tenth of all is not kept."""
        if page.size > self.most // 10:
            return
        with self._lock:
            if (known := self._pages.pop(key, None)) is not None:
                self.size -= known.size
            self._pages[key] = page
            self.size += page.size
            while self.size > self.most:
                self.size -= self._pages.popitem(last=False)[1].size

    def clear(self) -> None:
        """Let everything go."""
        with self._lock:
            self._pages.clear()
            self.size = 0

    @contextmanager
    def making(self, key: tuple, patience: float) -> Iterator[bool]:
        """Around the making of a page: gives True to the first who comes.

        Whoever comes meanwhile waits until that one is done, at most ``patience`` seconds, and gets False: the page is
        there then, or was none to be kept.
        """
        mine = threading.Event()
        with self._lock:
            first = self._being_made.setdefault(key, mine)
        if first is not mine:
            first.wait(patience)
            yield False
            return
        try:
            yield True
        finally:
            with self._lock:
                del self._being_made[key]
            mine.set()
