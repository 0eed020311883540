"""Who has approved which words, where it takes more than one; and what is to become of a draft that nobody approves."""

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


class PolicyChoice(models.Model):
    """What an editor chose for one digest in place of APPROVAL_POLICY: what is sent when nobody approves it in time."""

    class Policy(models.TextChoices):
        HOLD = "hold", _("hold it")
        SEND = "send", _("send it when all checks are green")
        TITLES = "titles", _("send titles and links only")

    digest = models.OneToOneField(Digest, models.CASCADE, related_name="policy_choice", verbose_name=_("digest"))
    policy = models.CharField(_("when nobody approves"), max_length=10, choices=Policy)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("chosen by"))
    at = models.DateTimeField(_("chosen at"), auto_now=True)

    class Meta:
        verbose_name = _("choice for when nobody approves")
        verbose_name_plural = _("choices for when nobody approves")
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.digest}: {self.policy}"
