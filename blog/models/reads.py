"""How often articles were read, as numbers a day. No row says anything of who read."""

from django.db import models


class DailyReads(models.Model):
    """What the server's own logs say of one article on one day of the clinic's calendar.

    ``reads`` are pages given to browsers; ``calls`` and ``bookings`` are taps on the phone number and on the booking
    link. Known bots are left out. The numbers are of the article and go with it.
    """

    post = models.ForeignKey("blog.Post", on_delete=models.CASCADE, related_name="daily_reads")
    day = models.DateField()
    reads = models.PositiveIntegerField(default=0)
    calls = models.PositiveIntegerField(default=0)
    bookings = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["post", "day"], name="daily_reads_once")]
        indexes = [models.Index(fields=["day"], name="daily_reads_by_day")]

    def __str__(self) -> str:
        return f"{self.day}: {self.reads}"


class CountedLog(models.Model):
    """A file of the log that has been counted, written in the same transaction, so that none is counted twice."""

    name = models.CharField(max_length=200, unique=True)
    counted_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name
