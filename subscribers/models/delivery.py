"""The ledger: one digest for one subscriber."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from digests.models import Digest
from subscribers.models.subscriber import Subscriber


class Delivery(models.Model):
    """One digest for one subscriber: the ledger. Moves are in `subscribers.delivery.ledger` and `queue`, nowhere else.

    queued → (claimed →) sending → sent; `sending` is on disk before the network is touched, so a worker that dies leaves
    `claimed` (nothing happened, queued again) or `sending` (nobody can know: `unknown`, never sent again by itself).
    `owner` and `lease_until` fence the row: a late write of a worker that lost it changes nothing.
    `edition` is the number (see `digests.editions`) of what the reader wanted when the row was opened or, if it still
    waited, changed the choice since. It brings equal readers side by side in the queue, and is what is sent: a mail that
    is sent again has the same words. `known_days` are the days of a weekly digest that the reader had from dailies.
    `highlights` are the reader's own, copied for the same reason.
    The database does not check the two references row by row, which took twice as long as all else of opening a digest:
    rows are made of those very tables in one statement, and neither a digest nor a reader with deliveries is ever deleted.
    `send_at` is the reader's slot, or the approval if that came later; it moves on when a try is put off, `expires_at`
    does not.
    """

    class Status(models.TextChoices):
        QUEUED = "queued", _("queued")
        CLAIMED = "claimed", _("claimed")
        SENDING = "sending", _("sending")
        SENT = "sent", _("sent")
        DELIVERED = "delivered", _("delivered")
        BOUNCED = "bounced", _("bounced")
        COMPLAINED = "complained", _("complained")
        FAILED = "failed", _("failed")
        UNKNOWN = "unknown", _("unknown")
        SKIPPED = "skipped", _("nothing for this reader")
        SUPPRESSED = "suppressed", _("suppressed")
        EXPIRED = "expired", _("expired")
        CANCELLED = "cancelled", _("cancelled")

    OPEN = (Status.QUEUED, Status.CLAIMED, Status.SENDING)
    """Still to come; every other status is an outcome."""

    digest = models.ForeignKey(
        Digest, models.PROTECT, related_name="deliveries", verbose_name=_("digest"), db_index=False, db_constraint=False
    )
    subscriber = models.ForeignKey(
        Subscriber,
        models.PROTECT,
        related_name="deliveries",
        verbose_name=_("subscriber"),
        db_index=False,
        db_constraint=False,
    )
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.QUEUED)
    edition = models.BigIntegerField(db_default=0, editable=False)
    known_days = models.SmallIntegerField(db_default=0, editable=False)
    highlights = models.TextField(blank=True, default="", db_default="", editable=False)
    send_at = models.DateTimeField(_("send at"))
    expires_at = models.DateTimeField(_("not to be sent after"))
    owner = models.CharField(max_length=40, blank=True, db_default="")
    lease_until = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), db_default=0)
    error = models.CharField(_("error"), max_length=300, blank=True, db_default="")
    provider_id = models.CharField(_("provider's id"), max_length=200, blank=True, db_default="")
    opened_at = models.DateTimeField(db_default=Now())
    finished_at = models.DateTimeField(_("finished at"), null=True, blank=True)

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        ordering = ["-pk"]
        permissions = [("settle_unknown", _("Can send unknown deliveries again, or take them as sent"))]
        # The reader first, so that it finds a reader's rows too: each index costs a mail an entry when it is opened and at
        # every move. A digest's rows are found by outcome.
        constraints = [
            models.UniqueConstraint(fields=["subscriber", "digest"], name="one_delivery_a_digest_and_reader")
        ]
        indexes = [
            models.Index(
                fields=["digest", "send_at", "edition", "id"], condition=Q(status="queued"), name="queued_by_slot"
            ),
            models.Index(fields=["lease_until"], condition=Q(status__in=["claimed", "sending"]), name="leases_by_end"),
            # Receipts count in it, and what few rows of a digest have is found in it. Equal keys are kept once: 7 bytes a row.
            models.Index(fields=["digest", "status"], name="deliveries_by_outcome"),
            models.Index(fields=["digest", "status"], condition=~Q(error=""), name="reasons_by_outcome"),
            models.Index(
                fields=["status", "id"],
                condition=Q(status__in=["bounced", "complained", "failed", "suppressed", "expired", "cancelled"]),
                name="ill_fated_by_status",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.digest_id} → {self.subscriber_id}: {self.status}"
