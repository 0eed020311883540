"""Who looked at which doubt about a draft."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from digests.models.digest import Digest


class Look(models.Model):
    """An editor's word that they looked at a doubt and let it stand.

    `mark` is the SHA-256 by which `digests.desk.flags` names a doubt together with the exact words that it is about, so
    that it says nothing about others. It changes no words and takes no approval back.
    """

    digest = models.ForeignKey(Digest, models.CASCADE, related_name="looks")
    mark = models.CharField(max_length=64)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["pk"]
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["digest", "mark"], name="a_doubt_is_looked_at_once")]

    def __str__(self) -> str:
        return f"{self.digest} {self.mark[:12]}: {self.by}"
