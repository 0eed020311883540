"""Reading in an archive of a thousand digests, on PostgreSQL."""

from __future__ import annotations

from tests.bench.figures import Row, figure
from tests.bench.place import Place
from tests.bench.rows import percentile
from tests.faults.machines import manage

DIGESTS, TIMES = 1000, 100
FLOOR, GOAL = 200, 100  # milliseconds


@figure("archive")
def archive(place: Place) -> list[Row]:
    """Milliseconds of each kind of page, within the product: without a web server and its workers."""
    place.sql("CREATE DATABASE archive TEMPLATE template1")
    place.run(manage("collectstatic", "--noinput", "--verbosity", "0"), place.url("archive"))
    made = place.inside("shelve", "archive", count=DIGESTS)
    found = place.inside("read", "archive", times=TIMES)
    beside = f"of {TIMES}, {DIGESTS:,} digests, {made['papers']:,} papers"
    rows = []
    for name, both in found.items():
        took, used = [each[0] for each in both], [each[1] for each in both]
        told = (
            f"{beside}; median {percentile(took, 0.5):.0f} ms, the product's own share {percentile(used, 0.5):.0f} ms"
        )
        details = {"took": took, "used": used, "made": made}
        rows.append(Row(f"archive: {name}, p95", percentile(took, 0.95), "ms", FLOOR, GOAL, False, told, details))
    return rows
