"""The figures of sending for Prometheus. Nothing is counted over millions of rows: totals are the clock's own, and the queue is
counted up to MOST."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping

from django.db.models import Count, Sum
from django.utils import timezone
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from digests.collecting.days import today
from digests.llm import answers
from digests.models import Digest
from subscribers import health
from subscribers.models import Delivery, DeliveryEvent, DigestCount, ReaderCount, Sending, SignUp, Suppression

MOST = 100_000
LATELY = dt.timedelta(days=1)
Status = Delivery.Status


def gauges() -> Iterator[Metric]:
    """All of them."""
    yield from _deliveries()
    yield from _clock()
    yield _digests()
    yield from _readers()
    yield _labelled("papers_events_day", "Reports of the last 24 hours by kind", "kind", _events())
    yield _labelled("papers_suppressions", "Suppressed addresses by reason", "reason", _by(Suppression, "reason"))
    yield GaugeMetricFamily(
        "papers_llm_cost_usd_today", "Cost of the language model today", float(answers.spent_today())
    )


def _deliveries() -> Iterator[Metric]:
    counted = DigestCount.objects.exclude(what=DigestCount.PACE).order_by()
    totals = dict(counted.values_list("what").annotate(Sum("count")))
    left = totals.pop(DigestCount.LEFT, 0)
    yield _labelled("papers_deliveries", "Deliveries of all digests by status, as last counted", "status", totals)
    yield GaugeMetricFamily("papers_unsubscribed_by_report", "Readers whom providers' reports unsubscribed", left)
    open_ones = {
        status: Delivery.objects.filter(status=status)[: MOST + 1].count()
        for status in (*Delivery.OPEN, Status.UNKNOWN)
    }
    told = f"Deliveries that are open or unknown now, counted up to {MOST}"
    yield _labelled("papers_deliveries_open", told, "status", open_ones)


def _clock() -> Iterator[Metric]:
    row = Sending.objects.first()
    if row is not None:
        # A run moves the counter on once a second while mails go out: its rate says whether anything is being sent.
        yield CounterMetricFamily("papers_sending_seconds", "Seconds in which mails went out", row.runs)
    for finding in health.examine():
        if isinstance(finding.value, int | float):
            yield GaugeMetricFamily(
                f"papers_{finding.name}", f"{finding.name}, as /readyz tells it", float(finding.value)
            )


def _digests() -> Metric:
    gauge = GaugeMetricFamily("papers_digest_state", "1 for the state of the latest digest of each kind", labels=["kind", "day", "state"])  # fmt: skip
    for kind in Digest.WITH_PAPERS:
        latest = Digest.objects.filter(kind=kind).order_by("-day").values_list("day", "status").first()
        if latest:
            gauge.add_metric([kind, latest[0].isoformat(), latest[1]], 1)
    return gauge


def _readers() -> Iterator[Metric]:
    last = ReaderCount.objects.filter(day__gte=today() - dt.timedelta(days=1)).order_by("-day").first()
    counts: dict[str, int] = {}
    if last:
        counts = dict(
            ReaderCount.objects.filter(day=last.day, facet=ReaderCount.Facet.STATUS).values_list("value", "count")
        )
    yield _labelled("papers_subscribers", "Subscribers by status, as last counted", "status", counts)
    sign_ups = SignUp.objects.filter(asked_at__gte=timezone.now() - LATELY).order_by()
    by_state = dict(sign_ups.values_list("state").annotate(Count("pk")))
    yield _labelled(
        "papers_sign_ups_day", "Sign-up forms of the last 24 hours by what became of them", "state", by_state
    )


def _events() -> dict[str, int]:
    lately = DeliveryEvent.objects.filter(received_at__gte=timezone.now() - LATELY).order_by()
    return {kind: lately.filter(kind=kind)[: MOST + 1].count() for kind in DeliveryEvent.STRIKING}


def _by(model: type[Suppression], field: str) -> dict[str, int]:
    return {reason: model.objects.filter(**{field: reason})[: MOST + 1].count() for reason in Suppression.Reason.values}


def _labelled(name: str, told: str, label: str, counts: Mapping[str, int] | Mapping[Status, int]) -> Metric:
    gauge = GaugeMetricFamily(name, told, labels=[label])
    for value, many in counts.items():
        gauge.add_metric([str(value)], many)
    return gauge
