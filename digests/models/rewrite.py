"""A wish for new words, and what came of it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from digests.models.digest import Section
from digests.models.paper import Paper


class Rewrite(models.Model):
    """An editor's wish that a section, or what is said of one paper in it, be written anew in one language.

    `before` is the hash of the words as they were when it was asked for: edits that came meanwhile are not overwritten.
    `lease_until` keeps a second worker from writing the same. `note` says to the editor what came of it.
    """

    class Status(models.TextChoices):
        WAITING = "waiting", _("waiting")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")
        OVERTAKEN = "overtaken", _("overtaken by an edit")

    section = models.ForeignKey(Section, models.CASCADE, related_name="rewrites")
    paper = models.ForeignKey(Paper, models.CASCADE, null=True, related_name="+")
    language = models.CharField(max_length=2, choices=settings.LANGUAGES)
    by_model = models.BooleanField()
    before = models.CharField(max_length=64)
    status = models.CharField(max_length=10, choices=Status, default=Status.WAITING)
    note = models.CharField(max_length=300, blank=True)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(auto_now_add=True)
    lease_until = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["pk"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["section", "language"], condition=Q(status="waiting"), name="one_rewrite_at_a_time"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.section} {self.language}: {self.status}"
