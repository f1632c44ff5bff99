"""Where large uploads wait while a request is answered."""

import tempfile

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, TemporaryFileUploadHandler


class UnnamedFileUploadHandler(TemporaryFileUploadHandler):
    """Django's own, with a file that has no name: nothing stays of it when its process is killed.

    What comes in may be a patient's picture that nobody has looked at yet.
    """

    def new_file(self, *args, **kwargs) -> None:
        """Django's own."""
        FileUploadHandler.new_file(self, *args, **kwargs)
        unnamed = tempfile.TemporaryFile(dir=settings.FILE_UPLOAD_TEMP_DIR)  # noqa: SIM115, the request closes it
        self.file = UploadedFile(unnamed, self.file_name, self.content_type, 0, self.charset, self.content_type_extra)

    def upload_interrupted(self) -> None:
        """Django's own; closing the file is its end."""
        if hasattr(self, "file"):
            self.file.close()
