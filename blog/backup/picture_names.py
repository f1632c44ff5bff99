"""Which files belong to pictures, told by the rows alone."""

from collections.abc import Iterator

from django.core.files.storage import Storage, storages

from blog.models.image import rendition_files

# The folder in an archive for each storage of the settings.
FOLDERS = {"default": "media", "masters": "masters", "private": "private"}
_STORAGES = {folder: name for name, folder in FOLDERS.items()}


def member_names(master: str, renditions: list[dict]) -> Iterator[str]:
    """The names in an archive of one picture's files, each once, in a lasting order."""
    files = [("masters", master)] if master else []
    yield from dict.fromkeys(
        f"files/{FOLDERS[storage]}/{name}" for storage, name in files + rendition_files(renditions)
    )


def place_of(member: str) -> tuple[Storage, str]:
    """Where a file of that name lies on this site: its storage, and its name there."""
    _, folder, name = member.split("/", 2)
    return storages[_STORAGES[folder]], name
