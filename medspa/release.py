"""Which release this is, told by its files, so that nothing has to be numbered by hand."""

import hashlib
from functools import cache
from pathlib import Path

from django.conf import settings

# What makes pages what they are: code, templates, and the names of static files.
FOLDERS = {"blog": "*.py", "medspa": "*.py", "templates": "*"}


@cache
def release_id() -> str:
    """Ten characters that are the same in every process and container of a release, and others in the next one.

    Settings that pages show count, too. Read once, from some hundred files.
    """
    digest = hashlib.sha256(f"{settings.SITE_URL} {settings.TIME_ZONE} {settings.TIME_ZONE_LABEL}".encode())
    for folder, pattern in FOLDERS.items():
        for path in sorted(path for path in (settings.BASE_DIR / folder).rglob(pattern) if path.is_file()):
            digest.update(str(path.relative_to(settings.BASE_DIR)).encode())
            digest.update(path.read_bytes())
    manifest = Path(settings.STATIC_ROOT) / "staticfiles.json"
    digest.update(manifest.read_bytes() if manifest.exists() else b"")
    return digest.hexdigest()[:10]
