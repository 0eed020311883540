"""Collect a day's papers: ask every source, settle who is who by arXiv id, store papers and sightings."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction

from digests.collecting.day_state import DAYS_LOOKED_BACK, ListReport, silence, usual
from digests.collecting.harvest import RECORDS, Harvest
from digests.collecting.keep import keep_paper
from digests.collecting.settle import (
    Line,
    fetch_records,
    part_of_feeds,
    resolve_titles,
    with_ids,
    without_later_lists,
    without_replacements,
)
from digests.models import DayReport, Digest, Entry, Paper, Sighting
from digests.sources import SOURCES
from digests.sources.arxiv import Record
from newsletter.http import FetchFailed

logger = logging.getLogger(__name__)
DAYS_POLLED_AGAIN = 3
DAYS_BACK_FOR_POLLING = 7
REPORTS_LOOKED_AT = 30
REPORTS_FOR_TITLES = 3
"""So many days arXiv is not asked again about a title that it did not know."""
DAYS_OF_SILENCE = 3
"""After so many days in a row without anything, a source is no longer having a bad day."""

Told = Mapping[str, Any]
"""`DayReport.sources`: the reports on a day's lists, by source."""


def collect_papers(list_day: date) -> Harvest:
    """Ask the sources for the lists of `list_day`, and for the votes of the days before; store what they list.

    Safe to repeat: papers and sightings are kept once. A source that fails is a note, not a dead day; what the others
    brought is kept.
    """
    harvest = Harvest(list_day)
    reports = DayReport.objects.filter(list_day__lte=list_day).order_by("-list_day", "-checked_at")
    told = list(reports.values_list("list_day", "sources")[:REPORTS_LOOKED_AT])
    before: Told = next((sources for day, sources in told if day == list_day), {})
    past: list[Told] = [sources for day, sources in told if day < list_day]

    lines = _ask_sources(list_day, harvest, before) + _poll_again(list_day, harvest, before)
    lines = without_replacements(lines)
    known = resolve_titles(lines, harvest, _unknown([before, *past[:REPORTS_FOR_TITLES]]))
    lines, unkept = part_of_feeds(with_ids(lines, known))
    records = fetch_records(lines, known, harvest, _unknown([{RECORDS: before.get(RECORDS, {})}]))
    lines = without_later_lists(lines, records, harvest)
    _count(lines, unkept, harvest, past)
    _store(lines, records)
    return harvest


def _ask_sources(list_day: date, harvest: Harvest, before: Told) -> list[Line]:
    lines: list[Line] = []
    for name in settings.DIGEST_SOURCES:
        source = SOURCES[name]
        if not source.keeps_days and Sighting.objects.filter(source=name, day__gt=list_day).exists():
            continue  # it is at a later day already
        report = ListReport(follows_calendar=source.follows_calendar, is_vouched=source.is_vouched)
        if not source.is_vouched and before.get(name, {}).get("new"):
            harvest.lists[name] = ListReport(**before[name])  # a batch does not change; votes do
            continue
        try:
            listed = source.fetch(list_day)
        except FetchFailed as error:
            logger.warning("Source %s failed: %s", name, error)
            report.failed = str(error)
            harvest.notes.append(f"{name}: {error}")
            listed = ()
        if listed is not None:
            harvest.lists[name] = report
            lines += [Line(name, list_day, listing) for listing in listed]
    return lines


def _poll_again(list_day: date, harvest: Harvest, before: Told) -> list[Line]:
    """The lists of the last few days that we have, as they stand now: votes go on counting. Once for each list day,
    however often its lists are asked for."""
    lines: list[Line] = []
    for name, report in harvest.lists.items():
        report.was_polled_again = bool(before.get(name, {}).get("was_polled_again"))
        if not SOURCES[name].keeps_days or report.failed or report.was_polled_again:
            continue
        since = list_day - timedelta(days=DAYS_BACK_FOR_POLLING)
        days = Sighting.objects.filter(source=name, day__lt=list_day, day__gte=since).order_by("-day")
        for day in days.values_list("day", flat=True).distinct()[:DAYS_POLLED_AGAIN]:
            try:
                lines += [Line(name, day, listing) for listing in SOURCES[name].fetch(day) or ()]
            except FetchFailed as error:
                report.why = f"The votes of {day} could not be asked for again: {error}"
                break
        report.was_polled_again = True
    return lines


@transaction.atomic
def _store(lines: Sequence[Line], records: Mapping[str, Record]) -> None:
    """Keep the papers and that they were listed; of a sighting we had, the place as it is now and the most votes it had:
    an answer that lost its numbers takes none away."""
    ids = {line.listing.arxiv_id for line in lines}
    ours = {paper.arxiv_id: paper for paper in Paper.objects.filter(arxiv_id__in=ids)}
    counted = {
        (source, day, paper_id): votes
        for source, day, paper_id, votes in Sighting.objects.filter(
            day__in={line.day for line in lines}, votes__isnull=False
        ).values_list("source", "day", "paper__arxiv_id", "votes")
    }
    sightings = []
    for source, day, listing in lines:
        paper_id = listing.arxiv_id or ""
        votes = None if listing.votes is None else max(listing.votes, counted.get((source, day, paper_id)) or 0)
        ours[paper_id] = keep_paper(paper_id, listing, records.get(paper_id), ours.get(paper_id))
        sightings.append(
            Sighting(
                paper=ours[paper_id],
                source=source,
                day=day,
                rank=listing.rank,
                votes=votes,
                announced=listing.announced,
            )
        )
    Sighting.objects.bulk_create(
        sightings,
        update_conflicts=True,
        unique_fields=["paper", "source", "day"],
        update_fields=["rank", "votes", "announced"],
    )


def _unknown(reports: Sequence[Told]) -> set[str]:
    """The titles or ids that arXiv did not know, by these reports."""
    return {name for told in reports for report in told.values() for name in report.get("unknown", ())}


def _count(lines: Sequence[Line], unkept: Sequence[Line], harvest: Harvest, past: Sequence[Told]) -> None:
    """Fill in what each list brought, and tell the editor of sources that have been silent for days."""
    for name, report in harvest.lists.items():
        if not report.listed:  # else it was counted on an earlier try
            ours = [line for line in lines if line.source == name and line.day == harvest.list_day]
            report.unkept = [line.listing.arxiv_id or "" for line in unkept if line.source == name]
            ids = {line.listing.arxiv_id or "" for line in ours} | set(report.unkept)
            report.listed = len(ids) + len(report.unknown)
            report.new = len(ids - _seen(name, ids, harvest.list_day, past))
        report.median = usual(past, name)
        if report.follows_calendar:
            continue
        report.days_silent = silence([{name: report.as_json()}, *past], name)
        if report.days_silent >= DAYS_OF_SILENCE:
            report.why = f"Nothing was listed for {report.days_silent} days; the pages of {name} may have changed."
            harvest.notes.append(report.why)


def _seen(name: str, ids: set[str], list_day: date, past: Sequence[Told]) -> set[str]:
    """Those of `ids` that the source listed on an earlier day, or that were in a digest."""
    sighted = Sighting.objects.filter(source=name, day__lt=list_day, paper__arxiv_id__in=ids)
    in_digests = Entry.objects.filter(kind=Digest.Kind.DAILY, paper__arxiv_id__in=ids)
    unkept = {paper_id for told in past[:DAYS_LOOKED_BACK] for paper_id in told.get(name, {}).get("unkept", ())}
    return {
        *sighted.values_list("paper__arxiv_id", flat=True),
        *in_digests.values_list("paper__arxiv_id", flat=True),
        *unkept,
    }
