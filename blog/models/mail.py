"""The outbox: mails that wait to be sent."""

from django.db import models


class Mail(models.Model):
    """One mail to one person, written in the transaction of the act that it tells of, and sent afterwards.

    ``try_at`` is when it may be tried next; None once it was sent or given up. ``claimed_until`` keeps two processes
    from sending one mail at once. ``trouble`` is what the mail server said last.
    """

    to = models.EmailField()
    subject = models.CharField(max_length=200)
    body = models.TextField()
    made_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    try_at = models.DateTimeField(null=True)
    claimed_until = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    trouble = models.TextField(blank=True)

    class Meta:
        ordering = ["made_at", "pk"]
        indexes = [models.Index(fields=["try_at"], name="mail_by_next_try")]

    def __str__(self) -> str:
        return f"{self.subject} to {self.to}"
