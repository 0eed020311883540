"""Consent that is years old is asked after: when it was given, and how to keep or withdraw it (정보통신망법 §50-8 of mails that
advertise). Off unless CONSENT_RENEWAL_MONTHS is set. Who does not answer stays a reader, and is asked again after as long.
"""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from digests.collecting.days import today
from subscribers.models import Subscriber, Upkeep

A_DAY = 2000
"""Readers asked in a day at most, so that an old list is spread over weeks."""
DAYS_IN_A_MONTH = 30.44
CHORE = "consent renewal"


def ask() -> int:
    """Once a day let those be asked whose turn it is, the oldest consent first; how many."""
    if not settings.CONSENT_RENEWAL_MONTHS or Upkeep.objects.filter(name=CHORE, through__gte=today()).exists():
        return 0
    Upkeep.objects.update_or_create(name=CHORE, defaults={"through": today()})
    now = timezone.now()
    old = now - dt.timedelta(days=settings.CONSENT_RENEWAL_MONTHS * DAYS_IN_A_MONTH)
    due = Subscriber.objects.filter(
        Q(consent_renewed_at=None) | Q(consent_renewed_at__lt=old),
        Q(renewal_asked_at=None) | Q(renewal_asked_at__lt=old),
        status=Subscriber.Status.ACTIVE,
        confirmed_at__lt=old,
        letter_due_at=None,
    )
    some = list(due.order_by("confirmed_at").values_list("pk", flat=True)[:A_DAY])
    return due.filter(pk__in=some).update(
        letter=Subscriber.Letter.RENEWAL, letter_since=now, letter_due_at=now, renewal_asked_at=now
    )


def renew(key: str) -> bool:
    """A reader says yes again; False when there is no such reader (any more)."""
    reader = Subscriber.objects.filter(key=key, status=Subscriber.Status.ACTIVE)
    return bool(reader.update(consent_renewed_at=timezone.now()))
