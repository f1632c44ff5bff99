"""What a publishing screen says of a text beside the one that readers see."""

from django.urls import NoReverseMatch, reverse
from rapidfuzz.distance import LCSseq

from blog.content.outline import plain_text
from blog.models import Post, Revision

# How staff call the columns of an article; several columns may be one thing to them.
NAMES = {
    "kind": "the kind",
    "title": "the title",
    "slug": "the address",
    "subtitle": "the subtitle",
    "excerpt": "the short summary",
    "key_points": "the key points",
    "hero_image_id": "the main photo",
    "hero_alt": "the main photo’s words",
    "hero_is_decorative": "the main photo’s words",
    "hero_caption": "the main photo’s words",
    "topic_id": "the topic",
    "author_id": "the author",
    "related_posts": "the picked posts",
    "published_at": "the shown date",
    "disclosure": "the disclosure",
    "cta_heading": "the invitation",
    "cta_text": "the invitation",
    "seo_title": "the words for Google",
    "meta_description": "the words for Google",
    "canonical_url": "where it was first published",
    "noindex": "whether search engines may show it",
    "sources": "the sources",
    "drugs": "the safety notes",
    "procedures": "the safety notes",
    "left_out_notes": "the safety notes",
}


def what_changes(before: Revision, after: Revision) -> str:
    """One sentence: how many words of the text and which other fields differ between two revisions; blank if none."""
    old, new = before.article_values(), after.article_values()
    things = []
    if old["body"] != new["body"]:
        count = changed_words(old["body"], new["body"])
        words = "1 word of the text" if count == 1 else f"{count:,} words of the text"
        things.append(words if count else "links, photos or formatting of the text")
    things += dict.fromkeys(NAMES[name] for name in NAMES if old[name] != new[name])
    if set(before.tags.values_list("pk", flat=True)) != set(after.tags.values_list("pk", flat=True)):
        things.append("the tags")
    if not things:
        return ""
    listed = things[0] if len(things) == 1 else f"{', '.join(things[:-1])} and {things[-1]}"
    is_one = len(things) == 1 and (listed.startswith("1 word") or (listed.startswith("the ") and listed[-1] != "s"))
    return f"{listed[0].upper()}{listed[1:]} {'changes' if is_one else 'change'}. Everything else stays."


def changed_words(old: str, new: str) -> int:
    """How many words of two bodies differ: of the longer one, those that stand not in both in the same order."""
    before, after = plain_text(old).split(), plain_text(new).split()
    return max(len(before), len(after)) - LCSseq.similarity(before, after)


def versions_address(post: Post) -> str:
    """Where earlier versions of a post are compared."""
    return reverse("admin:blog_post_versions", args=[post.pk])


def preview_address(post: Post) -> str:
    """Where a post's newest draft is seen as readers would; blank where this site has no such page."""
    try:
        return reverse("admin:blog_post_preview", args=[post.pk])
    except NoReverseMatch:
        return ""
