"""Settle who is who among the lines of a day's lists: every paper by its arXiv id, with arXiv's record of it."""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from textwrap import shorten
from typing import NamedTuple

from django.conf import settings
from django.db.models import F
from django.db.models.functions import Greatest

from digests.arxiv_id import month_of
from digests.choosing.select import as_candidate, wishes
from digests.collecting.day_state import ListReport
from digests.collecting.harvest import Harvest
from digests.models import Paper
from digests.sources import SOURCES, Listing, arxiv
from digests.text import clean, title_key
from newsletter.http import FetchFailed

logger = logging.getLogger(__name__)
MOST_OF_A_FEED = 40
"""So many of the papers that only a feed lists are stored; hundreds are announced each day."""
LATEST_TITLES = 5000
LONGEST_TITLE_REMEMBERED = 500

Known = dict[str, arxiv.Record | Paper]


class Line(NamedTuple):
    """A listing, whose it is, and the day of the list."""

    source: str
    day: date
    listing: Listing


def without_replacements(lines: Sequence[Line]) -> list[Line]:
    """The lines that announce papers. Of a replaced paper that we have, the version is noted; it is never new."""
    for line in lines:
        if line.listing.is_replacement and line.listing.version:
            ours = Paper.objects.filter(arxiv_id=line.listing.arxiv_id)
            ours.update(version=Greatest(F("version"), line.listing.version))
    return [line for line in lines if not line.listing.is_replacement]


def resolve_titles(lines: Sequence[Line], harvest: Harvest, hopeless: Collection[str]) -> Known:
    """Papers for the titles that came without an id: from our own rows where we have them, else from arXiv, which is
    not asked about `hopeless` ones, those it lately did not know."""
    bare = [(line.source, line.listing.title) for line in lines if line.listing.arxiv_id is None]
    if not bare:
        return {}
    known = _ours(lines, [title for _source, title in bare])
    strange = [title for _source, title in bare if title not in known and title not in hopeless]
    if strange and "arxiv" in settings.DIGEST_SOURCES:
        try:
            known |= arxiv.find_titles(strange)
        except FetchFailed as error:
            harvest.records = ListReport(asked=len(strange), failed=str(error))
            harvest.notes.append(f"arxiv: {error} {len(strange)} titles without an id could not be looked up.")
            for name in {source for source, title in bare if title in strange}:
                harvest.lists[name].why = f"{len(strange)} titles could not be looked up."
            return known
    lost = [(source, title) for source, title in bare if title not in known]
    for name in {source for source, _title in lost}:
        harvest.lists[name].unknown = [title[:LONGEST_TITLE_REMEMBERED] for source, title in lost if source == name]
    if lost:
        harvest.notes.append(
            f"{len(lost)} listed titles were not found on arXiv: "
            + shorten("; ".join(clean(title, 120) for _source, title in lost), 400, placeholder=" …")
        )
    return known


def _ours(lines: Sequence[Line], titles: Sequence[str]) -> Known:
    """Papers for titles that another list gives with an id, or that we have."""
    ids = {title_key(line.listing.title): line.listing.arxiv_id for line in lines if line.listing.arxiv_id}
    latest = Paper.objects.only("arxiv_id", "title", "raw_title").order_by("-pk")[:LATEST_TITLES]
    ours = {title_key(title): paper for paper in latest for title in (paper.raw_title, paper.title)}
    known: Known = {}
    for title in titles:
        key = title_key(title)
        if key and key in ids:
            known[title] = Paper(arxiv_id=ids[key], title=title)
        elif key and key in ours:
            known[title] = ours[key]
    return known


def with_ids(lines: Sequence[Line], known: Mapping[str, arxiv.Record | Paper]) -> list[Line]:
    """The lines whose arXiv id is known, with it; of two lines of a list about one paper, the first."""
    settled: dict[tuple[str, date, str], Line] = {}
    for line in lines:
        if line.listing.arxiv_id is None and line.listing.title in known:
            line = line._replace(listing=line.listing.named(known[line.listing.title].arxiv_id))
        if line.listing.arxiv_id is not None:
            settled.setdefault((line.source, line.day, line.listing.arxiv_id), line)
    return list(settled.values())


