"""Send no faster than the operator's provider, and each receiving domain, bears.

Limits count mails in windows (a second, a minute, an hour, a day) and hold over all workers, whose turns at a limit's
row follow each other. They are asked before rows are marked `sending`, for as many rows at a time.
"""

from __future__ import annotations

import datetime as dt
import time
from collections import Counter
from collections.abc import Iterable, Sequence

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from newsletter.env import Rate
from subscribers.delivery.ledger import Due
from subscribers.models import Pace

FIRST_DAY = 500  # mails on the first day of a warm-up; twice as many on each following one
LONGEST_NAP = 2.0  # seconds to wait for a window inside a run; for a longer wait the run ends


def take(wanted: int) -> int:
    """How many of so many mails may be sent now, by SEND_RATE and the warm-up; they count as sent."""
    for rate in limits(timezone.now().date()):
        wanted = _take("all", rate, wanted)
    return wanted


def by_domain(dues: Sequence[Due]) -> tuple[list[Due], dict[float, list[Due]]]:
    """(who may be sent to now, who has to wait by how many seconds), by SEND_DOMAIN_RATES."""
    rates = settings.SEND_DOMAIN_RATES
    if not rates:
        return list(dues), {}
    wishes = Counter(domain for domain in map(_domain, dues) if domain in rates)
    left = {domain: _take(domain, rates[domain], wish) for domain, wish in wishes.items()}
    now: list[Due] = []
    later: dict[float, list[Due]] = {}
    queued: Counter[str] = Counter()
    for due in dues:
        domain = _domain(due)
        if domain not in left:
            now.append(due)
        elif left[domain] > 0:
            left[domain] -= 1
            now.append(due)
        else:
            queued[domain] += 1
            rate = rates[domain]
            later.setdefault(rate.seconds * (1 + queued[domain] // rate.mails), []).append(due)
    return now, later


def limits(today: dt.date) -> Iterable[Rate]:
    """What holds for all mails today. A new sending domain is believed only after a while (Google and Yahoo, bulk sender
    guidelines), so a warm-up doubles a daily limit until nothing is left of it."""
    yield from settings.SEND_RATE
    began = settings.SEND_WARM_UP_SINCE
    if began and 0 <= (today - began).days < 20:
        yield Rate(FIRST_DAY * 2 ** (today - began).days, 86_400)


def nap() -> float:
    """Seconds until the shortest window of SEND_RATE begins anew; 0 when that is too long to wait for."""
    shortest = min((rate.seconds for rate in settings.SEND_RATE), default=0)
    wait = shortest - time.time() % shortest if shortest else 0.0
    return wait if wait <= LONGEST_NAP else 0.0


def _take(name: str, rate: Rate, wanted: int) -> int:
    if wanted <= 0:
        return 0
    window = int(time.time() // rate.seconds)
    with transaction.atomic():
        limit = f"{name} {rate.mails}/{rate.seconds}"
        Pace.objects.get_or_create(name=limit)
        row = Pace.objects.select_for_update().get(name=limit)
        if row.window != window:
            row.window, row.taken = window, 0
        granted = min(wanted, max(0, rate.mails - row.taken))
        row.taken += granted
        row.save()
    return granted


def _domain(due: Due) -> str:
    return due.email.rpartition("@")[2].lower()
