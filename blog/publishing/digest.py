"""What a clinician signs, under the name by which the acts of publishing know it; see ``blog.digest``."""

from blog.digest import digest_of, digest_of_shown, shown_sources

__all__ = ["digest_of", "digest_of_shown", "shown_sources"]
