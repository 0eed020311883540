"""Which letters about a subscription went out, so that what comes back finds its person."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from subscribers.models.events import DeliveryEvent
from subscribers.models.owner import AddressChange
from subscribers.models.subscriber import Subscriber


class LetterSent(models.Model):
    """A letter that was handed to the mail server. Its number under seal is its name outside (`subscribers.delivery.names`).

    `address_hash` is the keyed hash of where it went, which need not be the subscriber's address (any more). `came_back` is
    the worst that was reported, `is_held` says that so much came back at the time that nothing was done about it. `detail` is
    what a provider or a stranger's server wrote: show it escaped.
    """

    class Kind(models.TextChoices):
        CONFIRMATION = "confirmation", _("confirmation")
        WELCOME = "welcome", _("welcome")
        ALREADY = "already", _("you are already subscribed")
        RENEWAL = "renewal", _("whether the consent still holds")
        OWNERS_LINK = "owners-link", _("link to one’s own data")
        FORMER_ADDRESS = "former", _("change of address, to the former one")
        NEW_ADDRESS = "new", _("change of address, to the new one")

    subscriber = models.ForeignKey(Subscriber, models.CASCADE, related_name="letters_sent")
    kind = models.CharField(max_length=12, choices=Kind)
    change = models.ForeignKey(AddressChange, models.SET_NULL, null=True, blank=True, related_name="+")
    address_hash = models.CharField(max_length=64)
    provider_id = models.CharField(max_length=200, blank=True, default="")
    sent_at = models.DateTimeField(db_index=True)
    came_back = models.CharField(max_length=10, choices=DeliveryEvent.Kind, blank=True, default="")
    came_back_at = models.DateTimeField(null=True, blank=True)
    is_held = models.BooleanField(default=False)
    detail = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        verbose_name = _("letter that was sent")
        verbose_name_plural = _("letters that were sent")
        ordering = ["-pk"]
        default_permissions = ()
        indexes = [
            models.Index(fields=["provider_id"], condition=~models.Q(provider_id=""), name="letters_by_provider_id"),
            models.Index(fields=["came_back_at"], condition=~models.Q(came_back=""), name="letters_that_came_back"),
        ]

    def __str__(self) -> str:
        return f"{self.subscriber_id}: {self.kind}"
