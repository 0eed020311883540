"""A provider's words for what became of a mail, put into ours. Pure: tables, and the few who need more than a table."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from hashlib import blake2s
from typing import Any, NamedTuple

from anymail.signals import AnymailTrackingEvent, EventType, RejectReason

from subscribers.delivery import names
from subscribers.delivery.codes import code_in, means_gone
from subscribers.models import DeliveryEvent

Kind = DeliveryEvent.Kind


class Report(NamedTuple):
    """One thing that happened to one mail. `key` is the same whenever it is told again. The delivery is found by `name`
    (see `subscribers.delivery.names`), or else by the provider's own `message_id` and the recipient. `at` is None when
    the provider does not say."""

    key: str
    provider: str
    kind: Kind
    name: str
    message_id: str
    recipient: str
    at: datetime | None
    detail: str


MEANING = {
    EventType.QUEUED: Kind.ACCEPTED,
    EventType.SENT: Kind.ACCEPTED,
    EventType.DEFERRED: Kind.ACCEPTED,  # the provider goes on trying, and will say how it ended
    EventType.DELIVERED: Kind.DELIVERED,
    EventType.FAILED: Kind.FAILED,
    EventType.BOUNCED: Kind.BOUNCED,
    EventType.UNSUBSCRIBED: Kind.UNSUBSCRIBED,
    EventType.COMPLAINED: Kind.COMPLAINED,
}
"""Everything else (opened, clicked, subscribed, answered by a machine) is none of our business."""

REJECTED_FOR = {
    RejectReason.BOUNCED: Kind.BOUNCED,
    RejectReason.INVALID: Kind.BOUNCED,
    RejectReason.SPAM: Kind.COMPLAINED,
    RejectReason.UNSUBSCRIBED: Kind.UNSUBSCRIBED,
}
"""Why a provider did not even try; other reasons are about us and not about the reader."""

MAILGUN_SUPPRESSED = {
    "suppress-bounce": Kind.BOUNCED,
    "suppress-complaint": Kind.COMPLAINED,
    "suppress-unsubscribe": Kind.UNSUBSCRIBED,
    "old": Kind.SOFT_BOUNCE,  # it tried for hours in vain
}


def _amazon_ses(said: dict[str, Any], kind: Kind) -> Kind:
    return kind if said.get("bounce", {}).get("bounceType") == "Permanent" else Kind.SOFT_BOUNCE


def _brevo(said: dict[str, Any], kind: Kind) -> Kind:
    return Kind.SOFT_BOUNCE if said.get("event") == "soft_bounce" else kind


def _mailgun(said: dict[str, Any], kind: Kind) -> Kind:
    return MAILGUN_SUPPRESSED.get(said.get("event-data", {}).get("reason"), kind)


def _mailjet(said: dict[str, Any], kind: Kind) -> Kind:
    return kind if said.get("hard_bounce") else Kind.SOFT_BOUNCE


def _postmark(said: dict[str, Any], kind: Kind) -> Kind:
    return kind if "HardBounce" in (said.get("Type"), said.get("SuppressionReason")) else Kind.SOFT_BOUNCE


def _resend(said: dict[str, Any], kind: Kind) -> Kind:
    return kind if said.get("data", {}).get("bounce", {}).get("type") == "Permanent" else Kind.SOFT_BOUNCE


LOOK_CLOSER: dict[str, Callable[[dict[str, Any], Kind], Kind]] = {
    "amazon_ses": _amazon_ses,
    "brevo": _brevo,
    "mailgun": _mailgun,
    "mailjet": _mailjet,
    "postmark": _postmark,
    "resend": _resend,
}
"""What Anymail calls bounced can be for good or for now; each provider says which in its own way."""


def report_of(provider: str, event: AnymailTrackingEvent) -> Report | None:
    """The report in an event that Anymail read; None when it is nothing we act upon.

    The event's fields are whatever JSON the sender liked to put there. Raises AttributeError or TypeError for shapes
    that no provider sends.
    """
    kind = kind_of(provider, event)
    if kind is None:
        return None
    named = (event.metadata or {}).get("delivery", "")
    message_id, recipient = clean(event.message_id), clean(event.recipient)
    name = clean(named).lower() or names.named_in_message_id(message_id)
    happened = clean(event.event_id) or "/".join([message_id, name, clean(event.timestamp)])
    words = " ".join([clean(event.description), clean(event.mta_response)]).strip()
    key = key_of(provider, kind, happened, recipient)
    return Report(key, provider, kind, name, message_id[:200], recipient[:254], _aware(event.timestamp), words[:300])


def kind_of(provider: str, event: AnymailTrackingEvent) -> Kind | None:
    """What the event means to us, if anything."""
    if event.event_type == EventType.REJECTED:
        return REJECTED_FOR.get(event.reject_reason, Kind.FAILED)
    kind = MEANING.get(event.event_type)
    if kind != Kind.BOUNCED:
        return kind
    said = event.esp_event if isinstance(event.esp_event, dict) else {}
    kind = LOOK_CLOSER[provider](said, kind)
    code = code_in(f"{clean(event.mta_response)} {clean(event.description)}")
    return Kind.SOFT_BOUNCE if kind == Kind.BOUNCED and code and not means_gone(code) else kind


def _aware(at: datetime | None) -> datetime | None:
    """A time that can be compared; without a zone it is taken for UTC."""
    return at.replace(tzinfo=UTC) if at is not None and at.tzinfo is None else at


def key_of(*parts: str) -> str:
    """A short name for an event, the same for the same parts."""
    return blake2s("\0".join(parts).encode(), digest_size=16).hexdigest()


def clean(value: object) -> str:
    """Somebody else's value as text that any database takes: no NUL, no half of a surrogate pair."""
    text = "" if value is None else str(value)
    return text.replace("\0", "").encode("utf-8", "replace").decode()
