"""What is forgotten when it has served, by the clock. What is kept how long, and why, is in docs/operations.md.

People who never confirmed and the sign-up form's traces are forgotten by `subscribers.signing_up.forgetting`, models' answers
by `digests.llm.answers`.
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable

from django.conf import settings
from django.contrib.sessions.models import Session
from django.db.models import QuerySet
from django.utils import timezone

from digests.models import Digest
from newsletter.pruning import MOST_AT_ONCE, prune_audit_log
from subscribers.models import Delivery, DeliveryEvent, LetterSent, UnusedReports, Upkeep

CHUNK = 1000  # rows in a statement: no lock is held for long
SECONDS_A_RUN = 5.0  # the clock has more to do; what is left over has its turn with the next tick
UNUSED_REPORTS_DAYS = 90
LETTERS_DAYS = 90  # longer than any report about one may take
DELIVERIES, EVENTS = "words about deliveries", "words of events"
EARLIEST = dt.date(2000, 1, 1)

Forget = Callable[[dt.date, float], bool]
"""Forgets what is older than a day, until a time; False when there was not time enough."""


def prune(seconds: float = SECONDS_A_RUN) -> bool:
    """Forget what is too old. Safe to run twice, at once and with an end in the middle; True when nothing is left to do."""
    end = time.monotonic() + seconds
    today = timezone.now().date()
    done = [_do(name, today - dt.timedelta(days=days), forget, end) for name, days, forget in _chores()]
    return all(done)


def _chores() -> list[tuple[str, int, Forget]]:
    return [
        (DELIVERIES, settings.DETAIL_DAYS, _forget_words_about_deliveries),
        (EVENTS, settings.DETAIL_DAYS, _forget_words_of_events),
        ("unused reports", UNUSED_REPORTS_DAYS, _forget_unused_reports),
        ("words about letters", settings.DETAIL_DAYS, _forget_words_about_letters),
        ("letters", LETTERS_DAYS, _forget_letters),
        ("sessions", 0, _forget_sessions),
        ("audit log", settings.AUDIT_DAYS, _forget_lines_of_the_audit_log),
    ]


def _do(name: str, through: dt.date, forget: Forget, end: float) -> bool:
    """Do a chore unless it is done for that day, and note it once all of it is."""
    if Upkeep.objects.filter(name=name, through__gte=through).exists():
        return True
    if not forget(through, end):
        return False
    _note(name, through)
    return True


def _note(name: str, through: dt.date) -> None:
    """Never backwards: of two runs at once one may be behind."""
    Upkeep.objects.get_or_create(name=name, defaults={"through": through})
    Upkeep.objects.filter(name=name, through__lt=through).update(through=through)


def _done_through(name: str) -> dt.date:
    known = Upkeep.objects.filter(name=name).values_list("through", flat=True).first()
    return known or EARLIEST


def _forget_words_about_deliveries(through: dt.date, end: float) -> bool:
    """What a server said about a mail, which may hold the address, and the provider's name for it. Digest by digest, noting
    each; the days just before are looked at again, for a late digest may have been finished after its turn."""
    since = _done_through(DELIVERIES) - dt.timedelta(days=2)
    old = Digest.objects.filter(day__gt=since, day__lte=through).order_by("day")
    for digest_id, day in old.values_list("pk", "day"):
        if not _forget_words_about(digest_id, end):
            return False
        _note(DELIVERIES, day - dt.timedelta(days=1))
    return True


def _forget_words_about(digest_id: int, end: float) -> bool:
    """Reader by reader in the order of an index, so that a million rows cost one passage."""
    last = 0
    rows = Delivery.objects.filter(digest_id=digest_id).exclude(status__in=Delivery.OPEN)
    told = rows.exclude(error="", provider_id="").order_by("subscriber_id").values_list("subscriber_id", flat=True)
    while readers := list(told.filter(subscriber_id__gt=last)[:CHUNK]):
        if time.monotonic() > end:
            return False
        rows.filter(subscriber_id__in=readers).update(error="", provider_id="")
        last = readers[-1]
    return True


def _forget_words_of_events(through: dt.date, end: float) -> bool:
    """What a provider said; the event itself stays with its delivery. Held ones wait for an editor, who needs the words."""
    since = _start_of(_done_through(EVENTS))
    old = DeliveryEvent.objects.filter(received_at__gte=since, received_at__lt=_start_of(through)).exclude(detail="")
    return _in_chunks(old.exclude(state=DeliveryEvent.State.HELD), end, lambda rows: rows.update(detail=""))


def _forget_unused_reports(through: dt.date, end: float) -> bool:
    return _in_chunks(UnusedReports.objects.filter(day__lt=through), end, lambda rows: rows.delete())


def _forget_words_about_letters(through: dt.date, end: float) -> bool:
    told = LetterSent.objects.filter(sent_at__lt=_start_of(through)).exclude(detail="", provider_id="")
    return _in_chunks(told, end, lambda rows: rows.update(detail="", provider_id=""))


def _forget_letters(through: dt.date, end: float) -> bool:
    return _in_chunks(LetterSent.objects.filter(sent_at__lt=_start_of(through)), end, lambda rows: rows.delete())


def _forget_sessions(through: dt.date, end: float) -> bool:
    return _in_chunks(Session.objects.filter(expire_date__lt=timezone.now()), end, lambda rows: rows.delete())


def _forget_lines_of_the_audit_log(through: dt.date, end: float) -> bool:
    while prune_audit_log(_start_of(through)) == MOST_AT_ONCE:
        if time.monotonic() > end:
            return False
    return True


def _in_chunks(rows: QuerySet, end: float, act: Callable[[QuerySet], object]) -> bool:
    while some := list(rows.order_by("pk").values_list("pk", flat=True)[:CHUNK]):
        if time.monotonic() > end:
            return False
        act(rows.model._default_manager.filter(pk__in=some))
    return True


def _start_of(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), dt.UTC)
