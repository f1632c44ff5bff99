"""Static files: hashed names that browsers may keep for ever."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedStaticStorage(CompressedManifestStaticFilesStorage):
    """Whitenoise's hashed and compressed files; a name missing from the manifest is served unhashed.

    CKEditor asks for its own plug-in files by plain name at run time, so those must go on working.
    """

    manifest_strict = False
