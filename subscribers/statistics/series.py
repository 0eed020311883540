"""What there is to see, out of counts that are kept: no reader and no delivery is counted here."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence

from django.db.models import Count, Q
from django.utils.translation import gettext as _

from digests.collecting.days import today
from digests.models import Category, DayReport, Digest
from subscribers.forms import OWN_NAMES
from subscribers.models import Delivery, DigestCount, Feedback, ReaderCount, Subscriber
from subscribers.statistics.plots import Plot, Series

Facet = ReaderCount.Facet
Status = Delivery.Status
ARRIVED = (Status.SENT, Status.DELIVERED)


def plots_of(days: int) -> list[Plot]:
    """All plots over the last so many days, today included."""
    span = [today() - dt.timedelta(days=n) for n in range(days - 1, -1, -1)]
    return [*_readers(span), _categories(span), *_digests(span), _feedback(span), _cost(span), *_sources(span)]


def _readers(span: Sequence[dt.date]) -> Iterable[Plot]:
    counts: dict[tuple[str, str], dict[dt.date, int]] = defaultdict(dict)
    rows = ReaderCount.objects.filter(day__gte=span[0]).exclude(facet=Facet.CATEGORY)
    for day, facet, value, count in rows.values_list("day", "facet", "value", "count"):
        counts[facet, value][day] = count
    wait = _("Readers are counted once an hour. If nothing appears, see whether beat and a worker run.")

    def series(facet: str, value: str, name: str, is_columns: bool = False) -> Series:
        return Series(name, [counts[facet, value].get(day) for day in span], is_columns)

    active = series(Facet.STATUS, "active", _("active readers"))
    others = [
        series(Facet.STATUS, status.value, str(status.label))
        for status in Subscriber.Status
        if status not in (Subscriber.Status.ACTIVE, Subscriber.Status.ERASED)
    ]
    yield Plot("readers", _("Active readers"), wait, span, [active])
    yield Plot("others", _("Who does not read (yet, or any more)"), wait, span, others)
    flow = [series(Facet.FLOW, "joined", _("joined")), series(Facet.FLOW, "left", _("left"))]
    yield Plot("flow", _("Joined and left, each day"), wait, span, flow)
    languages = [series(Facet.LANGUAGE, code, name) for code, name in OWN_NAMES.items()]
    yield Plot("languages", _("Active readers by language"), wait, span, languages)
    cadences = [series(Facet.CADENCE, each.value, str(each.label)) for each in Subscriber.Cadence]
    yield Plot("cadences", _("Active readers by how often they read"), wait, span, cadences)


def _categories(span: Sequence[dt.date]) -> Plot:
    """Now, beside the first day there is a count of."""
    rows = ReaderCount.objects.filter(day__gte=span[0], facet=Facet.CATEGORY)
    ends = [rows.order_by(order).values_list("day", flat=True).first() for order in ("day", "-day")]
    first, last = (dict(rows.filter(day=day).values_list("value", "count")) if day else {} for day in ends)
    before = first if ends[0] != ends[1] else {}
    bars = [(str(each), last[each.slug], before.get(each.slug)) for each in Category.objects.all() if each.slug in last]
    wait = _("Readers are counted once an hour. If nothing appears, see whether beat and a worker run.")
    return Plot("categories", _("Active readers by category"), wait, bars=sorted(bars, key=lambda bar: -bar[1]))


def _digests(span: Sequence[dt.date]) -> Iterable[Plot]:
    counts: dict[dt.date, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    rows = DigestCount.objects.filter(digest__day__gte=span[0], digest__kind=Digest.Kind.DAILY)
    for day, what, count in rows.values_list("digest__day", "what", "count"):
        counts[day][what] += count

    sent = sorted(counts)  # what comes back is a matter of digests: between two of them there is no gap

    def series(name: str, *wanted: str) -> Series:
        return Series(name, [sum(counts[day][what] for what in wanted) for day in sent], is_columns=True)

    wait = _("No digest was sent in these days. One that an editor approves shows here while it goes out.")
    arrived = [sum(counts[day][what] for what in ARRIVED) if day in counts else None for day in span]
    columns = [Series(_("readers"), arrived, is_columns=True)]
    yield Plot("deliveries", _("Daily digests that arrived"), wait, span, columns)
    trouble = [
        series(_("bounced"), Status.BOUNCED),
        series(_("complained"), Status.COMPLAINED),
        series(_("unsubscribed by report"), DigestCount.LEFT),
        series(_("failed or unknown"), Status.FAILED, Status.UNKNOWN, Status.EXPIRED),
    ]
    yield Plot("trouble", _("What came back, by daily digest"), wait, sent, trouble if sent else (), is_stacked=True)


def _feedback(span: Sequence[dt.date]) -> Plot:
    """What readers said of papers, by the day of the digest: few rows, so they are counted here."""
    rows = Feedback.objects.filter(digest__day__gte=span[0]).order_by()
    counts: dict[tuple[dt.date, str], int] = {
        (day, kind): many for day, kind, many in rows.values_list("digest__day", "kind").annotate(many=Count("pk"))
    }
    said = sorted({day for day, _kind in counts})
    series = [
        Series(str(kind.label), [counts.get((day, kind.value), 0) for day in said], True) for kind in Feedback.Kind
    ]
    wait = _(
        "Nobody said anything about a paper in these days. Readers can below each paper of a mail, and on the web."
    )
    return Plot("feedback", _("What readers said of papers, by digest"), wait, said, series, is_stacked=True)


def _cost(span: Sequence[dt.date]) -> Plot:
    """What models' answers cost, by the day of the digest; a price that is not known is no value."""
    spent: dict[dt.date, float] = {}
    tokens: dict[str, dict[dt.date, float]] = {"tokens_in": {}, "tokens_out": {}}
    rows = Digest.objects.filter(Q(day__gte=span[0]) & ~Q(spent={}), kind=Digest.Kind.DAILY)
    for day, told in rows.values_list("day", "spent"):
        if told.get("usd") is not None and told.get("asked"):
            spent[day] = float(told["usd"])
        for name, days in tokens.items():
            days[day] = told.get(name, 0) / 1000
    wait = _("No model was asked in these days. OPENAI_API_KEY names one; the built-in writer costs nothing.")
    has_any = bool(spent) or any(any(days.values()) for days in tokens.values())
    series = (
        [
            Series(_("US dollars"), [spent.get(day) for day in span], is_columns=True),
        ]
        if has_any
        else []
    )
    beside = [
        Series(_("thousand tokens in"), [tokens["tokens_in"].get(day) for day in span]),
        Series(_("thousand tokens out"), [tokens["tokens_out"].get(day) for day in span]),
    ]
    return Plot("cost", _("Cost of the language model"), wait, span, series, digits=4, beside=beside if has_any else ())


def _sources(span: Sequence[dt.date]) -> Iterable[Plot]:
    """What each list gave, beside its median."""
    reports = dict(DayReport.objects.filter(day__gte=span[0]).values_list("day", "sources"))
    names = sorted({name for told in reports.values() for name in told})
    wait = _("No list was read in these days. The clock reads them at DIGEST_BUILD_HOUR, build_digest at once.")
    if not names:
        yield Plot("sources", _("Paper lists"), wait, span)
    for name in names:
        told = [reports.get(day, {}).get(name) for day in span]
        series = [
            Series(_("listed"), [each.get("listed") if each else None for each in told], is_columns=True),
            Series(_("usual"), [each.get("median") if each else None for each in told], is_usual=True),
        ]
        yield Plot(f"source-{name}", _("Papers listed by %(source)s") % {"source": name}, wait, span, series)
