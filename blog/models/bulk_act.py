"""What was done to many posts at once, and can be undone for a while."""

from django.conf import settings
from django.db import models


class BulkAct(models.Model):
    """One act on several posts; its ``items`` say what each post was before and after."""

    name = models.CharField(max_length=40)
    words = models.CharField(max_length=200)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return self.words


class BulkActItem(models.Model):
    """One post of a bulk act: its newest revision ``before`` and ``after``, and other facts to undo it by."""

    act = models.ForeignKey(BulkAct, on_delete=models.CASCADE, related_name="items")
    post = models.ForeignKey("blog.Post", on_delete=models.CASCADE, related_name="+")
    before = models.ForeignKey("blog.Revision", on_delete=models.CASCADE, null=True, related_name="+")
    after = models.ForeignKey("blog.Revision", on_delete=models.CASCADE, null=True, related_name="+")
    facts = models.JSONField(default=dict)
    undone_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["act", "post"], name="bulk_act_item_once")]

    def __str__(self) -> str:
        return f"{self.act}: {self.post}"
