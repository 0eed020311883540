"""Send no faster than the operator's provider, and each receiving domain, bears.

Limits count mails in windows (a second, a minute, an hour, a day) and hold over all workers, whose turns at a limit's
row follow each other. They are asked before rows are marked `sending`, for as many rows at a time.
"""

from __future__ import annotations

import datetime as dt
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from newsletter.env import Rate
from subscribers.delivery.ledger import Due
from subscribers.models import Pace

FIRST_DAY = 500  # mails on the first day of a warm-up; twice as many on each following one
LONGEST_NAP = 2.0  # seconds to wait for a window inside a run; for a longer wait the run ends


class Granted(NamedTuple):
    """Who may be sent to now; who waits in the run's hand for the next window of a limit on everybody; and who waits in
    the queue, and for how many seconds, for a window of their domain's."""

    now: list[Due]
    in_hand: list[Due]
    later: dict[float, list[Due]]


def is_limited() -> bool:
    """Whether anything holds mails back today."""
    return bool(settings.SEND_DOMAIN_RATES) or any(True for _ in limits(timezone.now().date()))


def grant(dues: Sequence[Due]) -> Granted:
    """Share out what SEND_RATE, the warm-up and SEND_DOMAIN_RATES leave. Whoever may go counts as sent; nobody else does."""
    overall, by_domain = list(limits(timezone.now().date())), settings.SEND_DOMAIN_RATES
    if not overall and not by_domain:
        return Granted(list(dues), [], {})
    granted = Granted([], [], {})
    with transaction.atomic():
        domains = {_domain(due) for due in dues} & by_domain.keys()
        rows = _rows([("all", rate) for rate in overall] + [(domain, by_domain[domain]) for domain in domains])
        of_all = [row for row in rows if row.whose == "all"]
        of_domain = {row.whose: row for row in rows if row.whose != "all"}
        queued: Counter[str] = Counter()
        for due in dues:
            own = of_domain.get(_domain(due))
            if own and own.left <= 0:
                queued[own.whose] += 1
                seconds = own.rate.seconds * (1 + queued[own.whose] // own.rate.mails)
                granted.later.setdefault(seconds, []).append(due)
            elif any(row.left <= 0 for row in of_all):
                granted.in_hand.append(due)
            else:
                granted.now.append(due)
                for row in [*of_all, *([own] if own else [])]:
                    row.left -= 1
        for row in rows:
            row.save()
    return granted


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


class _Limit:
    """A limit's row, locked, and how many mails its present window still has."""

    def __init__(self, whose: str, rate: Rate) -> None:
        self.whose, self.rate = whose, rate
        name = f"{whose} {rate.mails}/{rate.seconds}"
        Pace.objects.get_or_create(name=name)
        self.row = Pace.objects.select_for_update().get(name=name)
        window = int(time.time() // rate.seconds)
        # A machine whose clock is a little behind asks about the window that has begun for the others.
        if not self.row.window - 1 <= window <= self.row.window:
            self.row.window, self.row.taken = window, 0
        self.left = rate.mails - self.row.taken

    def save(self) -> None:
        """Write down what was taken."""
        self.row.taken = self.rate.mails - self.left
        self.row.save()


def _rows(wanted: Iterable[tuple[str, Rate]]) -> list[_Limit]:
    """The limits' rows, always locked in one order, so that two workers do not wait for each other."""
    return [_Limit(whose, rate) for whose, rate in sorted(wanted)]


def _domain(due: Due) -> str:
    return due.email.rpartition("@")[2].lower()
