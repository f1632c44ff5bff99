"""Pictures and tags that a text uses, held while it is saved, so that nobody deletes or replaces them in that moment.

PostgreSQL checks foreign keys at the end of a transaction, when it is too late for a sentence. So whoever saves a text
holds the rows it refers to, and whoever deletes one takes it for itself first and looks for its uses then.
"""

from collections.abc import Iterable, Mapping

from django.db.models import QuerySet

from blog.content.outline import image_ids
from blog.content.swap import with_other_pictures
from blog.models import ArticleFields, Image, Tag

from .access import Refused


class PictureGone(Refused):
    """A picture was deleted from the library after it had been chosen."""

    def __init__(self) -> None:
        super().__init__("This photo is no longer in the library. Choose another one. Your words are all here.")


class TagGone(Refused):
    """A tag was deleted after it had been chosen."""

    def __init__(self) -> None:
        super().__init__("Somebody deleted one of the tags a moment ago. Your words are all here; save once more.")


def picture_ids(article: ArticleFields) -> set[int]:
    """The pictures of an article: its main photo and those in its text."""
    return set(image_ids(article.body)) | ({article.hero_image_id} - {None})


def hold(rows: QuerySet) -> QuerySet:
    """Rows that nobody else deletes or changes until this transaction ends; always in the order of their keys."""
    return rows.select_for_update(no_key=True).order_by("pk")


def hold_tags(tags: Iterable[Tag]) -> list[Tag]:
    """Hold the tags of a text, inside a transaction. Raises ``TagGone``."""
    wanted = sorted({tag.pk: tag for tag in tags}.values(), key=lambda tag: tag.pk)
    if wanted and len(hold(Tag.objects.filter(pk__in=[tag.pk for tag in wanted]))) < len(wanted):
        raise TagGone
    return wanted


def hold_picture(image: Image | None) -> Image | None:
    """Hold one picture, or its successor where it was replaced, inside a transaction. Raises ``PictureGone``."""
    while image is not None:
        held = hold(Image.objects.filter(pk=image.pk)).first()
        if held is None:
            raise PictureGone
        if held.replaced_by_id is None:
            return held
        image = held.replaced_by
    return None


def hold_pictures(article: ArticleFields) -> None:
    """Hold the pictures of an article, inside a transaction; in place of one that was replaced everywhere stands
    its successor afterwards, whatever window the text comes from. Raises ``PictureGone``.
    """
    while used := picture_ids(article):
        found = dict(hold(Image.objects.filter(pk__in=used)).values_list("pk", "replaced_by"))
        if article.hero_image_id is not None and article.hero_image_id not in found:
            raise PictureGone
        successors = {pk: successor for pk, successor in found.items() if successor is not None}
        if not successors:
            return
        put_in_place(article, successors)


def put_in_place(article: ArticleFields, numbers: Mapping[int, int], words_of: Image | None = None) -> None:
    """Put other pictures in the place of those that are keys of ``numbers``, in text and main photo; saves nothing.

    With ``words_of`` each new use says what that picture says of itself; else what was said at this place stays.
    """
    alts = {words_of.pk: words_of.alt_text} if words_of else None
    article.body = with_other_pictures(article.body, numbers, alts)
    if article.hero_image_id in numbers:
        article.hero_image_id = numbers[article.hero_image_id]
        if words_of is not None:
            article.hero_alt, article.hero_is_decorative = words_of.alt_text, words_of.is_decorative
