"""Whether the sample articles were ever loaded."""

from django.db import models


class SampleContent(models.Model):
    """One row that remembers the samples, so that removed ones stay away."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    loaded_at = models.DateTimeField(auto_now_add=True)
    removed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="sample_content_one_row")]

    def __str__(self) -> str:
        return "Samples removed" if self.removed_at else "Samples loaded"
