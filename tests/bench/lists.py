"""Admin's lists at a million readers and ten times as many deliveries: every list, filter and search that staff use."""

from __future__ import annotations

from tests.bench.figures import Row, figure
from tests.bench.place import Place

DIGESTS = 10
FLOOR, GOAL = 300, 300
"""Milliseconds, for the median of a page whatever its filters."""


@figure("admin")
def admin_lists(place: Place) -> list[Row]:
    """The slowest page, and each in the details."""
    database = place.readers(place.n)
    place.inside("history", database, digests=DIGESTS)
    pages: dict[str, float] = place.inside("browse", database, {"ADMIN_SECOND_FACTOR": "False"}, rounds=place.rounds)
    slowest = max(pages, key=lambda name: pages[name])
    beside = f"slowest: {slowest}; {len(pages)} pages, {place.n:,} readers, {DIGESTS * place.n:,} deliveries"
    return [Row("admin's lists", pages[slowest], "ms", FLOOR, GOAL, False, beside, {"pages": pages})]
