"""Measures the checks of `digests.verify` on summaries known to be faithful or not. Pure but for the clock."""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Any

from digests import verify
from digests.evaluation.gold import Case

HARD_BUT_FAITHFUL = "hard_faithful"


def measure(cases: Sequence[Case]) -> dict[str, Any]:
    """What is caught of each kind, false alarms, and what each rule alone is worth."""
    started = time.perf_counter()
    found = [[flag.kind for flag in verify.check(case.source, case.summary, case.language).flags] for case in cases]
    milliseconds = 1000 * (time.perf_counter() - started) / len(cases)
    outcomes = list(zip(cases, found, strict=True))
    unfaithful = [(case, kinds) for case, kinds in outcomes if not case.is_faithful]
    faithful = [(case, kinds) for case, kinds in outcomes if case.is_faithful]
    return {
        "cases": len(cases),
        "ms": milliseconds,
        "caught": share(unfaithful),
        "caught_by_kind": by_kind(unfaithful),
        "false_alarms": share([(case, kinds) for case, kinds in faithful if case.kind != HARD_BUT_FAITHFUL]),
        "false_alarms_on_hard_ones": share(
            [(case, kinds) for case, kinds in faithful if case.kind == HARD_BUT_FAITHFUL]
        ),
        "without_rule": without_each(unfaithful, faithful),
    }


def share(outcomes: Sequence[tuple[Case, Sequence[str]]]) -> list[int]:
    """[how many have a finding, of how many]."""
    return [sum(bool(kinds) for _, kinds in outcomes), len(outcomes)]


def by_kind(outcomes: Sequence[tuple[Case, Sequence[str]]]) -> dict[str, list[int]]:
    """`share` for each kind of case."""
    groups: dict[str, list[tuple[Case, Sequence[str]]]] = defaultdict(list)
    for case, kinds in outcomes:
        groups[case.kind].append((case, kinds))
    return {kind: share(group) for kind, group in sorted(groups.items())}


def without_each(
    unfaithful: Sequence[tuple[Case, Sequence[str]]], faithful: Sequence[tuple[Case, Sequence[str]]]
) -> dict[str, dict[str, int]]:
    """For each rule the cases that nothing else finds: what it alone catches, and what it alone alarms on falsely."""
    alone = Counter(next(iter(set(kinds))) for _, kinds in unfaithful if len(set(kinds)) == 1)
    in_vain = Counter(next(iter(set(kinds))) for _, kinds in faithful if len(set(kinds)) == 1)
    return {rule: {"caught": alone[rule], "false": in_vain[rule]} for rule in sorted(alone.keys() | in_vain.keys())}
