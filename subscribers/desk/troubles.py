"""What somebody should look at, whatever day it is: each with the thing to press."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from digests.models import Digest
from newsletter import disk
from subscribers import letters_back
from subscribers.delivery import guard
from subscribers.health import LONGEST_SILENCE, looked_after
from subscribers.models import Delivery, DeliveryEvent, Sending

MOST = 1000
"""Counted so far and no further: a front page must be quick on the worst of days."""


class Trouble(NamedTuple):
    """What is the matter, and the button that leads to where it can be put right."""

    says: str
    button: str
    url: str


def troubles(request: HttpRequest, now: dt.datetime) -> list[Trouble]:
    """Everything that is not as it should be, as far as whoever looks may know of it."""
    if not request.user.has_perm("subscribers.view_sending"):
        return []
    found = [*_sending(now), *_disk(), *_paused(), *_unknown(now), *_held(now)]
    return [*found, *_held_letters()] if request.user.has_perm("subscribers.settle_deliveryevent") else found


def _sending(now: dt.datetime) -> Iterator[Trouble]:
    row = Sending.objects.first()
    if row is None:
        return
    page = reverse("admin:subscribers_sending_changelist")
    if guard.may_send():
        yield Trouble(
            _("Nothing is sent: all sending is stopped, the disk is full, or the database is not trusted."),
            _("See why"),
            page,
        )
    if row.ticked_at and now - row.ticked_at > LONGEST_SILENCE:
        minutes = int((now - row.ticked_at).total_seconds() // 60)
        said = _("The clock last came by %d minutes ago. Start beat and a worker; until then nothing is sent or built.")
        yield Trouble(said % minutes, _("See sending"), page)


def _disk() -> Iterator[Trouble]:
    room = disk.tightest()
    if room.is_scarce:
        said = _("The disk is nearly full: %(percent)d %% are used, %(free)s GB are free. At 95 %% nothing is sent any more until there is room.")  # fmt: skip
        told = said % {"percent": round(100 * room.used), "free": f"{room.free / 1e9:.1f}"}
        yield Trouble(told, _("See sending"), reverse("admin:subscribers_sending_changelist"))


def _paused() -> Iterator[Trouble]:
    for digest in Digest.objects.filter(status=Digest.Status.PAUSED).defer("approved_content")[:3]:
        why = str(digest.notes[-1]) if digest.notes else ""
        said = _("%(digest)s is paused. %(why)s") % {"digest": digest, "why": why}
        yield Trouble(said.strip(), _("Resume or cancel"), reverse("admin:subscribers_progress", args=[digest.pk]))


def _unknown(now: dt.datetime) -> Iterator[Trouble]:
    for digest in looked_after(now).defer("approved_content").order_by("-day", "kind"):
        count = Delivery.objects.filter(status=Delivery.Status.UNKNOWN, digest=digest).order_by()[:MOST].count()
        if count:
            said = ngettext(
                "%(n)d mail of %(digest)s may have arrived or not. It is not sent again by itself.",
                "%(n)d mails of %(digest)s may have arrived or not. They are not sent again by themselves.",
                count,
            ) % {"n": count, "digest": digest}
            yield Trouble(
                said, _("Decide on the receipt"), reverse("admin:subscribers_delivery_receipt", args=[digest.pk])
            )


def _held(now: dt.datetime) -> Iterator[Trouble]:
    held = DeliveryEvent.objects.filter(
        digest__in=looked_after(now).values("pk"), kind__in=DeliveryEvent.STRIKING, state=DeliveryEvent.State.HELD
    )
    if count := held.order_by()[:MOST].count():
        said = ngettext(
            "%d bounce or complaint is held: too many came at once to be believed.",
            "%d bounces and complaints are held: too many came at once to be believed.",
            count,
        )
        where = f"{reverse('admin:subscribers_deliveryevent_changelist')}?{urlencode({'state__exact': 'held'})}"
        yield Trouble(said % count, _("Apply or dismiss them"), where)


def _held_letters() -> Iterator[Trouble]:
    """No digest is concerned, so it is told to those only who may decide about it."""
    if count := letters_back.held().order_by()[:MOST].count():
        said = ngettext(
            "%d report about a letter (confirmation, welcome and such) is held: too many came at once to be believed.",
            "%d reports about letters (confirmations, welcomes and such) are held: too many came at once to be believed.",
            count,
        )
        where = f"{reverse('admin:subscribers_lettersent_changelist')}?{urlencode({'is_held__exact': 1})}"
        yield Trouble(said % count, _("Apply or dismiss them"), where)
