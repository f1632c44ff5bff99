"""The change stamp, and the base of every record that public pages show."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import models, transaction
from django.db.models import F

from blog.proxy_mark import tell_proxy

_writing = threading.local()


class ChangeStamp(models.Model):
    """A counter that grows with every committed change of what readers can see.

    One row. A page built from the database is right for as long as the stamp read in the same snapshot holds.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    value = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="change_stamp_one_row")]

    def __str__(self) -> str:
        return str(self.value)

    @classmethod
    def current(cls) -> int:
        """The stamp as this transaction sees it. One query."""
        return cls.objects.values_list("value", flat=True).first() or 0


def _bump() -> None:
    if not ChangeStamp.objects.filter(pk=1).update(value=F("value") + 1):
        ChangeStamp.objects.get_or_create(pk=1)
        ChangeStamp.objects.filter(pk=1).update(value=F("value") + 1)


@contextmanager
def public_write() -> Iterator[None]:
    """Write public records in one transaction; the block's last statement moves the change stamp.

    Once it is committed, a proxy in front that keeps pages hears of it, too.

    Nested uses join the outermost one, so the stamp's row is locked once. Where a caller's own transaction goes on
    after the block, the row stays locked until that ends: take other row locks before, never after, so that two
    writers never wait for each other in a ring.
    """
    with transaction.atomic():
        outermost = not getattr(_writing, "depth", 0)
        _writing.depth = getattr(_writing, "depth", 0) + 1
        try:
            yield
        finally:
            _writing.depth -= 1
        if outermost:
            _bump()
            transaction.on_commit(tell_proxy, robust=True)


class PublicQuerySet(models.QuerySet):
    """Bulk writes that move the change stamp like single ones."""

    def update(self, **values) -> int:
        """Django's own; moves the stamp."""
        with public_write():
            return super().update(**values)

    update.alters_data = True

    def delete(self) -> tuple[int, dict[str, int]]:
        """Django's own; moves the stamp."""
        with public_write():
            return super().delete()

    delete.alters_data = True
    delete.queryset_only = True

    def bulk_create(self, *args, **kwargs) -> list[models.Model]:
        """Django's own; moves the stamp."""
        with public_write():
            return super().bulk_create(*args, **kwargs)

    def bulk_update(self, *args, **kwargs) -> int:
        """Django's own; moves the stamp."""
        with public_write():
            return super().bulk_update(*args, **kwargs)

    bulk_update.alters_data = True


class PublicRecord(models.Model):
    """Base of every record that a public page shows: each write moves the change stamp.

    No foreign key may cascade into a public record from outside, because a cascade passes these methods by.
    """

    objects = PublicQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, *args, **kwargs) -> None:
        """Django's own; moves the stamp."""
        with public_write():
            super().save(*args, **kwargs)

    def delete(self, *args, **kwargs) -> tuple[int, dict[str, int]]:
        """Django's own; moves the stamp."""
        with public_write():
            return super().delete(*args, **kwargs)
