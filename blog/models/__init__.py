"""The nouns of the blog, one module each, with their querysets and invariants."""

from .article import ArticleFields
from .audit import AuditEntry
from .author import Author
from .image import Image
from .post import Address, Post, StaffWord
from .practice import Practice
from .public_record import ChangeStamp, PublicRecord, public_write
from .publication import FAR_FUTURE, Publication, PublicationTag
from .revision import Revision, RevisionImage, RevisionTag
from .sample import SampleContent
from .search_entry import SearchEntry
from .taxonomy import Tag, Topic

__all__ = [
    "FAR_FUTURE",
    "Address",
    "ArticleFields",
    "AuditEntry",
    "Author",
    "ChangeStamp",
    "Image",
    "Post",
    "Practice",
    "PublicRecord",
    "Publication",
    "PublicationTag",
    "Revision",
    "RevisionImage",
    "RevisionTag",
    "SampleContent",
    "SearchEntry",
    "StaffWord",
    "Tag",
    "Topic",
    "public_write",
]
