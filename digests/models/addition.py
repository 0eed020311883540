"""A wish for a paper that has to be fetched first, and what came of it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from digests.models.digest import Digest


class Addition(models.Model):
    """An editor's wish that a paper of which we have no record be fetched from arXiv and brought into a draft.

    `lease_until` keeps a second worker from asking for the same. `note` says, in English, what came of it; pages tell it by
    `digests.retelling`.
    """

    class Status(models.TextChoices):
        WAITING = "waiting", _("being fetched from arXiv")
        DONE = "done", _("added")
        FAILED = "failed", _("not added")

    digest = models.ForeignKey(Digest, models.CASCADE, related_name="additions")
    arxiv_id = models.CharField(max_length=32)
    status = models.CharField(max_length=10, choices=Status, default=Status.WAITING)
    note = models.CharField(max_length=500, blank=True)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(auto_now_add=True)
    lease_until = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["pk"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["digest", "arxiv_id"], condition=Q(status="waiting"), name="one_addition_at_a_time"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.digest} {self.arxiv_id}: {self.status}"
