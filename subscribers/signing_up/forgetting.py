"""What is not kept: sign-ups when no limit counts them any more, and people who never confirmed."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from subscribers.models import SignUp, Subscriber

Status = Subscriber.Status
A_RUN = 500
"""So many rows of each kind in a run of the clock, so that no run is long and no lock is held for long."""


def forget() -> int:
    """Delete some of what is old enough; return how many rows were deleted or changed."""
    now = timezone.now()
    return _forget_sign_ups(now) + _forget_pending(now)


def _forget_sign_ups(now: dt.datetime) -> int:
    old = SignUp.objects.filter(asked_at__lt=now - dt.timedelta(days=settings.SIGN_UP_MEMORY_DAYS))
    some = list(old.order_by("asked_at").values_list("pk", flat=True)[:A_RUN])
    return SignUp.objects.filter(pk__in=some).delete()[0] if some else 0


def _forget_pending(now: dt.datetime) -> int:
    """Delete who did not confirm within PENDING_DAYS, could not be asked, or asked to be taken off instead. Who was a reader before has
    deliveries, which are kept: they go back to having left. The rows are locked, as somebody may be confirming this very
    moment."""
    old = now - dt.timedelta(days=settings.PENDING_DAYS)
    undecided = Q(status=Status.PENDING, signed_up_at__lt=old)
    unreachable = Q(status=Status.BOUNCED, confirmed_at=None, signed_up_at__lt=old)
    declined = Q(status=Status.UNSUBSCRIBED, left_as=Status.PENDING, confirmed_at=None, left_at__lt=old)
    found = [
        list(Subscriber.objects.filter(which).values_list("pk", flat=True)[:A_RUN])
        for which in (undecided, unreachable, declined)
    ]
    if not any(found):
        return 0
    with transaction.atomic():
        rows = Subscriber.objects.filter(undecided | unreachable | declined, pk__in=[pk for pks in found for pk in pks])
        some = list(rows.select_for_update(skip_locked=True))
        strangers = [each.pk for each in some if each.confirmed_at is None]
        readers = [each.pk for each in some if each.confirmed_at is not None]
        Subscriber.objects.filter(pk__in=readers).update(status=Status.UNSUBSCRIBED, letter_due_at=None)
        Subscriber.objects.filter(pk__in=strangers).delete()
    return len(some)
