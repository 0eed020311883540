"""The ledger at a million rows, and what a sender's memory does there."""

from __future__ import annotations

from tests.bench.figures import Row, figure
from tests.bench.place import Place, smtp_settings

CLAIMS, CLAIM, TAKE = 200, 500, 40
FEW = 10_000


def percentile(values: list[float], share: float) -> float:
    """The value that this share of the values does not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


@figure("ledger")
def ledger(place: Place) -> list[Row]:
    """Group, open and claim for `n` readers."""
    database = place.readers(place.n)
    made = place.inside("digest", database, size=0)
    groups = [place.inside("group", database)["seconds"] for _ in range(3)]
    opened = place.inside("open_rows", database)
    taken = place.inside("take", database, times=CLAIMS, most=CLAIM)
    small = place.inside("take", database, times=CLAIMS, most=TAKE)
    claims = place.inside("claim", database, times=CLAIMS, most=CLAIM)
    p95, begin = percentile(claims["claim"], 0.95), percentile(claims["begin"], 0.95)
    n = f"{place.n:,}"
    rows = [
        Row(f"group {n} readers into editions", sorted(groups)[1], "s", 1, 0.1, False, f"{made['editions']} editions"),
        Row(f"open {n} deliveries", opened["seconds"], "s", 10, 4, False, f"{opened['opened']:,} rows"),
        Row(f"take {TAKE} of {n} rows and write as many results, on disk, p95", 1000 * percentile(small, 0.95), "ms",
            beside=f"{CLAIM}: {1000 * percentile(taken, 0.95):.1f} ms", details={"small": small, "large": taken}),
        Row(f"claim {CLAIM} of {n} rows, p95", 1000 * p95, "ms", 50, 5, False,
            f"and mark them sending, on disk: {1000 * begin:.1f} ms", {"claims": claims}),
    ]  # fmt: skip
    for row in rows:
        row.details |= {"group": groups, "open": opened, "digest": made}
    return rows


@figure("memory")
def memory(place: Place) -> list[Row]:
    """The most memory a sender takes for few readers and for `n`."""
    used, rates = {}, {}
    with place.fast_sink() as port:
        for count in (FEW, place.n):
            database = place.readers(count)
            place.inside("digest", database, size=25_000)
            result = place.inside("send", database, smtp_settings(port))
            used[count], rates[count] = result["memory"], result["counts"].get("sent", 0) / result["seconds"]
    return [
        Row(f"sender memory, {FEW:,} → {place.n:,} readers", used[place.n] - used[FEW], "MB more", 50, 10, False,
            f"{used[FEW]:.0f} → {used[place.n]:.0f} MB; {rates[place.n]:,.0f} mails/s", {"mb": used, "rates": rates}),
    ]  # fmt: skip
