"""``manage.py load_samples``: sample articles for a first look."""

from django.core.management.base import BaseCommand

from blog.publishing import load_samples


class Command(BaseCommand):
    """Load the sample articles, once in the life of a blog."""

    help = "Load the sample articles into an empty blog. Once loaded or removed, they stay as they are."

    def handle(self, *args, **options) -> None:
        """Say what is done, a line for each long step."""
        if not load_samples(self.stdout.write):
            self.stdout.write("Samples were loaded here before, or the blog has posts: nothing to do.")
