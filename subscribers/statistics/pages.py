"""The statistics in admin: plots with their numbers as tables, and each as CSV."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from typing import Any, NamedTuple

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from subscribers.lists.cells import guarded
from subscribers.statistics.plots import BAR_LEFT, WIDTH, Plot, barred, drawn, told
from subscribers.statistics.series import plots_of

SPANS = (30, 90, 365)
RIGHT = "subscribers.view_readercount"


class Table(NamedTuple):
    """A plot's numbers: the heads of its columns, and its rows, the latest first."""

    heads: list[str]
    rows: list[list[Any]]


@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """All plots of the days that were chosen."""
    days = _days(request)
    context = {
        **admin.site.each_context(request),
        "title": _("Statistics"),
        "days": days,
        "spans": SPANS,
        "plots": [_shown(plot) for plot in plots_of(days)],
    }
    return TemplateResponse(request, "admin/subscribers/statistics/statistics.html", context)


@require_safe
def as_csv(request: HttpRequest, key: str) -> HttpResponse:
    """The numbers of one plot. Safe in a spreadsheet."""
    plot = next((each for each in plots_of(_days(request)) if each.key == key), None)
    if plot is None:
        raise Http404
    table = table_of(plot)
    disposition = {"Content-Disposition": f'attachment; filename="{key}.csv"'}
    answer = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8", headers=disposition)
    writer = csv.writer(answer)
    for row in (table.heads, *table.rows):
        writer.writerow(["" if cell is None else guarded(str(cell)) for cell in row])
    return answer


def table_of(plot: Plot) -> Table:
    """The numbers as they are; days without any are left out."""
    if plot.bars:
        heads = [_("category"), _("now"), _("at first"), _("change")]
        rows = [[name, now, before, None if before is None else now - before] for name, now, before in plot.bars]
        return Table(heads, rows)
    columns = [*plot.series, *plot.beside]
    by_day = [[day.isoformat(), *(each.values[n] for each in columns)] for n, day in enumerate(plot.days)]
    return Table([_("day"), *(each.name for each in columns)], [row for row in reversed(by_day) if _says_any(row)])


def _says_any(row: Sequence[Any]) -> bool:
    return any(value is not None for value in row[1:])


def _shown(plot: Plot) -> dict[str, Any]:
    if plot.is_empty:
        return {"plot": plot}
    table = table_of(plot)
    readable = [[row[0], *(told(value, plot.digits) for value in row[1:])] for row in table.rows]
    context: dict[str, Any] = {"plot": plot, "table": Table(table.heads, readable)}
    if plot.bars:
        height, bars = barred(plot)
        return context | {"bars": bars, "height": height, "width": WIDTH, "bar_left": BAR_LEFT}
    return context | {"drawing": drawn(plot)}


def _days(request: HttpRequest) -> int:
    if not request.user.has_perm(RIGHT):
        raise PermissionDenied
    given = request.GET.get("days", "")
    return int(given) if given in {str(span) for span in SPANS} else SPANS[0]
