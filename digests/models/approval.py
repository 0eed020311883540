"""Who has approved which words, where it takes more than one."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from digests.models.digest import Digest


class Approval(models.Model):
    """One editor's word for a digest's content, named by its hash: for other content it counts nothing.

    The digest is approved when APPROVALS_NEEDED different editors gave theirs for the same content; the one who makes
    the number full is the digest's `approved_by`.
    """

    digest = models.ForeignKey(Digest, models.CASCADE, related_name="approvals", verbose_name=_("digest"))
    content_hash = models.CharField(_("content hash"), max_length=64)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("approved by"))
    at = models.DateTimeField(_("approved at"), auto_now_add=True)

    class Meta:
        verbose_name = _("approval")
        verbose_name_plural = _("approvals")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["digest", "content_hash", "by"], name="an_editor_approves_words_once")
        ]

    def __str__(self) -> str:
        return f"{self.digest}: {self.by}"
