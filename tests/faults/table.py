"""The drills' results as a line, a table and Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

Result = dict[str, Any]
HEAD = ("fault", "what happens", "runs", "readers", "duplicates", "lost", "unknown", "recovery, s", "held")


def line_of(result: Result) -> str:
    """One run, for the terminal while it goes on."""
    start = f"{result['code']} seed {result['seed']} {result.get('seconds', 0):>6.1f} s"
    if "skipped" in result:
        return f"{start}  skipped: {result['skipped']}"
    if "audience" not in result:
        return f"{start}  FAILED: {'; '.join(result['broken'])}"
    counts = (
        f"accepted {result['accepted']}/{result['audience']}, duplicates {result['duplicates']}, lost {result['lost']}"
    )
    unknown = f"unknown {result['unknown']}" + (f" of {result['bound']}" if result["bound"] is not None else "")
    recovery = f", recovery {result['recovery']} s" if result["recovery"] is not None else ""
    ending = "held" if result["holds"] else f"FAILED: {'; '.join(result['broken'])}"
    notes = f" ({'; '.join(result['notes'])})" if result["notes"] else ""
    return f"{start}  {counts}, {unknown}{recovery}  {ending}{notes}"


def rows(results: Iterable[Result]) -> list[tuple[str, ...]]:
    """A row for each fault, its seeds added up; the recovery is the slowest."""
    by_code: dict[str, list[Result]] = {}
    for result in results:
        by_code.setdefault(result["code"], []).append(result)
    return [_row(runs) for runs in by_code.values()]


def _row(runs: Sequence[Result]) -> tuple[str, ...]:
    first = runs[0]
    if "skipped" in first:
        return (first["code"], first["title"], "–", "–", "–", "–", "–", "–", f"skipped: {first['skipped']}")
    counted = [run for run in runs if "audience" in run]

    def total(name: str) -> str:
        return str(sum(run[name] for run in counted)) if counted else "?"

    recoveries = [run["recovery"] for run in counted if run["recovery"] is not None]
    held = sum(run["holds"] for run in runs)
    return (
        first["code"],
        first["title"],
        str(len(runs)),
        total("audience"),
        total("duplicates"),
        total("lost"),
        total("unknown"),
        f"{max(recoveries):.1f}" if recoveries else "–",
        "yes" if held == len(runs) else f"{held} of {len(runs)}",
    )


def as_markdown(results: Sequence[Result]) -> str:
    """The table as it stands in docs/reliability.md."""
    lines = [HEAD, tuple("---" for _ in HEAD), *rows(results)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"


def as_text(results: Sequence[Result]) -> str:
    """The table for a terminal."""
    lines = [HEAD, *rows(results)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(HEAD))]
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) for line in lines)
