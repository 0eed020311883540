"""How the paper lists did, a line each."""

from __future__ import annotations

from typing import NamedTuple

from django.conf import settings
from django.utils.translation import gettext as _

from digests.collecting.day_state import ListReport
from digests.models import DayReport
from digests.retelling import retell


class SourceLine(NamedTuple):
    """A source, whether it is well, and what to know of it."""

    name: str
    is_well: bool
    says: str


def sources_of(report: DayReport | None) -> list[SourceLine]:
    """Every source that is asked, as the day's report tells of it; those of whom it says nothing were not asked yet."""
    told = {name: ListReport(**kept) for name, kept in (report.sources if report else {}).items()}
    is_quiet = report is not None and report.state == DayReport.State.QUIET
    names = [*settings.DIGEST_SOURCES, *(name for name in told if name not in settings.DIGEST_SOURCES)]
    return [_line(name, told.get(name), is_quiet) for name in names]


def _line(name: str, told: ListReport | None, is_quiet: bool) -> SourceLine:
    """On a day on which nothing is announced a short list is as it should be."""
    if told is None:
        return SourceLine(name, True, _("not asked yet"))
    if told.failed:
        return SourceLine(name, False, retell(told.failed))
    if told.days_silent:
        return SourceLine(name, False, _("silent for %d days") % told.days_silent)
    counts = _("%(listed)d papers, %(new)d new") % {"listed": told.listed, "new": told.new}
    if told.is_thin and not is_quiet:
        return SourceLine(name, False, _("%(counts)s; usually %(median)d") % {"counts": counts, "median": told.median})
    return SourceLine(name, True, counts if told.asked is None else _("%d records found") % told.listed)
