"""Subscribers and their deliveries."""

from __future__ import annotations

import secrets

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower, Now
from django.utils.translation import gettext_lazy as _

from digests.models import Digest
from subscribers.zones import check_time_zone

ALL_CATEGORIES = (1 << 62) - 1
"""The choice "everything, whatever the editors add later": every bit a category can have."""


def new_key() -> str:
    """A random public name for a subscriber: 72 bits, 12 characters, fit for a URL."""
    return secrets.token_urlsafe(9)


class Subscriber(models.Model):
    """An address with consent, and how its owner wants the digest.

    `categories` is a bit mask over `Category.bit`: one number per reader lets the database group a million readers by
    what they want in one pass, which a many-to-many table does thirty times slower. `key` stands for the person in
    links and Message-IDs, so that neither shows an address or a countable id.
    """

    class Status(models.TextChoices):
        PENDING = "pending", _("waiting for confirmation")
        ACTIVE = "active", _("active")
        UNSUBSCRIBED = "unsubscribed", _("unsubscribed")
        BOUNCED = "bounced", _("bounced")
        COMPLAINED = "complained", _("complained")

    email = models.EmailField(_("e-mail address"))
    key = models.CharField(max_length=16, unique=True, default=new_key, editable=False)
    status = models.CharField(_("status"), max_length=12, choices=Status, default=Status.PENDING)
    language = models.CharField(_("language"), max_length=2, choices=settings.LANGUAGES, default="ko")
    time_zone = models.CharField(
        _("time zone"), max_length=64, default=settings.DIGEST_TIME_ZONE, validators=[check_time_zone]
    )
    send_hour = models.PositiveSmallIntegerField(
        _("sending hour"), default=settings.DIGEST_SEND_HOUR, validators=[MaxValueValidator(23)]
    )
    categories = models.BigIntegerField(_("categories"), default=ALL_CATEGORIES)
    signed_up_at = models.DateTimeField(_("signed up at"), db_default=Now())
    consent_text = models.CharField(_("what was agreed to"), max_length=300, blank=True)
    confirmation_wanted_at = models.DateTimeField(null=True, blank=True, editable=False)
    confirmation_sent_at = models.DateTimeField(_("confirmation sent at"), null=True, blank=True, editable=False)
    confirmations_sent = models.PositiveSmallIntegerField(default=0, editable=False)
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True, blank=True)
    left_at = models.DateTimeField(_("left at"), null=True, blank=True)

    class Meta:
        verbose_name = _("subscriber")
        verbose_name_plural = _("subscribers")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(Lower("email"), name="an_address_once_whatever_its_case"),
            models.CheckConstraint(condition=Q(send_hour__lte=23), name="send_hour_is_an_hour"),
            models.CheckConstraint(
                condition=~Q(status="active") | Q(confirmed_at__isnull=False), name="active_means_confirmed"
            ),
        ]
        indexes = [
            models.Index(fields=["time_zone", "send_hour"], condition=Q(status="active"), name="active_by_slot"),
            models.Index(
                fields=["confirmation_wanted_at"],
                condition=Q(status="pending", confirmation_wanted_at__isnull=False),
                name="confirmations_wanted",
            ),
        ]

    def __str__(self) -> str:
        return self.email


class Delivery(models.Model):
    """One digest for one subscriber: the ledger. Moves are in `subscribers.delivery.ledger` and nowhere else.

    queued → claimed → sending → sent; `sending` is on disk before the network is touched, so a worker that dies leaves
    `claimed` (nothing happened, queued again) or `sending` (nobody can know: `unknown`, never sent again by itself).
    `owner` and `lease_until` fence the row: a late write of a worker that lost it changes nothing.
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

    digest = models.ForeignKey(Digest, models.PROTECT, related_name="deliveries", verbose_name=_("digest"))
    subscriber = models.ForeignKey(Subscriber, models.PROTECT, related_name="deliveries", verbose_name=_("subscriber"))
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.QUEUED)
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
        constraints = [
            models.UniqueConstraint(fields=["digest", "subscriber"], name="one_delivery_a_reader_and_digest")
        ]
        indexes = [
            models.Index(fields=["send_at", "id"], condition=Q(status="queued"), name="queued_by_time"),
            models.Index(fields=["lease_until"], condition=Q(status__in=["claimed", "sending"]), name="leases_by_end"),
        ]

    def __str__(self) -> str:
        return f"{self.digest_id} → {self.subscriber_id}: {self.status}"
