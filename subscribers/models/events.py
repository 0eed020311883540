"""What came back about a mail, and who must not be mailed again."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from digests.models import Digest
from subscribers.models.delivery import Delivery


class DeliveryEvent(models.Model):
    """One report about one delivery, kept once: `key` is the same whenever the provider sends it again.

    `delivery_was` and `reader_was` are the statuses that this event replaced (empty: it replaced none), so that what a
    flood of false reports did can be taken back. `detail` is what a provider or a stranger's server wrote: show it
    escaped. What the states mean for the reader is in `subscribers.delivery.events`.
    """

    class Kind(models.TextChoices):
        ACCEPTED = "accepted", _("accepted, on its way")
        DELIVERED = "delivered", _("delivered")
        FAILED = "failed", _("not sent by the provider")
        SOFT_BOUNCE = "soft", _("bounced, perhaps for now")
        BOUNCED = "bounced", _("bounced for good")
        UNSUBSCRIBED = "left", _("unsubscribed")
        COMPLAINED = "complained", _("complained")

    STRIKING = (Kind.SOFT_BOUNCE, Kind.BOUNCED, Kind.UNSUBSCRIBED, Kind.COMPLAINED)
    """Kinds that can cost a newsletter its reader."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting for its turn")
        APPLIED = "applied", _("applied")
        HELD = "held", _("held for an editor")
        DISMISSED = "dismissed", _("dismissed")

    key = models.CharField(max_length=32, unique=True, editable=False)
    delivery = models.ForeignKey(Delivery, models.CASCADE, related_name="events", verbose_name=_("delivery"))
    digest = models.ForeignKey(Digest, models.CASCADE, related_name="+", verbose_name=_("digest"), db_index=False)
    provider = models.CharField(_("provider"), max_length=20)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.WAITING)
    detail = models.CharField(_("in the provider's words"), max_length=300, blank=True)
    occurred_at = models.DateTimeField(_("happened at"))
    received_at = models.DateTimeField(_("received at"), db_default=Now(), db_index=True)
    delivery_was = models.CharField(max_length=10, blank=True, default="", editable=False)
    reader_was = models.CharField(max_length=12, blank=True, default="", editable=False)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, editable=False, verbose_name=_("settled by")
    )

    class Meta:
        verbose_name = _("delivery event")
        verbose_name_plural = _("delivery events")
        ordering = ["-pk"]
        permissions = [("settle_deliveryevent", "Can apply or dismiss held delivery events")]
        indexes = [
            models.Index(
                fields=["digest", "state"],
                condition=Q(kind__in=["soft", "bounced", "left", "complained"]),
                name="striking_events_by_digest",
            ),
            models.Index(fields=["id"], condition=Q(state="waiting"), name="waiting_events"),
            models.Index(fields=["id"], condition=Q(state="held"), name="held_events"),
            models.Index(
                fields=["kind", "id"],
                condition=Q(kind__in=["soft", "bounced", "left", "complained"]),
                name="striking_events_by_kind",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.delivery_id}: {self.kind}"


class Suppression(models.Model):
    """An address that must not be mailed, as a keyed hash: it outlives the subscriber, and names nobody to whoever has
    the table but not the key. See `subscribers.suppression`."""

    class Reason(models.TextChoices):
        BOUNCED = "bounced", _("bounced")
        COMPLAINED = "complained", _("complained")
        ERASED = "erased", _("erased")

    address_hash = models.CharField(max_length=64, unique=True, editable=False)
    reason = models.CharField(_("reason"), max_length=10, choices=Reason)
    suppressed_at = models.DateTimeField(_("suppressed at"), db_default=Now())

    class Meta:
        verbose_name = _("suppression")
        verbose_name_plural = _("suppressions")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.address_hash[:12]}: {self.reason}"


class UnusedReports(models.Model):
    """How many reports of a provider were of no use on a day, and why. Many unmatched ones mean that somebody else's mails
    are reported here, or that LINK_KEYS changed."""

    class Why(models.TextChoices):
        UNMATCHED = "unmatched", _("about no mail of ours")
        OLD = "old", _("too old")
        FUTURE = "future", _("from the future")

    day = models.DateField(_("day"))
    provider = models.CharField(_("provider"), max_length=20)
    why = models.CharField(_("why"), max_length=10, choices=Why)
    count = models.PositiveIntegerField(_("number"), default=0)

    class Meta:
        verbose_name = _("unused reports")
        verbose_name_plural = _("unused reports")
        ordering = ["-day", "provider"]
        constraints = [models.UniqueConstraint(fields=["day", "provider", "why"], name="unused_reports_once_a_day")]

    def __str__(self) -> str:
        return f"{self.day} {self.provider} {self.why}: {self.count}"
