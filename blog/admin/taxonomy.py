"""Topics and tags."""

from django.contrib import admin

from blog.models import Tag, Topic

from .staff_model import FixedAddress, StaffModelAdmin, posts_with

READERS_SEE_IT = "Saved. Readers see it at once."


@admin.register(Topic)
class TopicAdmin(FixedAddress, StaffModelAdmin):
    """Topics in the order readers see them."""

    fields = ("name", "slug", "description", "position")
    list_display = ("name", "description", "position")
    in_publication = "topic"
    search_fields = ("name",)
    saved_words = READERS_SEE_IT

    def uses_of(self, obj: Topic) -> list:
        """Posts of which any version has this topic."""
        return posts_with(topic=obj)


@admin.register(Tag)
class TagAdmin(FixedAddress, StaffModelAdmin):
    """Tags by name."""

    fields = ("name", "slug")
    list_display = ("name", "slug")
    in_publication = "tags"
    search_fields = ("name",)
    saved_words = READERS_SEE_IT

    def uses_of(self, obj: Tag) -> list:
        """Posts of which any version carries this tag."""
        return posts_with(tags=obj)
