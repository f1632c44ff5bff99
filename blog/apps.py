"""The blog as a Django app."""

from django.apps import AppConfig


class BlogConfig(AppConfig):
    """The blog: models, publishing, and its three faces."""

    name = "blog"
    verbose_name = "Blog"

    def ready(self) -> None:
        """Register the staff's screens, after Django's own that some of them replace."""
        from blog.admin import screens  # noqa: F401
