"""What became of each day: the answer for editors and readers when there is a digest, and when there is none."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class DayReport(models.Model):
    """How collecting for one day's digest went.

    `list_day` is the day whose lists the digest is made from; it is settled by the first try and kept by the later ones.
    `sources` has, by name, what `digests.collecting.day_state.ListReport` says of each; `retry_at` is when the clock asks again,
    None when there is nothing more to ask.
    """

    class State(models.TextChoices):
        FRESH = "fresh", _("new papers")
        WAITING = "waiting", _("waiting for the lists")
        QUIET = "quiet", _("nothing is announced")
        STALLED = "stalled", _("the same papers again")
        FAILED = "failed", _("failed")

    day = models.DateField(_("day"), unique=True)
    list_day = models.DateField(_("day of the lists"))
    state = models.CharField(_("state"), max_length=10, choices=State)
    why = models.TextField(_("why"), blank=True)
    sources = models.JSONField(_("sources"), default=dict, blank=True)
    checked_at = models.DateTimeField(_("checked at"), auto_now=True)
    retry_at = models.DateTimeField(_("asked again at"), null=True, blank=True)

    class Meta:
        verbose_name = _("day")
        verbose_name_plural = _("days")
        ordering = ["-day"]

    def __str__(self) -> str:
        return f"{self.day} {self.get_state_display()}"


class Notice(models.Model):
    """A mail that editors were sent about a day: one for each day and subject, however often it is looked at."""

    day = models.DateField()
    subject = models.CharField(max_length=40)
    sent_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["day", "subject"], name="one_notice_a_day_and_subject")]

    def __str__(self) -> str:
        return f"{self.day} {self.subject}"
