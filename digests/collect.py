"""Collect a day's papers: ask every source, settle who is who by arXiv id, store papers and sightings."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from textwrap import shorten

from django.conf import settings
from django.db import transaction
from django.utils.dateparse import parse_datetime

from digests.models import Paper, Sighting
from digests.sources import SOURCES, Listing, arxiv
from digests.text import MAX_ABSTRACT, MAX_TITLE, clean, storable, title_key
from newsletter.http import FetchFailed

logger = logging.getLogger(__name__)
MOST_AUTHORS = 4000  # collaborations at CERN have 3,000
SATURDAY = 5
YEARS = range(1991, 2100)  # arXiv began in 1991


@dataclass
class Harvest:
    """What a day's collecting brought: how many papers each source listed, which sources failed and why, sentences
    for the editor, and how many listings were kept, that is, known by an arXiv id."""

    listed: dict[str, int] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    kept: int = 0

    @property
    def nothing_reached(self) -> bool:
        """Whether every source that was asked failed."""
        return bool(self.failed) and not self.listed


def collect_papers(day: date) -> Harvest:
    """Ask the sources for `day` and store what they list. Safe to repeat: papers and sightings are kept once.

    A source that fails is a note, not a dead day; what the others brought is kept.
    """
    harvest = Harvest()
    listings = _ask_sources(day, harvest)
    known = _resolve_titles(listings, harvest)
    settled = _settled(listings, known)
    wanted = {listing.arxiv_id or known[listing.title].arxiv_id for _, listing in settled}
    records = _fetch_records(sorted(wanted), known, harvest)
    with transaction.atomic():
        for source, listing in settled:
            paper_id = listing.arxiv_id or known[listing.title].arxiv_id
            paper = _keep_paper(paper_id, listing, records.get(paper_id))
            Sighting.objects.update_or_create(
                paper=paper, source=source, day=day, defaults={"rank": listing.rank, "votes": listing.votes}
            )
    harvest.kept = len(settled)
    return harvest


def _ask_sources(day: date, harvest: Harvest) -> list[tuple[str, Listing]]:
    listings: list[tuple[str, Listing]] = []
    for name in settings.DIGEST_SOURCES:
        if name not in SOURCES:
            continue  # "arxiv" is asked for records below
        try:
            listed = SOURCES[name](day)
        except FetchFailed as error:
            logger.warning("Source %s failed: %s", name, error)
            harvest.failed[name] = str(error)
            harvest.notes.append(f"{name}: {error}")
            continue
        harvest.listed[name] = len(listed)
        if not listed and day.weekday() < SATURDAY:
            harvest.notes.append(f"{name}: lists no papers for {day}, though it is a weekday.")
        listings += [(name, listing) for listing in listed]
    return listings


def _settled(
    listings: Sequence[tuple[str, Listing]], known: dict[str, arxiv.Record | Paper]
) -> list[tuple[str, Listing]]:
    """The listings whose arXiv id is known; of two listings of a paper by one source, the first."""
    settled: dict[tuple[str, str], tuple[str, Listing]] = {}
    for source, listing in listings:
        if listing.arxiv_id or listing.title in known:
            paper_id = listing.arxiv_id or known[listing.title].arxiv_id
            settled.setdefault((source, paper_id), (source, listing))
    return list(settled.values())


def _resolve_titles(listings: Sequence[tuple[str, Listing]], harvest: Harvest) -> dict[str, arxiv.Record | Paper]:
    """Papers for the titles that came without an id: from our own rows where we have them, else from arXiv."""
    bare = [listing.title for _, listing in listings if listing.arxiv_id is None]
    ids = {title_key(listing.title): listing.arxiv_id for _, listing in listings if listing.arxiv_id}
    ours = {title_key(paper.title): paper for paper in Paper.objects.only("arxiv_id", "title").order_by("-pk")[:5000]}
    known: dict[str, arxiv.Record | Paper] = {}
    for title in bare:
        key = title_key(title)
        if key and key in ids:
            known[title] = Paper(arxiv_id=ids[key], title=title)
        elif key and key in ours:
            known[title] = ours[key]
    strange = [title for title in bare if title not in known]
    if strange and "arxiv" in settings.DIGEST_SOURCES:
        try:
            known |= arxiv.find_titles(strange)
        except FetchFailed as error:
            harvest.failed["arxiv"] = str(error)
            harvest.notes.append(f"arxiv: {error} {len(strange)} titles without an id could not be looked up.")
            return known
    lost = [title for title in bare if title not in known]
    if lost:
        harvest.notes.append(
            f"{len(lost)} listed titles were not found on arXiv: "
            + shorten("; ".join(clean(title, 120) for title in lost), 400, placeholder=" …")
        )
    return known


def _fetch_records(
    ids: Sequence[str], known: dict[str, arxiv.Record | Paper], harvest: Harvest
) -> dict[str, arxiv.Record]:
    """arXiv's records for papers that have none yet. Without them a digest is poorer, not impossible."""
    have = {record.arxiv_id: record for record in known.values() if isinstance(record, arxiv.Record)}
    kept = set(Paper.objects.filter(arxiv_id__in=ids, has_record=True).values_list("arxiv_id", flat=True))
    missing = [paper_id for paper_id in ids if paper_id not in have and paper_id not in kept]
    if not missing or "arxiv" not in settings.DIGEST_SOURCES:
        return have
    try:
        records = arxiv.fetch_records(missing)
    except FetchFailed as error:
        logger.warning("arXiv failed: %s", error)
        harvest.failed["arxiv"] = str(error)
        harvest.notes.append(f"arxiv: {error} Papers carry what the lists said about them.")
        return have
    harvest.listed["arxiv"] = len(records)
    if lost := [paper_id for paper_id in missing if paper_id not in records]:
        harvest.notes.append(f"arxiv: no record of {', '.join(lost)}.")
    if withdrawn := [record.arxiv_id for record in records.values() if record.is_withdrawn]:
        harvest.notes.append(f"arxiv: its authors seem to have withdrawn {', '.join(withdrawn)}.")
    return have | records


def _keep_paper(paper_id: str, listing: Listing, record: arxiv.Record | None) -> Paper:
    """Create the paper or fill what it lacks. arXiv's record wins over a list's words, and is never overwritten by
    them; a sample's stand-in is replaced by either."""
    paper, _ = Paper.objects.get_or_create(arxiv_id=paper_id, defaults={"title": paper_id})
    if paper.has_record and record is None and not paper.is_sample:
        return paper
    title, abstract = (record.title, record.abstract) if record else (listing.title, listing.abstract)
    if record or not paper.abstract or paper.is_sample:
        paper.raw_title = storable(title, MAX_TITLE * 4)
        paper.raw_abstract = storable(abstract, MAX_ABSTRACT * 4)
        paper.title = clean(title, MAX_TITLE) or paper_id
        paper.abstract = clean(abstract, MAX_ABSTRACT)
        names = record.authors if record else listing.authors
        paper.authors = [clean(name, 120) for name in names[:MOST_AUTHORS]]
        published = record.published_at if record else listing.published_at
        paper.published_at = _moment(published)
    if record:
        paper.version, paper.arxiv_categories, paper.has_record = record.version, list(record.categories), True
    paper.is_sample = False
    paper.save()
    return paper


def _moment(text: str) -> datetime | None:
    """An aware time from ISO 8601, or None: a wrong date is no reason to lose a paper."""
    try:
        moment = parse_datetime(text.strip())
    except ValueError:
        return None
    # The ends of the calendar cannot be carried into another time zone.
    return moment if moment and moment.tzinfo and moment.year in YEARS else None
