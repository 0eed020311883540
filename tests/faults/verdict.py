"""What a drill came to: the receiving side's log held against the audience and the ledger. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

OPEN = {"queued", "claimed", "sending"}
TAKEN = {"sent", "delivered", "complained"}
UNSURE = {"unknown"}
STRAGGLER_SECONDS = 0.3  # what a killed worker had already written to its sockets is no recovery


@dataclass
class Verdict:
    """One row of the table. `broken` has a sentence for each expectation that did not hold."""

    audience: int
    accepted: int
    duplicates: int
    lost: int
    unknown: int
    bound: int | None
    """How many may be unknown at most, where the drill knows."""
    recovery: float | None
    """Seconds from the mending of a fault to the next mail, the longest of the drill; None without one."""
    outcomes: dict[str, int]
    broken: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        """Whether the drill went as it must."""
        return not self.broken

    def as_json(self) -> dict[str, Any]:
        """For files."""
        return asdict(self) | {"holds": self.holds}


def judge(
    audience: Iterable[str],
    ledger: Mapping[str, str],
    log: Sequence[Mapping[str, Any]],
    mended: Sequence[float] = (),
    bound: int | None = None,
    returned: Collection[str] = (),
) -> Verdict:
    """Count what went wrong. `audience` are the addresses that must be heard of, `ledger` says each one's status, `log`
    is every mail that was accepted, `mended` the times at which a fault ended, `returned` those whose mail
    bounced afterwards."""
    people = set(audience)
    times = Counter(line["to"] for line in log)
    duplicates = sum(count - 1 for count in times.values())
    unheard = {
        who for who in people if who not in times and ledger.get(who, "") in OPEN | TAKEN | {""} or who not in ledger
    }
    unknown = sum(status in UNSURE for status in ledger.values())
    broken = []
    if duplicates:
        broken.append(f"{duplicates} mails too many")
    if unheard:
        states = Counter(ledger.get(who, "no row") for who in unheard)
        broken.append(f"{len(unheard)} readers got no mail and no reason ({_listed(states)})")
    if strangers := set(times) - people:
        broken.append(f"{len(strangers)} mails to people who were not in the audience")
    honest = TAKEN | UNSURE
    denied = Counter(ledger[who] for who in set(times) - set(returned) if ledger.get(who, "sent") not in honest)
    if denied:
        broken.append(f"accepted, though the ledger says otherwise: {_listed(denied)}")
    if bound is not None and unknown > bound:
        broken.append(f"{unknown} unknown, {bound} at most were promised")
    return Verdict(
        audience=len(people),
        accepted=len(times),
        duplicates=duplicates,
        lost=len(unheard),
        unknown=unknown,
        bound=bound,
        recovery=slowest_recovery([line["t"] for line in log], mended),
        outcomes=dict(Counter(ledger.values())),
        broken=broken,
    )


def slowest_recovery(accepted: Sequence[float], mended: Sequence[float]) -> float | None:
    """The longest time from a mending to the next acceptance; None without a mending, or mail after it."""
    waits = []
    for moment in mended:
        later = [t for t in accepted if t > moment + STRAGGLER_SECONDS]
        if later:
            waits.append(round(min(later) - moment, 1))
    return max(waits, default=None)


def _listed(counts: Counter[str]) -> str:
    return ", ".join(f"{count} {name}" for name, count in sorted(counts.items()))
