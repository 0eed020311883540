"""Counts that the clock keeps."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from digests.models import Digest


class ReaderCount(models.Model):
    """How many subscribers there were on a day, by one property: `value` is a status, a language, a cadence or a category's
    slug, the last three of active readers only. Of facet "flow": how many confirmed (`joined`) and left (`left`) on the day.
    `day` is of DIGEST_TIME_ZONE; the day's last count stays."""

    class Facet(models.TextChoices):
        STATUS = "status", _("status")
        LANGUAGE = "language", _("language")
        CADENCE = "cadence", _("how often")
        CATEGORY = "category", _("category")
        FLOW = "flow", _("joined and left")

    day = models.DateField()
    facet = models.CharField(max_length=10, choices=Facet)
    value = models.CharField(max_length=60)
    count = models.PositiveIntegerField()
    counted_at = models.DateTimeField()

    class Meta:
        verbose_name = _("count of readers")
        verbose_name_plural = _("statistics")
        default_permissions = ("view",)
        constraints = [models.UniqueConstraint(fields=["day", "facet", "value"], name="one_count_a_day_and_value")]

    def __str__(self) -> str:
        return f"{self.day} {self.facet} {self.value}: {self.count}"


class DigestCount(models.Model):
    """How many deliveries of a digest stand where: `what` is a status, or "left" for readers whom a report about it
    unsubscribed, or "a_minute" for how many deliveries got an outcome in the last minute."""

    LEFT = "left"
    PACE = "a_minute"

    digest = models.ForeignKey(Digest, models.CASCADE, related_name="+")
    what = models.CharField(max_length=10)
    count = models.PositiveIntegerField()
    counted_at = models.DateTimeField()

    class Meta:
        verbose_name = "count of deliveries"
        verbose_name_plural = "counts of deliveries"
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["digest", "what"], name="one_count_a_digest_and_outcome")]

    def __str__(self) -> str:
        return f"{self.digest_id} {self.what}: {self.count}"
