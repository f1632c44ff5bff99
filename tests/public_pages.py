"""Every public address that the URL map knows, with what to put into it."""

from django.urls import reverse

from blog.models import Author, Image, Post, Publication, Tag, Topic


def _slugs(model) -> list[dict]:
    return [{"slug": slug} for slug in model.objects.values_list("slug", flat=True)]


def _posts() -> list[dict]:
    slugs = set(Post.objects.values_list("slug", flat=True)) | set(Publication.objects.values_list("slug", flat=True))
    return [{"slug": slug} for slug in sorted(slugs)]


def _media() -> list[dict]:
    return [{"name": rendition["name"]} for image in Image.objects.all() for rendition in image.renditions[:1]]


def _patients() -> list[dict]:
    found = Image.objects.filter(depicts="patient")
    return [{"pk": image.pk, "name": rendition["name"]} for image in found for rendition in image.renditions[:1]]


# A new address needs a line here, or the tests that walk every public page fail.
ADDRESSES = {
    "home": lambda: [{}],
    "index": lambda: [{}],
    "article": _posts,
    "topic": lambda: _slugs(Topic),
    "tag": lambda: _slugs(Tag),
    "author": lambda: _slugs(Author),
    "search": lambda: [{}],
    "feed": lambda: [{}],
    "feed_atom": lambda: [{}],
    "feed_json": lambda: [{}],
    "sitemap": lambda: [{}],
    "sitemap_part": lambda: [{"number": 0}, {"number": 1}],
    "robots": lambda: [{}],
    "media": _media,
    "patient_picture": _patients,
    "healthz": lambda: [{}],
    "readyz": lambda: [{}],
}


def every_address() -> list[str]:
    """All public addresses with every slug in the database, drafts' too, and one that nothing has."""
    found = [reverse(f"blog:{name}", kwargs=kwargs) for name, make in ADDRESSES.items() for kwargs in make()]
    return [*found, "/blog/nothing-here/", "/no/such/page"]
