"""What an editor puts right in a digest that readers already have."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from digests.models.digest import Digest
from digests.models.paper import Paper

LONGEST = 1000
"""Characters of a correction in one language: one that is longer is a new digest."""


class Correction(models.Model):
    """A mistake in a digest put right, in an editor's words; `paper` is the one it is about, if it is about one.

    The digest's own words stay as they were sent; the correction stands beside them. Readers of the web see it from
    `published` on. `mailed_as` is the mailing to those who had the digest: a `Digest` of kind "correction", which
    therefore has approver, frozen words and a ledger of its own. A correction has one at most, and so is mailed once.
    """

    class Status(models.TextChoices):
        DRAFT = "draft", _("draft")
        PUBLISHED = "published", _("published")

    digest = models.ForeignKey(Digest, models.PROTECT, related_name="corrections", verbose_name=_("digest"))
    paper = models.ForeignKey(
        Paper, models.PROTECT, null=True, blank=True, related_name="corrections", verbose_name=_("paper")
    )
    text_ko = models.TextField(_("in Korean"), max_length=LONGEST, blank=True)
    text_en = models.TextField(_("in English"), max_length=LONGEST, blank=True)
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.DRAFT)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", editable=False, verbose_name=_("made by")
    )
    made_at = models.DateTimeField(_("made at"), auto_now_add=True)
    published_at = models.DateTimeField(_("published at"), null=True, blank=True, editable=False)
    mailed_as = models.OneToOneField(
        Digest, models.PROTECT, null=True, blank=True, editable=False, related_name="mails_correction"
    )

    class Meta:
        verbose_name = _("correction")
        verbose_name_plural = _("corrections")
        ordering = ["-made_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(text_ko="") | ~Q(text_en=""), name="a_correction_says_something"),
            models.CheckConstraint(
                condition=~Q(status="published") | Q(published_at__isnull=False), name="published_at_some_time"
            ),
            models.CheckConstraint(
                condition=Q(mailed_as__isnull=True) | Q(status="published"), name="what_is_mailed_is_published"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.digest}: {self.text('en')[:60]}"

    def text(self, language: str) -> str:
        """The words in `language`, or in the other one where they were not written in it."""
        ours, other = (self.text_ko, self.text_en) if language == "ko" else (self.text_en, self.text_ko)
        return ours or other


class CorrectionApproval(models.Model):
    """One editor's word for a correction's content, named by its hash: for other words it counts nothing. `mails` says
    that it may be mailed as well as shown on the web. See APPROVALS_NEEDED."""

    correction = models.ForeignKey(Correction, models.CASCADE, related_name="approvals", verbose_name=_("correction"))
    content_hash = models.CharField(_("content hash"), max_length=64)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("approved by"))
    mails = models.BooleanField(_("for the mails, too"), default=False)
    at = models.DateTimeField(_("approved at"), auto_now_add=True)

    class Meta:
        verbose_name = _("approval of a correction")
        verbose_name_plural = _("approvals of corrections")
        default_permissions = ()
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["correction", "content_hash", "by"], name="an_editor_approves_a_correction_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.correction}: {self.by}"
