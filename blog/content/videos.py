"""Addresses of videos on other sites, which stand in a text as links.

A video that played inside an article would tell its site about every reader, so the article names it and links to it.
A paragraph that is nothing but such a link is shown as a card. What people paste to «embed» a video is read here, too:
its address is all that stays of it.
"""

import re
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

from blog.content.phrases import Mark, Run, plain

_YOUTUBE = ("youtube.com", "youtube-nocookie.com")
_SITES = {
    **dict.fromkeys((*_YOUTUBE, "youtu.be"), "YouTube"),
    **dict.fromkeys(("vimeo.com", "player.vimeo.com"), "Vimeo"),
    "instagram.com": "Instagram",
    "tiktok.com": "TikTok",
    "vm.tiktok.com": "TikTok",
}
_MOBILE = re.compile(r"^(?:www|m|music)\.")
_YOUTUBE_ID = re.compile(r"[\w-]{6,20}", re.ASCII)
_START = re.compile(r"([0-9]{1,6})s?")
_PATHS = {
    "YouTube": re.compile(r"/(?:embed|shorts|live|v)/([\w-]{6,20})/?", re.ASCII),
    "Vimeo": re.compile(r"/(?:(?:video|channels/[\w-]+)/)?([0-9]{4,15})(?:/([0-9a-f]{6,20}))?/?", re.ASCII),
    "Instagram": re.compile(r"/(?:[\w.]+/)?(p|reel|reels|tv)/([\w-]{5,40})(?:/embed(?:/captioned)?)?/?", re.ASCII),
    "TikTok": re.compile(r"/(@[\w.-]+/video/[0-9]{5,25}|embed/(?:v2/)?[0-9]{5,25}|[A-Za-z0-9]{5,20})/?", re.ASCII),
}
# What the sites themselves write where a title could stand.
_NO_TITLES = re.compile(r"(?:youtube|vimeo) video player|\s*", re.IGNORECASE)


@dataclass(frozen=True)
class Video:
    """A video elsewhere: the address of its page, the site's name and host, and what it is called without a title."""

    address: str
    site: str
    host: str
    kind: str = "Video"

    @property
    def name(self) -> str:
        """How it is called where nobody gave it a title."""
        return f"{self.kind} on {self.site}"


def video_at(address: str) -> Video | None:
    """The video that such an address leads to, on a page or for a frame; None for any other text.

    The address is written anew from its parts, so that nothing else that stood in it comes along.
    """
    address = address.strip()
    if not address or re.search(r"\s", address):
        return None
    if address.startswith("//"):
        address = f"https:{address}"
    try:
        parts = urlsplit(address)
        host = _MOBILE.sub("", (parts.hostname or "").lower())
        if parts.scheme not in ("http", "https") or parts.port not in (None, 80, 443) or parts.username is not None:
            return None
        query = parse_qs(parts.query, max_num_fields=50)
    except ValueError:
        return None
    site = _SITES.get(host)
    return _MAKERS[site](host, parts.path, query) if site else None


def link_to(video: Video, title: str = "") -> list[Run]:
    """The words of a paragraph that links to a video."""
    words = " ".join(title.split())
    return [Run(video.name if _NO_TITLES.fullmatch(words) else words, (Mark("a", video.address),))]


def linked_video(runs: list[Run]) -> Video | None:
    """The video that a paragraph is all about: every word of it stands in one link that leads there; else None."""
    hrefs = {next((mark.href for mark in run.marks if mark.tag == "a"), None) for run in runs}
    href = hrefs.pop() if len(hrefs) == 1 else None
    return video_at(href) if href else None


def typed_video(runs: list[Run]) -> Video | None:
    """The video whose bare address is all that stands in a paragraph; else None."""
    return video_at(plain(runs))


def _youtube(host: str, path: str, query: dict[str, list[str]]) -> Video | None:
    if host == "youtu.be":
        number = path.strip("/")
    elif path.rstrip("/") == "/watch":
        number = query.get("v", [""])[0]
    else:
        found = _PATHS["YouTube"].fullmatch(path)
        number = found[1] if found else ""
    if not _YOUTUBE_ID.fullmatch(number) or number == "videoseries":
        return None
    start = _START.fullmatch((query.get("t") or query.get("start") or [""])[0])
    after = f"&t={start[1]}s" if start and int(start[1]) else ""
    return Video(f"https://www.youtube.com/watch?v={number}{after}", "YouTube", "youtube.com")


def _vimeo(host: str, path: str, query: dict[str, list[str]]) -> Video | None:
    found = _PATHS["Vimeo"].fullmatch(path)
    if found is None:
        return None
    key = found[2] or query.get("h", [""])[0]
    key = f"/{key}" if re.fullmatch("[0-9a-f]{6,20}", key) else ""
    return Video(f"https://vimeo.com/{found[1]}{key}", "Vimeo", "vimeo.com")


def _instagram(host: str, path: str, query: dict[str, list[str]]) -> Video | None:
    found = _PATHS["Instagram"].fullmatch(path)
    if found is None:
        return None
    part = "reel" if found[1] == "reels" else found[1]
    kind = "Post" if part == "p" else "Video"
    return Video(f"https://www.instagram.com/{part}/{found[2]}/", "Instagram", "instagram.com", kind)


def _tiktok(host: str, path: str, query: dict[str, list[str]]) -> Video | None:
    found = _PATHS["TikTok"].fullmatch(path)
    if found is None or (host == "tiktok.com") == ("/" not in found[1]):
        return None
    domain = "vm.tiktok.com" if host == "vm.tiktok.com" else "www.tiktok.com"
    return Video(f"https://{domain}/{found[1]}", "TikTok", "tiktok.com")


_MAKERS = {"YouTube": _youtube, "Vimeo": _vimeo, "Instagram": _instagram, "TikTok": _tiktok}
