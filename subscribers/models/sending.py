"""Whether this installation may send at all."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Sending(models.Model):
    """One row: the switch that stops all sending, and what tells this database from a copy of it.

    `epoch` and `runs` stand in a file outside the database, too (see `subscribers.delivery.guard`): a restored or cloned
    database does not agree with that file, and sends nothing until a person has confirmed it. `ticked_at` is when the
    clock last came by.
    """

    THE_ROW = 1

    id = models.PositiveSmallIntegerField(primary_key=True, default=THE_ROW, editable=False)
    epoch = models.CharField(max_length=32, editable=False)
    runs = models.BigIntegerField(db_default=0, editable=False)
    ticked_at = models.DateTimeField(_("last tick"), null=True, editable=False)
    stopped_at = models.DateTimeField(_("stopped at"), null=True, editable=False)
    stopped_by = models.CharField(_("stopped by"), max_length=150, blank=True, editable=False)
    reason = models.CharField(_("reason"), max_length=300, blank=True, editable=False)

    class Meta:
        verbose_name = _("sending")
        verbose_name_plural = _("sending")
        default_permissions = ("view",)
        permissions = [("stop_sending", _("Can stop all sending, and let it go on"))]
        constraints = [models.CheckConstraint(condition=Q(id=1), name="sending_is_one_row")]

    def __str__(self) -> str:
        return f"run {self.runs}" if self.stopped_at is None else f"stopped by {self.stopped_by}"
