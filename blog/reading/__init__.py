"""What readers get: from a publication (or, for staff, a revision) and one moment to everything a page needs.

Nothing here reads a working copy. Functions take ``now`` (aware datetime), once per request, and never write.
"""

from .article import ArticlePage, Gone, Moved, article_page, find_article, preview_page
from .clinic import forget_practice, known_practice, practice, safety_records
from .kept import forget_kept, kept
from .lists import (
    MORE_POSTS,
    POSTS_PER_PAGE,
    FeedArticle,
    around,
    feed_articles,
    newest_posts,
    page_of,
    posts,
    topics,
)
from .moments import forget_moments, next_moment
from .pieces import call_for, excerpt_of, link_addresses
from .snapshot import current_stamp

__all__ = [
    "MORE_POSTS",
    "POSTS_PER_PAGE",
    "ArticlePage",
    "FeedArticle",
    "Gone",
    "Moved",
    "around",
    "article_page",
    "call_for",
    "current_stamp",
    "excerpt_of",
    "feed_articles",
    "find_article",
    "forget_kept",
    "forget_moments",
    "forget_practice",
    "kept",
    "known_practice",
    "link_addresses",
    "newest_posts",
    "next_moment",
    "page_of",
    "posts",
    "practice",
    "preview_page",
    "safety_records",
    "topics",
]
