"""The sample's past: digests of days gone by, for a trial that would have no yesterday otherwise.

    days_before     which days had a digest and which were quiet, by arXiv's own calendar
    write           one of them: its papers → categories → sections → summaries → charts → approved, as of then

The built-in classifier and writer make them, even where a model is configured: a trial must cost nothing. Each is marked
as a sample, wherever it shows.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser

from digests import sample
from digests.archive.catalogue import catalogue
from digests.charts import draw_charts
from digests.choosing.choose import Choice
from digests.classify import decide
from digests.collecting.calendar import expects_batch, list_day_of
from digests.collecting.days import moment
from digests.content import hash_of, snapshot
from digests.draft import draft_digest
from digests.models import Category, Digest, Paper, Section, Summary
from digests.parts import Abstract, Written
from digests.writing.making import Making
from digests.writing.rearranging import filled
from digests.writing.summarise import Summarised, abstracts_of, numbers_in, store

FILE = Path(__file__).parent / "past.json"
NOTE = (
    "Made for the demo: the papers are real, their abstracts are rewritten; readers, deliveries and costs are made up."
)
LATEST_BUILD = 20  # so that whoever builds at night has approved before the day is over

Rows = list[dict[str, Any]]


class Days(NamedTuple):
    """The days of the past, the earliest first: those that had a digest, and those on which nothing was announced."""

    busy: list[dt.date]
    quiet: list[dt.date]


def papers_by_day() -> list[Rows]:
    """The papers of each digest of the past, the earliest first. No paper comes twice."""
    days: list[Rows] = json.loads(FILE.read_text(encoding="utf-8"))["days"]
    return days


def days_before(today: dt.date, many: int) -> Days:
    """The last `many` days before `today` that bring new papers, and the quiet ones between them. A day that has a digest
    already is left alone."""
    taken = set(Digest.objects.filter(kind=Digest.Kind.DAILY, day__lt=today).values_list("day", flat=True))
    busy: list[dt.date] = []
    quiet: list[dt.date] = []
    day = today
    while len(busy) < many:
        day -= dt.timedelta(days=1)
        if day not in taken:
            (busy if brings_papers(day) else quiet).append(day)
    return Days(busy[::-1], quiet[::-1])


def brings_papers(day: dt.date) -> bool:
    """Whether the clock would have found new papers for the digest of this day."""
    lists = list_day_of(day, moment(day, settings.DIGEST_BUILD_HOUR))
    return expects_batch(lists, settings.ARXIV_HOLIDAYS)


def write(day: dt.date, rows: Rows, editor: AbstractBaseUser) -> Digest:
    """The digest of a day gone by, as `editor` approved it on that morning. It is in the archive, and nobody has it."""
    choices = sample.chosen_of(rows)
    _classify(choices)
    draw = Random(f"past {rows[0]['arxiv_id']}")
    built_at = moment(day, min(settings.DIGEST_BUILD_HOUR, LATEST_BUILD))
    digest = Digest.objects.create(day=day, kind=Digest.Kind.DAILY)
    draft_digest(digest, choices, [NOTE], is_sample=True)
    for section in digest.sections.select_related("category"):
        _summarise(section)
    draw_charts(digest)
    spent = _spent(len(rows), draw)
    Paper.objects.filter(entries__section__digest=digest).update(created_at=built_at)
    Digest.objects.filter(pk=digest.pk).update(created_at=built_at, spent=spent)
    digest.advance(Digest.Status.DRAFT)
    _approve(digest, editor, built_at + dt.timedelta(minutes=draw.randint(65, 115), seconds=draw.randint(0, 59)))
    return digest


def _classify(choices: Sequence[Choice]) -> None:
    """What `classify_papers` does, without a model."""
    papers = list(Paper.objects.filter(pk__in=[choice.paper_id for choice in choices], category=None))
    categories = {category.slug: category for category in Category.objects.filter(is_active=True)}
    abstracts = [Abstract(paper.arxiv_id, paper.title, paper.abstract) for paper in papers]
    classes = {paper.arxiv_id: paper.arxiv_categories for paper in papers}
    decisions, _notes = decide(abstracts, list(categories.values()), classes, offline=True)
    for paper in papers:
        decision = decisions[paper.arxiv_id]
        paper.category, paper.confidence = categories[decision.slug], decision.confidence
        paper.decided_by = decision.decided_by
    Paper.objects.bulk_update(papers, ["category", "confidence", "decided_by"])


def _summarise(section: Section) -> None:
    """What `summarise_section` does, without a model."""
    papers = abstracts_of(section)
    for language in settings.DIGEST_LANGUAGES:
        written = filled(Written({}), papers, language)
        making = Making(numbers=numbers_in(written.parts, papers))
        store(section, language, Summarised(written, Summary.OFFLINE, making), papers)


def _spent(papers: int, draw: Random) -> dict[str, Any]:
    """What such a day would cost with a small model: made up, so that there is a bill to look at."""
    asked = papers * len(settings.DIGEST_LANGUAGES) + 1
    tokens_in, tokens_out = asked * draw.randint(1500, 2100), asked * draw.randint(380, 620)
    dollars = (tokens_in * 0.15 + tokens_out * 0.6) / 1e6
    return {"asked": asked, "tokens_in": tokens_in, "tokens_out": tokens_out, "usd": f"{dollars:.4f}"}


def _approve(digest: Digest, editor: AbstractBaseUser, at: dt.datetime) -> None:
    """The same stamp as an approval, of that morning. Its line in the audit log is written with the others of the past."""
    content = snapshot(digest)
    digest.advance(
        Digest.Status.APPROVED,
        approved_by=editor,
        approved_at=at,
        approved_content=content,
        content_hash=hash_of(content),
    )
    catalogue(digest)
