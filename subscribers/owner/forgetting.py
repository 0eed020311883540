"""What is not kept: links that are good for nothing any more, and changes of address that ended."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from subscribers.models import AddressChange, OwnersLink
from subscribers.owner.asking import REFUSAL_HOLDS

LINKS_KEPT = dt.timedelta(days=3)


def forget_links() -> int:
    """Delete what is old enough; return how many rows that were."""
    now = timezone.now()
    links, _each = OwnersLink.objects.filter(asked_at__lt=now - LINKS_KEPT).delete()
    changes, _each = AddressChange.objects.filter(asked_at__lt=now - REFUSAL_HOLDS).delete()
    return links + changes