def part_of_feeds(lines: Sequence[Line]) -> tuple[list[Line], list[Line]]:
    """(what is stored, what is not): of the papers that nobody vouches for and that we do not have, those an editor
    wishes for and then the first, new ones ahead of cross-listings, up to MOST_OF_A_FEED."""
    vouched = {line.listing.arxiv_id for line in lines if SOURCES[line.source].is_vouched}
    bare = [line for line in lines if not SOURCES[line.source].is_vouched and line.listing.arxiv_id not in vouched]
    ids = [line.listing.arxiv_id for line in bare]
    ours = set(Paper.objects.filter(arxiv_id__in=ids).values_list("arxiv_id", flat=True))
    boosts = [wish for wish in wishes() if wish.effect == "boost"]

    def worth(line: Line) -> tuple[bool, bool, int]:
        is_wished_for = any(wish.meets(as_candidate(line.listing)) for wish in boosts)
        return not is_wished_for, line.listing.announced == "cross", line.listing.rank

    unkept = sorted((line for line in bare if line.listing.arxiv_id not in ours), key=worth)[MOST_OF_A_FEED:]
    left_out = {line.listing.arxiv_id for line in unkept}
    return [line for line in lines if line.listing.arxiv_id not in left_out], unkept


def fetch_records(
    lines: Sequence[Line],
    known: Mapping[str, arxiv.Record | Paper],
    harvest: Harvest,
    hopeless: Collection[str],
) -> dict[str, arxiv.Record]:
    """arXiv's records of papers that people listed and that have none yet. Without them a digest is poorer, not
    impossible. What only a feed lists is described there well enough."""
    have = {record.arxiv_id: record for record in known.values() if isinstance(record, arxiv.Record)}
    vouched = {line.listing.arxiv_id for line in lines if line.listing.arxiv_id and SOURCES[line.source].is_vouched}
    kept = set(Paper.objects.filter(arxiv_id__in=vouched, has_record=True).values_list("arxiv_id", flat=True))
    missing = sorted(vouched - kept - have.keys() - set(hopeless))
    if not missing or harvest.records.failed or "arxiv" not in settings.DIGEST_SOURCES:
        return have
    harvest.records = ListReport(asked=len(missing))
    try:
        records = arxiv.fetch_records(missing)
    except FetchFailed as error:
        logger.warning("arXiv failed: %s", error)
        harvest.records.failed = str(error)
        harvest.notes.append(f"arxiv: {error} Papers carry what the lists said about them.")
        return have
    harvest.records.listed = len(records)
    if lost := [paper_id for paper_id in missing if paper_id not in records]:
        harvest.records.unknown = lost
        harvest.notes.append(f"arxiv: no record of {', '.join(lost)}.")
    if withdrawn := [record.arxiv_id for record in records.values() if record.is_withdrawn]:
        harvest.notes.append(f"arxiv: its authors seem to have withdrawn {', '.join(withdrawn)}.")
    return have | records


def without_later_lists(lines: list[Line], records: Mapping[str, arxiv.Record], harvest: Harvest) -> list[Line]:
    """The lines without those of a source that shows the present only, when one of its papers is younger than the day:
    the list is of a later day then, and none of it belongs here."""
    ids = [line.listing.arxiv_id for line in lines]
    ours = dict(Paper.objects.filter(arxiv_id__in=ids).values_list("arxiv_id", "published_at"))
    later: set[str] = set()
    for source, day, listing in lines:
        paper_id = listing.arxiv_id or ""
        record, moment = records.get(paper_id), ours.get(paper_id)
        published = record.published_at[:10] if record else moment.date().isoformat() if moment else ""
        if not SOURCES[source].keeps_days and (published > day.isoformat() or month_of(paper_id) > f"{day:%Y-%m}"):
            later.add(source)
    for name in sorted(later):
        harvest.lists.pop(name)
        harvest.notes.append(f"{name}: shows the list of a later day, which was left out.")
    return [line for line in lines if line.source not in later]
