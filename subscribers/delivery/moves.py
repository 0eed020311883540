"""What an event makes of its delivery and of its reader: tables, nothing else.

Any order of the same events ends in the same state, for what they make of a delivery stands in one total order.
"""

from __future__ import annotations

from subscribers.models import Delivery, DeliveryEvent, Subscriber

Kind, Status, Reader = DeliveryEvent.Kind, Delivery.Status, Subscriber.Status

BECOMES: dict[str, str] = {
    Kind.ACCEPTED: Status.SENT,
    Kind.UNSUBSCRIBED: Status.SENT,
    Kind.FAILED: Status.FAILED,
    Kind.DELIVERED: Status.DELIVERED,
    Kind.SOFT_BOUNCE: Status.BOUNCED,
    Kind.BOUNCED: Status.BOUNCED,
    Kind.COMPLAINED: Status.COMPLAINED,
}
"""What an event makes of its delivery, where that stands below it."""

ORDER = (Status.SENT, Status.FAILED, Status.DELIVERED, Status.BOUNCED, Status.COMPLAINED)
NOT_SENT_AS_WE_THOUGHT = (Status.UNKNOWN, Status.QUEUED, Status.EXPIRED, Status.CANCELLED, Status.SUPPRESSED)
"""A report proves the opposite. It closes an unknown, and keeps a queued row (its answer was lost, or the database comes
from a backup) from being sent a second time."""

REPLACES: dict[str, tuple[str, ...]] = {
    status: (*NOT_SENT_AS_WE_THOUGHT, *ORDER[:place]) for place, status in enumerate(ORDER)
}
"""What a status may take the place of: whatever is weaker. A late "delivered" brings back nobody who bounced."""

IN_HAND = (Status.CLAIMED, Status.SENDING)
"""A worker has the row and will write to it; its events wait for that."""

TAKEN = (Status.SENT, Status.DELIVERED, Status.BOUNCED, Status.COMPLAINED)
"""The provider took the mail, whatever came after."""

STRIKES: dict[str, tuple[str, tuple[str, ...]]] = {
    Kind.BOUNCED: (Reader.BOUNCED, (Reader.ACTIVE,)),
    Kind.SOFT_BOUNCE: (Reader.BOUNCED, (Reader.ACTIVE,)),  # only with enough others before it
    Kind.UNSUBSCRIBED: (Reader.UNSUBSCRIBED, (Reader.ACTIVE, Reader.BOUNCED)),
    Kind.COMPLAINED: (Reader.COMPLAINED, (Reader.ACTIVE, Reader.PENDING, Reader.BOUNCED, Reader.UNSUBSCRIBED)),
}
"""What an event makes of its reader, and out of what."""
