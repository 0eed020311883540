"""What the editors' corrections teach the built-in classifier. Pure: corrections in, shifts of scores out.

Each corrected paper is gone through a few times; where its right category does not lead by enough, its words are
moved towards that category and away from the one in the lead, just as far as needed (the passive-aggressive rule of
Crammer and others, 2006). Papers with other words stay where they were.
"""

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

ROUNDS = 4
WANTED_LEAD = 1.0
LONGEST_MOVE = 2.0
UNTAUGHT = -1.0  # where a category begins that has neither keywords nor weights


class Lesson(NamedTuple):
    """A corrected paper: its marks (terms with their weight, of length 1 together), what spoke for each category
    beforehand, and the category the editor chose."""

    marks: Mapping[str, float]
    scores: Mapping[str, float]
    slug: str


@dataclass(frozen=True)
class Learnt:
    """For each term how far it shifts which category."""

    shifts: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    taught: frozenset[str] = frozenset()

    def applied(
        self, scores: Mapping[str, float], marks: Mapping[str, float], allowed: Collection[str]
    ) -> dict[str, float]:
        """The scores after what was learnt."""
        shifted = {slug: UNTAUGHT for slug in self.taught if slug in allowed} | dict(scores)
        for term, value in marks.items() if self.shifts else ():
            for slug, shift in self.shifts.get(term, {}).items():
                if slug in shifted:
                    shifted[slug] += shift * value
        return shifted


NOTHING_LEARNT = Learnt()


def learn(lessons: Sequence[Lesson]) -> Learnt:
    """Learn from corrected papers, the oldest first. The same lessons teach the same."""
    shifts: dict[str, dict[str, float]] = {}
    taught = frozenset(lesson.slug for lesson in lessons)
    known = Learnt(shifts, taught)
    for _ in range(ROUNDS):
        for lesson in lessons:
            scores = known.applied(lesson.scores, lesson.marks, taught)
            rivals = [(score, slug) for slug, score in scores.items() if slug != lesson.slug]
            best_score, rival = max(rivals, default=(-math.inf, ""))
            move = min(LONGEST_MOVE, (WANTED_LEAD - scores[lesson.slug] + best_score) / 2)
            if move > 0:
                _move(shifts, lesson, rival, move)
    return known


def _move(shifts: dict[str, dict[str, float]], lesson: Lesson, rival: str, distance: float) -> None:
    for term, value in lesson.marks.items():
        shift = shifts.setdefault(term, {})
        shift[lesson.slug] = shift.get(lesson.slug, 0.0) + distance * value
        shift[rival] = shift.get(rival, 0.0) - distance * value
