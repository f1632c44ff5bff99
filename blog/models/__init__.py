"""The nouns of the blog, one module each, with their querysets and invariants."""

from .article import ArticleFields
from .audit import AuditEntry
from .author import Author
from .bulk_act import BulkAct, BulkActItem
from .image import Image
from .mail import Mail
from .post import Address, Post, StaffWord
from .practice import Practice
from .presence import Presence
from .preview_link import PreviewLink
from .public_record import ChangeStamp, PublicRecord, public_write
from .publication import FAR_FUTURE, Publication, PublicationTag
from .review import Review
from .revision import Revision, RevisionImage, RevisionLink, RevisionTag
from .sample import SampleContent
from .saved_view import SavedView
from .search_entry import SearchEntry
from .set_up import SetUpStep
from .taxonomy import Tag, Topic
from .trusted_device import TrustedDevice

__all__ = [
    "FAR_FUTURE",
    "Address",
    "ArticleFields",
    "AuditEntry",
    "Author",
    "BulkAct",
    "BulkActItem",
    "ChangeStamp",
    "Image",
    "Mail",
    "Post",
    "Practice",
    "Presence",
    "PreviewLink",
    "PublicRecord",
    "Publication",
    "PublicationTag",
    "Review",
    "Revision",
    "RevisionImage",
    "RevisionLink",
    "RevisionTag",
    "SampleContent",
    "SavedView",
    "SearchEntry",
    "SetUpStep",
    "StaffWord",
    "Tag",
    "Topic",
    "TrustedDevice",
    "public_write",
]
