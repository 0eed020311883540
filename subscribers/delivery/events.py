"""What comes back about mails. Reports come twice, late and in any order, and some are false.

    record           match → keep once → move the delivery → strike the reader off, or hold (see `strikes`)
    apply_waiting    apply what had to wait: for a worker that had the row in hand, or for an editor

What an event does is in the tables of `moves`. The provider gets its answer only after all of this is committed.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from django.db import transaction
from django.db.models import F, QuerySet
from django.db.models.functions import Coalesce, Lower
from django.utils import timezone

from subscribers import letters_back
from subscribers.delivery import names, strikes
from subscribers.delivery.moves import BECOMES, IN_HAND, REPLACES
from subscribers.delivery.reports import Report
from subscribers.models import Delivery, DeliveryEvent, UnusedReports

State, Why = DeliveryEvent.State, UnusedReports.Why

OLDEST = dt.timedelta(days=30)  # providers try for days to tell us; whatever is older is a replay
CLOCKS_DIFFER = dt.timedelta(minutes=10)
KEPT = dt.timedelta(days=40)  # longer than OLDEST: what is forgotten could not be told again
MOST_AT_ONCE = 2000


class Target(NamedTuple):
    """The delivery that a report is about."""

    pk: int
    digest_id: int
    opened_at: dt.datetime
    provider_id: str


def record(reports: Sequence[Report]) -> Counter[str]:
    """Keep the reports and act upon them, all or nothing; returns how many were unused and why, repeated, and in which
    state the others are now. Safe to call with the same reports again, and from many processes at once."""
    now = timezone.now()
    counts: Counter[str] = Counter()
    unused: Counter[tuple[str, str]] = Counter()
    with transaction.atomic():
        fresh: dict[str, DeliveryEvent] = {}
        for report, target, letter in zip(reports, _targets(reports), letters_back.letters_of(reports), strict=True):
            if target is None and letter is not None:
                target = Target(letter.pk, 0, letter.sent_at, letter.provider_id)
            why = _why_unused(report.at or now, target, now)
            if why or target is None:
                unused[report.provider, why] += 1
            elif letter is not None:
                counts[State.APPLIED] += letters_back.came_back(letter.pk, report.kind, report.at or now, report.detail)
            else:
                fresh.setdefault(report.key, _event(report, target, now))
        counts.update(_keep(fresh))
        _count(unused, now)
    for (_provider, why), number in unused.items():
        counts[why] += number
    counts["repeated"] = len(reports) - counts.total()
    return +counts


def apply_waiting() -> Counter[str]:
    """Apply the events that waited, at most MOST_AT_ONCE, and forget quiet ones that are long past. For the tick."""
    counts: Counter[str] = Counter()
    ready = DeliveryEvent.objects.filter(state=State.WAITING).exclude(delivery__status__in=IN_HAND)
    found = list(ready.order_by("pk").values_list("digest", "pk")[:MOST_AT_ONCE])
    for digest_id in sorted({digest_id for digest_id, _pk in found}):
        with transaction.atomic():
            strikes.lock([digest_id])
            waiting = _waiting(DeliveryEvent.objects.filter(pk__in=[pk for at, pk in found if at == digest_id]))
            counts.update(_apply(waiting))
    quiet = DeliveryEvent.objects.exclude(kind__in=DeliveryEvent.STRIKING).exclude(state=State.WAITING)
    counts["forgotten"], _each = quiet.filter(received_at__lt=timezone.now() - KEPT).delete()
    return +counts


def apply_held(events: QuerySet[DeliveryEvent], by: int) -> int:
    """An editor (`by` is the user's number) believes these held events: they are applied at the next tick."""
    return events.filter(state=State.HELD).update(state=State.WAITING, settled_by=by)


def dismiss_held(events: QuerySet[DeliveryEvent], by: int) -> int:
    """An editor does not believe these held events: they will never do anything."""
    return events.filter(state=State.HELD).update(state=State.DISMISSED, settled_by=by)


def _targets(reports: Sequence[Report]) -> list[Target | None]:
    """The delivery of each report: by its sealed name, or else by the provider's own id and the recipient."""
    numbers = [names.delivery_named(report.name) for report in reports]
    rows = Delivery.objects.filter(pk__in={number for number in numbers if number is not None})
    found = {row[0]: Target(*row) for row in rows.values_list(*Target._fields)}
    return [
        _if_it_agrees(report, found.get(number)) if number is not None else _by_provider_id(report)
        for report, number in zip(reports, numbers, strict=True)
    ]


def _if_it_agrees(report: Report, target: Target | None) -> Target | None:
    """None for a report that names one mail of ours and gives the id of another mail."""
    told = report.message_id.strip("<>")
    if target is None or not told or not target.provider_id or told == target.provider_id.strip("<>"):
        return target
    return target if names.named_in_message_id(told) == report.name else None


def _by_provider_id(report: Report) -> Target | None:
    if not report.message_id or not report.recipient:
        return None
    theirs = Delivery.objects.alias(address=Lower("subscriber__email")).filter(address=report.recipient.lower())
    row = theirs.filter(provider_id=report.message_id).values_list(*Target._fields).first()
    return Target(*row) if row else None


def _why_unused(at: dt.datetime, target: Target | None, now: dt.datetime) -> str:
    """Why a report is of no use; empty when it is."""
    if target is None:
        return Why.UNMATCHED
    if at > now + CLOCKS_DIFFER:
        return Why.FUTURE
    return Why.OLD if at < max(now - OLDEST, target.opened_at - CLOCKS_DIFFER) else ""


def _event(report: Report, target: Target, now: dt.datetime) -> DeliveryEvent:
    return DeliveryEvent(
        key=report.key,
        delivery_id=target.pk,
        digest_id=target.digest_id,
        provider=report.provider,
        kind=report.kind,
        detail=report.detail,
        occurred_at=report.at or now,
    )


def _keep(fresh: dict[str, DeliveryEvent]) -> Counter[str]:
    """Store what was not known yet, and apply it. Locks are taken in one order everywhere: digests, events, the rest."""
    if not fresh:
        return Counter()
    strikes.lock({event.digest_id for event in fresh.values() if event.kind in DeliveryEvent.STRIKING})
    DeliveryEvent.objects.bulk_create([fresh[key] for key in sorted(fresh)], ignore_conflicts=True)
    return _apply(_waiting(DeliveryEvent.objects.filter(key__in=fresh)))


def _waiting(events: QuerySet[DeliveryEvent]) -> list[DeliveryEvent]:
    """Those of the events that wait, and are not being applied by somebody else right now."""
    return list(events.filter(state=State.WAITING).select_for_update(skip_locked=True).order_by("pk"))


def _apply(events: Sequence[DeliveryEvent]) -> Counter[str]:
    """Apply waiting events inside a transaction; returns how many are now in which state."""
    quiet: dict[str, list[int]] = {}
    counts: Counter[str] = Counter()
    for event in events:
        if event.kind in DeliveryEvent.STRIKING:
            counts[_apply_striking(event)] += 1
        else:
            quiet.setdefault(event.kind, []).append(event.pk)
    for kind, pks in quiet.items():
        applied = _apply_quiet(kind, pks)
        counts.update({State.APPLIED: applied, State.WAITING: len(pks) - applied})
    return counts


def _apply_quiet(kind: str, pks: Sequence[int]) -> int:
    """Move the deliveries of many events at once. An event is applied when its delivery stands at its status or past it."""
    events, becomes = DeliveryEvent.objects.filter(pk__in=pks), BECOMES[kind]
    weaker = REPLACES[becomes]
    Delivery.objects.filter(pk__in=events.values("delivery"), status__in=weaker).update(**_finished(becomes))
    return events.exclude(delivery__status__in=[*weaker, *IN_HAND]).update(state=State.APPLIED)


def _apply_striking(event: DeliveryEvent) -> str:
    """Apply one event that can cost us a reader, or hold it. The digest is locked."""
    if strikes.is_held(event):
        event.state = State.HELD
        event.save(update_fields=["state"])
        return event.state
    event.state = State.APPLIED if _move(event) else State.WAITING
    event.reader_was = event.reader_was or strikes.strike(event)
    event.save(update_fields=["state", "delivery_was", "reader_was"])
    return State.HELD if strikes.beware(event) else event.state


def _move(event: DeliveryEvent) -> bool:
    """Move the event's delivery, noting what it was; False when a worker has it in hand."""
    becomes, row = BECOMES[event.kind], Delivery.objects.filter(pk=event.delivery_id)
    while (was := row.values_list("status", flat=True).get()) in REPLACES[becomes]:
        if row.filter(status=was).update(**_finished(becomes)):
            event.delivery_was = was
            return True
    return was not in IN_HAND


def _finished(status: str) -> dict[str, object]:
    return {"status": status, "finished_at": Coalesce("finished_at", timezone.now())}


def _count(unused: Counter[tuple[str, str]], now: dt.datetime) -> None:
    """Add to the day's numbers of reports that were of no use."""
    for (provider, why), number in sorted(unused.items()):
        day = {"day": timezone.localdate(now), "provider": provider, "why": why}
        UnusedReports.objects.bulk_create([UnusedReports(**day)], ignore_conflicts=True)
        UnusedReports.objects.filter(**day).update(count=F("count") + number)
