"""What readers say of papers, when they like to say anything."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from digests.models import Digest, Paper
from subscribers.models.subscriber import Subscriber


class Feedback(models.Model):
    """One word of one reader about one paper: more like this, less like this, or an error in what the digest said of it.

    It is given by pressing a button on a page, never gathered: no mail has a pixel or a link that counts. `subscriber` is
    empty once the reader was erased, whose words then count and say nothing. `text` is what a stranger wrote: show it
    escaped. `settled_at` is when an editor had looked at an error.
    """

    class Kind(models.TextChoices):
        MORE = "more", _("more like this")
        LESS = "less", _("less like this")
        ERROR = "error", _("an error")

    WISHES = (Kind.MORE, Kind.LESS)

    subscriber = models.ForeignKey(
        Subscriber, models.SET_NULL, null=True, blank=True, related_name="feedback", verbose_name=_("subscriber")
    )
    digest = models.ForeignKey(Digest, models.CASCADE, related_name="+", verbose_name=_("digest"))
    paper = models.ForeignKey(Paper, models.CASCADE, related_name="feedback", verbose_name=_("paper"))
    category = models.CharField(_("section"), max_length=50)
    kind = models.CharField(_("kind"), max_length=8, choices=Kind)
    text = models.CharField(_("in the reader's words"), max_length=1000, blank=True)
    said_at = models.DateTimeField(_("said at"))
    settled_at = models.DateTimeField(_("looked at"), null=True, blank=True)

    class Meta:
        verbose_name = _("feedback")
        verbose_name_plural = _("feedback")
        ordering = ["-pk"]
        permissions = [("settle_feedback", _("Can mark errors that readers reported as looked at"))]
        constraints = [
            models.UniqueConstraint(fields=["subscriber", "paper", "kind"], name="a_reader_says_it_once"),
            models.UniqueConstraint(
                fields=["subscriber", "paper"], condition=Q(kind__in=["more", "less"]), name="more_or_less_of_a_paper"
            ),
        ]
        indexes = [
            models.Index(fields=["said_at"], name="feedback_by_time"),
            models.Index(fields=["id"], condition=Q(kind="error", settled_at=None), name="errors_to_look_at"),
        ]

    def __str__(self) -> str:
        return f"{self.paper_id}: {self.kind}"
