"""``manage.py index_search``: make the search's index again."""

from django.core.management.base import BaseCommand
from django.utils import timezone

from blog.search_index import index_everything


class Command(BaseCommand):
    """Make the index of readers' search again from what is published."""

    help = (
        "Make the index of the readers' search again from what is published. Safe at any time; nothing else needs it."
    )

    def handle(self, *args, **options) -> None:
        """Say how far it is, a line for each hundred articles."""
        count = index_everything(timezone.now(), self.stdout.write)
        self.stdout.write(f"The search knows {count} article{'' if count == 1 else 's'}.")
