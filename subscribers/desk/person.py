"""One reader's story: consent, deliveries, what came back, suppression and what staff did, the latest first."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from newsletter.models import AuditLine
from subscribers import suppression
from subscribers.masking import for_eyes_of
from subscribers.models import Delivery, DeliveryEvent, LetterSent, Subscriber, Suppression

MOST = 50


class Moment(NamedTuple):
    """Something that happened."""

    at: datetime
    what: str
    detail: str = ""
    url: str = ""


def story(reader: Subscriber, request: HttpRequest) -> list[Moment]:
    """What is known to have happened, the latest MOST of each kind. Addresses in it are masked for whoever may not see them."""
    told = [
        *_consent(reader),
        *_letters(reader),
        *_deliveries(reader),
        *_events(reader),
        *_suppression(reader),
        *_acts(reader, request),
    ]
    shown = [moment._replace(detail=for_eyes_of(request, moment.detail)) for moment in told]
    return sorted(shown, key=lambda moment: moment.at, reverse=True)


def _consent(reader: Subscriber) -> Iterable[Moment]:
    yield Moment(reader.signed_up_at, _("signed up"), reader.consent_text)
    if reader.confirmed_at:
        yield Moment(reader.confirmed_at, _("confirmed"))
    if reader.left_at:
        why = reader.get_left_because_display() if reader.left_because else ""
        yield Moment(reader.left_at, _("left: %s") % reader.get_status_display(), why)


def _deliveries(reader: Subscriber) -> Iterable[Moment]:
    rows = Delivery.objects.filter(subscriber=reader).select_related("digest").defer("digest__approved_content")
    for row in rows.order_by("-pk")[:MOST]:
        url = reverse("admin:subscribers_delivery_change", args=[row.pk])
        yield Moment(row.finished_at or row.send_at, f"{row.digest}: {row.get_status_display()}", row.error, url)


def _letters(reader: Subscriber) -> Iterable[Moment]:
    for letter in LetterSent.objects.filter(subscriber=reader)[:MOST]:
        yield Moment(letter.sent_at, _("letter sent: %s") % letter.get_kind_display())
        if letter.came_back and letter.came_back_at:
            told = {"letter": letter.get_kind_display(), "kind": letter.get_came_back_display()}
            said = _("letter came back (%(letter)s): %(kind)s") % told
            is_open = letter.is_held and not letter.settled
            held = [_("too many came back at once: nothing was done about it")] if is_open else []
            held += [letter.get_settled_display()] if letter.settled else []
            yield Moment(letter.came_back_at, said, " · ".join([*held, letter.detail]).strip(" ·"))


def _events(reader: Subscriber) -> Iterable[Moment]:
    rows = DeliveryEvent.objects.filter(delivery__subscriber=reader).select_related("digest")
    for event in rows.defer("digest__approved_content").order_by("-pk")[:MOST]:
        told = _("%(digest)s: the provider says %(kind)s") % {"digest": event.digest, "kind": event.get_kind_display()}
        url = reverse("admin:subscribers_deliveryevent_change", args=[event.pk])
        yield Moment(event.occurred_at, f"{told} ({event.get_state_display()})", event.detail, url)


def _suppression(reader: Subscriber) -> Iterable[Moment]:
    for row in Suppression.objects.filter(address_hash__in=suppression.hashes(reader.email)):
        url = reverse("admin:subscribers_suppression_change", args=[row.pk])
        yield Moment(row.suppressed_at, _("address suppressed: %s") % row.get_reason_display(), url=url)


def _acts(reader: Subscriber, request: HttpRequest) -> Iterable[Moment]:
    if not request.user.has_perm("newsletter.view_auditline"):
        return
    for line in AuditLine.objects.filter(about_type=reader._meta.label_lower, about_id=str(reader.pk))[:MOST]:
        yield Moment(line.at, f"{line.who}: {line.said}")
