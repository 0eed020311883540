"""Who reads, and how they want it."""

from __future__ import annotations

import secrets

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q, Value
from django.db.models.functions import Lower, Now, StrIndex, Substr
from django.utils.translation import gettext_lazy as _

from subscribers.masking import masked
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
    `cadence_since` is the first day of the present cadence after `cadence_before`, so that a change in the middle of a
    week neither repeats a paper nor loses one. Digests of days before `paused_until` are not for this reader.
    `left_as` is the status from which the reader left, and `left_because` the reason, if one was given.
    `consent_source` says where an imported subscriber agreed; it is empty for who did so on this site.

    Of who was erased an empty row is left, with a made-up address: deliveries point to it and are still counted.

    `signed_up_at`, `signed_up_from`, `consent_text`, `confirmed_at` and `confirmed_from` are the evidence of consent; the
    places are networks, shortened. `letter` is the mail about the subscription that is wanted since `letter_since` and is
    to go out at `letter_due_at`, which is empty once it has been taken for sending (`subscribers.mail`).
    """

    class Status(models.TextChoices):
        PENDING = "pending", _("waiting for confirmation")
        ACTIVE = "active", _("active")
        UNSUBSCRIBED = "unsubscribed", _("unsubscribed")
        BOUNCED = "bounced", _("bounced")
        COMPLAINED = "complained", _("complained")
        ERASED = "erased", _("erased")

    class Why(models.TextChoices):
        TOO_MANY = "many", _("too many mails")
        TOPICS = "topics", _("not what I want to read about")
        WORDS = "words", _("the summaries did not help me")
        ELSEWHERE = "elsewhere", _("I read it elsewhere")
        NOT_ASKED = "not-asked", _("I never signed up")
        OTHER = "other", _("another reason")

    class Cadence(models.TextChoices):
        DAILY = "daily", _("every day")
        WEEKDAYS = "weekdays", _("Monday to Friday")
        WEEKLY = "weekly", _("once a week")

    class Letter(models.TextChoices):
        CONFIRMATION = "confirmation", _("confirmation")
        WELCOME = "welcome", _("welcome")
        ALREADY = "already", _("you are already subscribed")
        RENEWAL = "renewal", _("whether the consent still holds")

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
    cadence = models.CharField(_("how often"), max_length=8, choices=Cadence, default=Cadence.DAILY)
    cadence_before = models.CharField(max_length=8, choices=Cadence, blank=True, default="", editable=False)
    cadence_since = models.DateField(null=True, blank=True, editable=False)
    highlights = models.TextField(_("highlights"), blank=True, default="", db_default="")
    paused_until = models.DateField(_("paused until"), null=True, blank=True)
    signed_up_at = models.DateTimeField(_("signed up at"), db_default=Now())
    consent_text = models.CharField(_("what was agreed to"), max_length=300, blank=True)
    consent_source = models.CharField(
        _("where it was agreed to"), max_length=100, blank=True, default="", db_default=""
    )
    signed_up_from = models.CharField(_("signed up from"), max_length=45, blank=True)
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True, blank=True)
    confirmed_from = models.CharField(_("confirmed from"), max_length=45, blank=True)
    renewal_asked_at = models.DateTimeField(_("asked to renew at"), null=True, blank=True, editable=False)
    consent_renewed_at = models.DateTimeField(_("consent renewed at"), null=True, blank=True, editable=False)
    left_at = models.DateTimeField(_("left at"), null=True, blank=True)
    left_as = models.CharField(max_length=12, choices=Status, blank=True, db_default="", default="", editable=False)
    left_because = models.CharField(
        _("left because"), max_length=10, choices=Why, blank=True, db_default="", default="", editable=False
    )
    letter = models.CharField(max_length=12, choices=Letter, blank=True, editable=False)
    letter_since = models.DateTimeField(null=True, blank=True, editable=False)
    letter_due_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("subscriber")
        verbose_name_plural = _("subscribers")
        ordering = ["-pk"]
        permissions = [
            ("see_addresses", _("Can see addresses of readers, and search by them")),
            ("export_subscriber", _("Can export the list of subscribers")),
        ]
        constraints = [
            models.UniqueConstraint(Lower("email"), name="an_address_once_whatever_its_case"),
            models.CheckConstraint(condition=Q(send_hour__lte=23), name="send_hour_is_an_hour"),
            models.CheckConstraint(
                condition=~Q(status="active") | Q(confirmed_at__isnull=False), name="active_means_confirmed"
            ),
        ]
        indexes = [
            models.Index(fields=["time_zone", "send_hour"], condition=Q(status="active"), name="active_by_slot"),
            models.Index(fields=["letter_due_at"], condition=Q(letter_due_at__isnull=False), name="letters_due"),
            models.Index(fields=["signed_up_at"], condition=Q(status="pending"), name="pending_by_age"),
            models.Index(
                fields=["left_at"],
                condition=Q(status="unsubscribed", left_as="pending", confirmed_at=None),
                name="declined_by_age",
            ),
            models.Index(fields=["status", "id"], condition=~Q(status="active"), name="others_by_status"),
            models.Index(
                fields=["cadence", "id"], name="readers_by_cadence"
            ),  # a rare one is found without reading all
            models.Index(fields=["language", "id"], name="readers_by_language"),
            models.Index(fields=["id"], condition=~Q(highlights=""), name="readers_with_highlights"),
            models.Index(Lower(Substr("email", StrIndex("email", Value("@")) + 1)), name="readers_by_domain"),
        ]

    def __str__(self) -> str:
        return masked(self.email)  # it stands on many pages and in logs; who may see the address is shown it on its own
