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
    the worst that was reported, `is_held` says that so much came back at the time that nothing was done about it yet, and
    `settled` what somebody decided then. `detail` is what a provider or a stranger's server wrote: show it escaped.
    """

    class Settled(models.TextChoices):
        APPLIED = "applied", _("applied by somebody")
        DISMISSED = "dismissed", _("dismissed by somebody")

    class Kind(models.TextChoices):
        CONFIRMATION = "confirmation", _("confirmation")
        WELCOME = "welcome", _("welcome")
        ALREADY = "already", _("you are already subscribed")
        RENEWAL = "renewal", _("whether the consent still holds")
        OWNERS_LINK = "owners-link", _("link to one’s own data")
        FORMER_ADDRESS = "former", _("change of address, to the former one")
        NEW_ADDRESS = "new", _("change of address, to the new one")

    subscriber = models.ForeignKey(
        Subscriber, models.CASCADE, related_name="letters_sent", verbose_name=_("subscriber")
    )
    kind = models.CharField(_("letter"), max_length=12, choices=Kind)
    change = models.ForeignKey(AddressChange, models.SET_NULL, null=True, blank=True, related_name="+")
    address_hash = models.CharField(max_length=64)
    provider_id = models.CharField(max_length=200, blank=True, default="")
    sent_at = models.DateTimeField(_("sent at"), db_index=True)
    came_back = models.CharField(_("came back"), max_length=10, choices=DeliveryEvent.Kind, blank=True, default="")
    came_back_at = models.DateTimeField(_("came back at"), null=True, blank=True)
    is_held = models.BooleanField(_("held"), default=False)
    settled = models.CharField(_("settled"), max_length=9, choices=Settled, blank=True, default="", db_default="")
    detail = models.CharField(_("in the provider's words"), max_length=300, blank=True, default="")

    class Meta:
        verbose_name = _("letter that was sent")
        verbose_name_plural = _("letters that were sent")
        ordering = ["-pk"]
        default_permissions = ("view",)
        indexes = [
            models.Index(fields=["provider_id"], condition=~models.Q(provider_id=""), name="letters_by_provider_id"),
            models.Index(fields=["came_back_at"], condition=~models.Q(came_back=""), name="letters_that_came_back"),
            models.Index(fields=["id"], condition=models.Q(is_held=True), name="letters_held"),
        ]

    def __str__(self) -> str:
        return f"{self.subscriber_id}: {self.kind}"
