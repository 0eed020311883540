"""Choose the day's papers: unseen ones, ranked, capped, with the reason kept. Pure but for the question what is new."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.conf import settings

from digests.models import Digest, Sighting

VOTE_WORTH_OF_A_SECOND_SOURCE = 10


@dataclass(frozen=True)
class Candidate:
    """A paper that may go in: its votes (the most any source counts), the sources that list it, its best rank."""

    paper_id: int
    votes: int
    sources: tuple[str, ...]
    best_rank: int

    @property
    def score(self) -> float:
        """Votes, plus a bonus for each further source that lists it, less a little for a low place in the list."""
        return self.votes + VOTE_WORTH_OF_A_SECOND_SOURCE * (len(self.sources) - 1) - self.best_rank / 100


@dataclass(frozen=True)
class Choice:
    """A chosen paper and, for the editor, why."""

    paper_id: int
    votes: int | None
    reason: str


def select_papers(day: date) -> list[Choice]:
    """The best of the day's papers that no daily digest has had, at most DIGEST_MAX_PAPERS."""
    sightings = Sighting.objects.filter(day=day, paper__is_sample=False)
    fresh = sightings.exclude(paper__entries__kind=Digest.Kind.DAILY)
    return choose(candidates(fresh), settings.DIGEST_MAX_PAPERS)


def candidates(sightings: Iterable[Sighting]) -> list[Candidate]:
    """Gather the sightings of each paper into one candidate."""
    seen: dict[int, list[Sighting]] = {}
    for sighting in sightings:
        seen.setdefault(sighting.paper_id, []).append(sighting)
    return [
        Candidate(
            paper_id=paper_id,
            votes=max(s.votes or 0 for s in group),
            sources=tuple(sorted({s.source for s in group})),
            best_rank=min(s.rank for s in group),
        )
        for paper_id, group in seen.items()
    ]


def choose(found: Iterable[Candidate], most: int) -> list[Choice]:
    """The `most` best candidates, best first. The order is the same whatever order they come in."""
    ranked = sorted(found, key=lambda c: (-c.score, c.paper_id))[:most]
    return [Choice(c.paper_id, c.votes or None, _reason(place, c)) for place, c in enumerate(ranked, start=1)]


def _reason(place: int, candidate: Candidate) -> str:
    votes = f"{candidate.votes} votes, " if candidate.votes else ""
    return f"#{place}: {votes}listed by {', '.join(candidate.sources)} (rank {candidate.best_rank})"
