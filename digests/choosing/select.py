"""Choose the day's papers: gather what may go in, let `digests.choosing.choose` decide, store why."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from django.conf import settings
from django.db import transaction

from digests.choosing.candidate import Candidate, Earlier, Wish, terms
from digests.choosing.choose import Choice, choose
from digests.models import Category, Consideration, Digest, Entry, Paper, Rule, Sighting
from digests.offline import classifier
from digests.sources import SOURCES, Listing

DAYS_A_PAPER_STAYS = 7
"""So long after it was listed a paper that no digest had may still come in."""
DAYS_REMEMBERED = 28
"""What readers had so recently is compared with."""


def select_papers(day: dt.date, list_day: dt.date) -> list[Choice]:
    """The papers for the digest of `day` out of the lists of `list_day` and the days before, none of which a daily
    digest has had; at most DIGEST_MAX_PAPERS. Why each was chosen or passed over is stored."""
    choices = choose(candidates(day, list_day), settings.DIGEST_MAX_PAPERS, wishes(), earlier(day))
    with transaction.atomic():
        Consideration.objects.filter(day=day).delete()
        Consideration.objects.bulk_create(
            Consideration(
                day=day,
                paper_id=choice.paper_id,
                is_chosen=choice.is_chosen,
                votes=choice.votes or 0,
                score=choice.score,
                reason=choice.reason,
            )
            for choice in choices
        )
    return [choice for choice in choices if choice.is_chosen]


def candidates(day: dt.date, list_day: dt.date) -> list[Candidate]:
    """Every paper that was listed lately and that no daily digest has had."""
    since = list_day - dt.timedelta(days=DAYS_A_PAPER_STAYS)
    listed = Sighting.objects.filter(day__gte=since, day__lte=list_day, paper__is_sample=False)
    fresh = listed.exclude(paper__entries__kind=Digest.Kind.DAILY).order_by("paper_id", "day", "source")
    seen: dict[int, list[Sighting]] = {}
    for sighting in fresh:
        seen.setdefault(sighting.paper_id, []).append(sighting)
    papers = Paper.objects.select_related("category").in_bulk(seen)
    passed_over = Consideration.objects.filter(paper__in=seen, day__lt=day, is_chosen=False, is_held=False)
    then = dict(passed_over.order_by("day").values_list("paper_id", "votes"))
    slugs = set(Category.objects.filter(is_active=True).values_list("slug", flat=True))
    return [_candidate(papers[pk], group, list_day, then.get(pk), slugs) for pk, group in seen.items()]


def _candidate(
    paper: Paper, group: Sequence[Sighting], list_day: dt.date, votes_then: int | None, slugs: set[str]
) -> Candidate:
    vouching = [sighting for sighting in group if is_vouched(sighting.source)]
    today = [sighting for sighting in group if sighting.day == list_day]
    first = min(sighting.day for sighting in vouching or group)
    return Candidate(
        paper_id=paper.pk,
        votes=max(sighting.votes or 0 for sighting in group),
        sources=tuple(sorted({sighting.source for sighting in group})),
        best_rank=min(sighting.rank for sighting in today or group),
        vouching=len({sighting.source for sighting in vouching}),
        # What nobody had listed but the feed was not passed over for want of votes.
        votes_then=None if vouching and first == list_day else votes_then,
        age=(list_day - first).days,
        is_today=bool(today),
        is_withdrawn=paper.is_withdrawn,
        arxiv_id=paper.arxiv_id,
        title=paper.title,
        abstract=paper.abstract,
        authors=tuple(paper.authors),
        category=paper.category.slug
        if paper.category
        else classifier.classify(paper.title, paper.abstract, slugs, paper.arxiv_categories).slug,
    )


def as_candidate(listing: Listing) -> Candidate:
    """A line of a list, for asking what editors wish before anything is stored."""
    return Candidate(
        paper_id=0,
        arxiv_id=listing.arxiv_id or "",
        title=listing.title,
        abstract=listing.abstract,
        authors=listing.authors,
    )


def is_vouched(source: str) -> bool:
    """Whether people chose what a source lists; one that is no longer known is given the benefit of the doubt."""
    return source not in SOURCES or SOURCES[source].is_vouched


def wishes() -> list[Wish]:
    """The editors' rules in use."""
    rules = Rule.objects.filter(is_active=True)
    return [Wish(rule.kind, rule.text, rule.effect, rule.points) for rule in rules]


def earlier(day: dt.date) -> list[Earlier]:
    """The papers of the last weeks' daily digests."""
    since = day - dt.timedelta(days=DAYS_REMEMBERED)
    entries: Iterable[Entry] = Entry.objects.filter(
        kind=Digest.Kind.DAILY, section__digest__day__gte=since, section__digest__day__lt=day
    ).select_related("paper", "section__digest")
    return [Earlier(e.paper.arxiv_id, e.section.digest.day, terms(e.paper.title)) for e in entries]
