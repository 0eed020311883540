"""From a week's approved daily digests to the draft of a weekly one. No source is asked and no model: the words are those
that editors approved, day by day."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

from django.conf import settings
from django.db import transaction

from digests.build import LEASE_SECONDS, Built, NoDigest, build_lease, must_hold, under_way
from digests.charts import draw_charts
from digests.models import Category, Consideration, Digest, Entry, Paper, Section, Summary
from digests.parts import PARTS, Abstract, Bullet, Written, bullets_from_json
from digests.week import dailies_before, days_missing
from digests.writing.making import Making
from digests.writing.summarise import Summarised, abstracts_of, numbers_in, store

logger = logging.getLogger(__name__)
PAPERS_A_SECTION = 15  # nobody's share has more of one section, see `digests.editions`


class Candidate(NamedTuple):
    """A paper of the week: its section's slug, what it was worth when its day was chosen, its place in that day."""

    arxiv_id: str
    slug: str
    score: float
    votes: int | None
    place: int
    day: dt.date


def build_weekly(day: dt.date, tell: Callable[[str], None] = logger.info) -> Built:
    """Bring the weekly digest of `day`, made of the seven days before it, to draft:

        dailies_before → rank → draft → words → draw_charts

    Safe to repeat: a second run continues a broken first one, a finished digest is left alone. Raises NoDigest.
    """
    digest, _made = Digest.objects.get_or_create(day=day, kind=Digest.Kind.WEEKLY)
    built = Built(digest)
    if digest.status != Digest.Status.BUILDING:
        return built
    if not digest.lease_build(LEASE_SECONDS):
        raise under_way(digest)
    with build_lease(digest) as lease:
        if not digest.sections.exists():
            _begin(digest, tell)
        must_hold(lease, digest)
        draw_charts(digest)
        digest.advance(Digest.Status.DRAFT, build_lease_until=None)
    return built


def _begin(digest: Digest, tell: Callable[[str], None]) -> None:
    """Rank and draft. Raises NoDigest when the week brought nothing."""
    dailies = dailies_before(digest.day)
    best = rank(_candidates(dailies))
    if not best:
        digest.delete()  # there is none: the next to ask begins anew
        raise NoDigest(
            "quiet", f"In the seven days before {digest.day} no daily digest was approved, or none with new papers."
        )
    _draft(digest, best, dailies)
    if any(daily.is_advertising for daily in dailies):
        Digest.objects.filter(pk=digest.pk).update(is_advertising=True)  # what advertised may be among the best
    tell(f"{'draft':<10} the best {len(best)} papers of {len(dailies)} daily digests")


def rank(candidates: Iterable[Candidate]) -> list[Candidate]:
    """The best of each section, all in one order: the best of the week first. Pure."""
    kept: dict[str, int] = {}
    best = []
    for each in sorted(candidates, key=lambda c: (-c.score, c.place, c.day, c.arxiv_id)):
        kept[each.slug] = kept.get(each.slug, 0) + 1
        if kept[each.slug] <= PAPERS_A_SECTION:
            best.append(each)
    return best


def _candidates(dailies: Iterable[Digest]) -> list[Candidate]:
    """The papers of these digests that no weekly digest has had."""
    had = set(Entry.objects.filter(kind=Digest.Kind.WEEKLY).values_list("paper__arxiv_id", flat=True))
    found = []
    for daily in dailies:
        scores = dict(Consideration.objects.filter(day=daily.day).values_list("paper__arxiv_id", "score"))
        places = dict(Entry.objects.filter(section__digest=daily).values_list("paper__arxiv_id", "position"))
        for slug, paper in _papers(daily):
            if paper["id"] not in had:
                score = scores.get(paper["id"], float(paper["votes"] or 0))
                found.append(Candidate(paper["id"], slug, score, paper["votes"], places.get(paper["id"], 0), daily.day))
    return found


def _papers(daily: Digest) -> list[tuple[str, dict[str, Any]]]:
    content = daily.approved_content or {"sections": []}
    return [(section["slug"], paper) for section in content["sections"] for paper in section["papers"]]


def _draft(digest: Digest, best: list[Candidate], dailies: list[Digest]) -> None:
    """Sections, entries and words, all or nothing. Sections stand by their best paper."""
    papers = {paper.arxiv_id: paper for paper in Paper.objects.filter(arxiv_id__in=[each.arxiv_id for each in best])}
    categories = {category.slug: category for category in Category.objects.all()}
    with transaction.atomic():
        digest.notes = [
            f"The daily digest of {day} is not approved and therefore not in this one."
            for day in days_missing(digest.day)
        ]
        digest.save(update_fields=["notes"])
        sections: dict[str, Section] = {}
        for position, each in enumerate(best):
            if each.slug not in sections:
                sections[each.slug] = Section.objects.create(
                    digest=digest, category=categories[each.slug], position=len(sections)
                )
            Entry.objects.create(
                section=sections[each.slug],
                paper=papers[each.arxiv_id],
                kind=Digest.Kind.WEEKLY,
                position=position,
                votes=each.votes,
                reason=f"#{position + 1} of the week: {each.score:.1f} points on {each.day}",
            )
        for section in sections.values():
            _write(section, dailies)


def _write(section: Section, dailies: list[Digest]) -> None:
    """What the approved digests say of the section's papers, in the order of their rank."""
    papers = abstracts_of(section)
    for language in settings.DIGEST_LANGUAGES:
        told = [
            (daily, summary)
            for daily in dailies
            for approved in (daily.approved_content or {"sections": []})["sections"]
            if approved["slug"] == section.category.slug and (summary := approved["summaries"].get(language))
        ]
        if told:
            store(section, language, _summarised(papers, [summary for _daily, summary in told]), papers)
            editor = next((daily.approved_by for daily, summary in told if summary["edited"]), None)
            section.summaries.filter(language=language).update(edited_by=editor)


def _summarised(papers: Sequence[Abstract], told: list[dict[str, Any]]) -> Summarised:
    """The statements on these papers out of what was told of their sections."""
    ids = [paper.id for paper in papers]
    written = Written(
        parts={part: _about(ids, told, part) if part == "key_points" else [] for part in PARTS},
        limits=_about(ids, told, "limits"),
        one_liners=_about(ids, told, "one_liners"),
    )
    models = {summary["written_by"]: None for summary in told if summary["written_by"] != Summary.OFFLINE}
    quoted = [id_ for summary in told for id_ in summary.get("making", {}).get("quoted", []) if id_ in ids]
    making = Making(quoted=quoted, numbers=numbers_in(written.parts, papers))
    return Summarised(written, ", ".join(models)[:80] or Summary.OFFLINE, making)


def _about(ids: list[str], told: list[dict[str, Any]], what: str) -> list[Bullet]:
    """The statements of this kind on each paper, each once."""
    stored = (bullet for summary in told for bullet in summary["parts"].get(what) or summary.get(what) or ())
    bullets = bullets_from_json(stored)
    return list({bullet: None for id_ in ids for bullet in bullets if id_ in bullet.papers})
