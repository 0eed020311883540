"""The figures: what is measured, what it should come to, and the table of what it came to."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from tests.bench.place import Place


class CannotMeasure(Exception):
    """Something that the measurement needs is not here; the text says what."""


@dataclass
class Row:
    """A row of the table. `more_is_better` False for times and memory; `floor` and `goal` None: nothing is asked."""

    figure: str
    value: float | None
    unit: str
    floor: float | None = None
    goal: float | None = None
    more_is_better: bool = True
    beside: str = ""
    """What it was measured against in the same run, or why it was not measured."""
    details: dict[str, Any] = field(default_factory=dict)

    @property
    def reached(self) -> str:
        """`goal`, `floor`, `below` or nothing."""
        if self.value is None or self.floor is None or self.goal is None:
            return ""
        sign = 1 if self.more_is_better else -1
        if sign * self.value >= sign * self.goal:
            return "goal"
        return "floor" if sign * self.value >= sign * self.floor else "below"


Measure = Callable[[Place], Sequence[Row]]
FIGURES: dict[str, Measure] = {}
HEAD = ("figure", "measured", "floor", "goal", "reached", "beside")


def figure(name: str) -> Callable[[Measure], Measure]:
    """Register a measurement under a name for `--only`."""

    def register(measure: Measure) -> Measure:
        FIGURES[name] = measure
        return measure

    return register


def keep(name: str, rows: Sequence[Row], out: Path) -> None:
    """Write the rows of a measurement as JSON."""
    told = [asdict(row) | {"reached": row.reached} for row in rows]
    (out / f"{name}.json").write_text(json.dumps(told, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def cells(row: Row) -> tuple[str, ...]:
    """The row as text."""

    def amount(value: float | None) -> str:
        return "–" if value is None else f"{shown(value)} {row.unit}".strip()

    return (row.figure, amount(row.value), amount(row.floor), amount(row.goal), row.reached, row.beside)


def shown(value: float) -> str:
    """Three figures, as people write them."""
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}"


def as_text(rows: Sequence[Row]) -> str:
    """The table for a terminal."""
    lines = [HEAD, *map(cells, rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(HEAD))]
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) for line in lines)


def as_markdown(rows: Sequence[Row]) -> str:
    """The table as it stands in docs/performance.md."""
    lines = [HEAD, tuple("---" for _ in HEAD), *map(cells, rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"
