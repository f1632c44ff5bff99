"""The nouns of the blog, one module each, with their querysets and invariants."""

from .article import ArticleFields
from .audit import AuditEntry
from .author import Author
from .bulk_act import BulkAct, BulkActItem
from .consent import FileDeletion, PhotoConsent
from .daily_run import DailyRun
from .image import Image
from .kept_record import KeptRecord, RecordVersion, as_of, version_at
from .mail import Mail
from .medical_review import MedicalReview
from .override import Override
from .phrase import Phrase
from .post import Address, Post, StaffWord
from .practice import Practice
from .presence import Presence
from .preview_link import PreviewLink
from .public_record import ChangeStamp, PublicRecord, public_write
from .publication import FAR_FUTURE, Publication, PublicationTag
from .reads import CountedLog, DailyReads
from .review import Review
from .revision import Revision, RevisionImage, RevisionLink, RevisionTag
from .safety_record import Drug, Procedure, SafetyRecord
from .sample import SampleContent
from .saved_view import SavedView
from .search_entry import SearchEntry
from .set_up import SetUpStep
from .source import LinkCheck, Source
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
    "CountedLog",
    "DailyReads",
    "DailyRun",
    "Drug",
    "FileDeletion",
    "Image",
    "KeptRecord",
    "LinkCheck",
    "Mail",
    "MedicalReview",
    "Override",
    "PhotoConsent",
    "Phrase",
    "Post",
    "Practice",
    "Presence",
    "PreviewLink",
    "Procedure",
    "PublicRecord",
    "Publication",
    "PublicationTag",
    "RecordVersion",
    "Review",
    "Revision",
    "RevisionImage",
    "RevisionLink",
    "RevisionTag",
    "SafetyRecord",
    "SampleContent",
    "SavedView",
    "SearchEntry",
    "SetUpStep",
    "Source",
    "StaffWord",
    "Tag",
    "Topic",
    "TrustedDevice",
    "as_of",
    "public_write",
    "version_at",
]
