"""What only the owner of an address may do, by links that were mailed to that address and to nobody else."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from subscribers.models.subscriber import Subscriber, new_key


class OwnersLink(models.Model):
    """A link that was asked for, to see the address and all that is kept, to take it along, to change it, to erase it.

    It is good for a day, and once for each of the first two of these acts (`exported_at`, `moved_at`); erasing deletes it.
    `key` stands for it in the link. `due_at` is empty once the mail has been taken for sending.
    """

    key = models.CharField(max_length=16, unique=True, default=new_key, editable=False)
    subscriber = models.ForeignKey(Subscriber, models.CASCADE, related_name="owners_links")
    asked_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True, blank=True)
    exported_at = models.DateTimeField(null=True, blank=True)
    moved_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("link for an address's owner")
        verbose_name_plural = _("links for addresses' owners")
        ordering = ["-pk"]
        default_permissions = ()
        indexes = [models.Index(fields=["due_at"], condition=Q(due_at__isnull=False), name="owners_links_due")]

    def __str__(self) -> str:
        return f"{self.subscriber_id}: {self.asked_at:%Y-%m-%d %H:%M}"


class AddressChange(models.Model):
    """A wish to have the digest at another address. Both addresses are written to, and it happens when both have agreed.

    Each side has a key of its own for its link, so that neither can speak for the other. `ended_at` says that nothing
    more can come of it: it has happened (`happened`), was refused by a side (`refused_at`), or another wish followed.
    """

    subscriber = models.ForeignKey(Subscriber, models.CASCADE, related_name="address_changes")
    former_address = models.EmailField()
    new_address = models.EmailField()
    asked_at = models.DateTimeField()
    former_key = models.CharField(max_length=16, unique=True, default=new_key, editable=False)
    former_due_at = models.DateTimeField(null=True, blank=True)
    former_agreed_at = models.DateTimeField(null=True, blank=True)
    new_key = models.CharField(max_length=16, unique=True, default=new_key, editable=False)
    new_due_at = models.DateTimeField(null=True, blank=True)
    new_agreed_at = models.DateTimeField(null=True, blank=True)
    refused_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    happened = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("change of address")
        verbose_name_plural = _("changes of address")
        ordering = ["-pk"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["subscriber"], condition=Q(ended_at__isnull=True), name="one_open_change_of_address"
            )
        ]
        indexes = [
            models.Index(fields=["former_due_at"], condition=Q(former_due_at__isnull=False), name="former_side_due"),
            models.Index(fields=["new_due_at"], condition=Q(new_due_at__isnull=False), name="new_side_due"),
            models.Index(fields=["new_address", "asked_at"], name="changes_by_new_address"),
        ]

    def __str__(self) -> str:
        return f"{self.subscriber_id}: {self.asked_at:%Y-%m-%d %H:%M}"
