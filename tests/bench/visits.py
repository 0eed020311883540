"""What readers do by their links, with a million of them and a digest that waits for all."""

from __future__ import annotations

from tests.bench.figures import Row, figure
from tests.bench.place import Place
from tests.bench.rows import percentile

TIMES = 200
FLOOR, GOAL = 200, 50  # milliseconds


@figure("readers")
def readers(place: Place) -> list[Row]:
    """The p95 of each page and press, within the product: without a web server and its workers."""
    database = place.readers(place.n)
    place.inside("digest", database, size=0)
    place.inside("open_rows", database)
    found = place.inside("visit", database, times=TIMES)
    rows = []
    for name, both in found.items():
        took, used = [each[0] for each in both], [each[1] for each in both]
        beside = (
            f"of {TIMES}; median {percentile(took, 0.5):.1f} ms, the product's own share {percentile(used, 0.5):.1f} ms; "
            f"{place.n:,} readers, as many deliveries that wait"
        )
        rows.append(
            Row(f"readers: {name}, p95", percentile(took, 0.95), "ms", FLOOR, GOAL, False, beside, {"took": took})
        )
    return rows
