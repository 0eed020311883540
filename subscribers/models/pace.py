"""How fast mail may go out, over all workers."""

from django.db import models


class Pace(models.Model):
    """What was taken of a limit in its present window: `name` is the limit's ("all 100/s", "naver.com 20/s"), `window`
    counts windows since 1970. Kept here because the limit is one for all workers on all machines."""

    name = models.CharField(max_length=120, primary_key=True)
    window = models.BigIntegerField(default=0)
    taken = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = "pace"
        verbose_name_plural = "paces"

    def __str__(self) -> str:
        return f"{self.name}: {self.taken}"
