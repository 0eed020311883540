"""Admin's lists at a million readers and ten times as many deliveries: every list, filter and search that staff use."""

from __future__ import annotations

from tests.bench.figures import Row, figure
from tests.bench.place import Place

DIGESTS = 10
FLOOR, GOAL = 300, 300
"""Milliseconds, for the median of a page whatever its filters."""


@figure("admin")
def admin_lists(place: Place) -> list[Row]:
    """The slowest list and the slowest page that counts a million rows, and each in the details."""
    database = place.readers(place.n)
    place.inside("history", database, digests=DIGESTS)
    pages = place.inside("browse", database, {"ADMIN_SECOND_FACTOR": "False"}, rounds=place.rounds)
    size = f"{place.n:,} readers, {DIGESTS * place.n:,} deliveries"
    return [
        _row("admin's lists", pages["lists"], size, FLOOR, GOAL),
        _row("admin's pages that count a digest or all readers", pages["counts"], size),
    ]


def _row(figure: str, pages: dict[str, float], size: str, floor: float | None = None, goal: float | None = None) -> Row:
    slowest = max(pages, key=lambda name: pages[name])
    beside = f"slowest: {slowest}; {len(pages)} pages, {size}"
    return Row(figure, pages[slowest], "ms", floor, goal, False, beside, {"pages": pages})
