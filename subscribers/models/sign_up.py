"""Who asked for the digest through the form, until it is decided what becomes of it; afterwards, what limits count."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class SignUp(models.Model):
    """One form that was sent. The page only writes it down; `subscribers.signing_up.deciding` decides.

    The hashes are keyed and tell nobody's address; they are all that stays of a decided sign-up, so that limits hold over
    restarts and all machines. `came_from` is the visitor's network, shortened, as evidence of consent.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("not decided yet")
        CONFIRMATION = "confirm", _("confirmation mailed")
        ALREADY = "already", _("already subscribed, reminded of it")
        REFUSED = "refused", _("nothing mailed")

    class Why(models.TextChoices):
        VISITOR = "visitor", _("too many from one visitor")
        NETWORK = "network", _("too many from one network")
        ADDRESS = "address", _("enough mails to this address")
        COMPLAINED = "complained", _("the address complained before")
        ALARM = "alarm", _("too many sign-ups at a time")
        STALE = "stale", _("waited for too long")

    MAILED = (State.CONFIRMATION, State.ALREADY)

    asked_at = models.DateTimeField(_("asked at"), db_index=True)
    state = models.CharField(_("what became of it"), max_length=10, choices=State, default=State.WAITING)
    why = models.CharField(_("because"), max_length=10, choices=Why, blank=True)
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)

    email = models.EmailField(_("e-mail address"), blank=True)
    language = models.CharField(max_length=2, blank=True, editable=False)
    categories = models.BigIntegerField(default=0, editable=False)
    consent_text = models.CharField(max_length=300, blank=True, editable=False)
    came_from = models.CharField(max_length=45, blank=True, editable=False)

    visitor_hash = models.CharField(max_length=32, editable=False)
    network_hash = models.CharField(max_length=32, editable=False)
    address_hash = models.CharField(max_length=32, blank=True, editable=False)
    domain_hash = models.CharField(max_length=32, blank=True, editable=False)

    class Meta:
        verbose_name = _("sign-up")
        verbose_name_plural = _("sign-ups")
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["visitor_hash", "asked_at"], name="sign_ups_by_visitor"),
            models.Index(fields=["network_hash", "asked_at"], name="sign_ups_by_network"),
            models.Index(fields=["address_hash", "asked_at"], name="sign_ups_by_address"),
            models.Index(fields=["domain_hash", "decided_at"], name="sign_ups_by_domain"),
            models.Index(fields=["decided_at"], condition=Q(state__in=["confirm", "already"]), name="sign_ups_mailed"),
            models.Index(fields=["id"], condition=Q(state="waiting"), name="sign_ups_waiting"),
        ]

    def __str__(self) -> str:
        return f"{self.asked_at:%Y-%m-%d %H:%M}"
