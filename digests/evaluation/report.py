"""The figures as tables for a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any


def lines(figures: Mapping[str, Any]) -> Iterator[str]:
    """All that was measured, part by part."""
    if classification := figures.get("classification"):
        yield from _classification(classification)
    if faithfulness := figures.get("faithfulness"):
        yield from _faithfulness(faithfulness)
    if extraction := figures.get("extraction"):
        yield from _extraction(extraction)


def _classification(figures: Mapping[str, Any]) -> Iterator[str]:
    yield f"Category, built-in classifier, {figures['papers']} papers"
    yield _row("", ["accepted", "strict", "macro-F1", "surer half", "ms"])
    for name, each in figures["methods"].items():
        shares = [each[key] for key in ("accepted", "strict", "macro_f1", "surer_half_accepted")]
        yield _row(name, [*(f"{value:.3f}" for value in shares), f"{each['ms']:.2f}"])
    yield ""
    yield "Where it errs, title and abstract (labelled → given)"
    for slug, given in figures["confusion"].items():
        wrong = ", ".join(f"{other} {count}" for other, count in given.items() if other != slug)
        yield f"  {slug:<24}{given.get(slug, 0):>3} right" + (f"; {wrong}" if wrong else "")
    yield ""


def _faithfulness(figures: Mapping[str, Any]) -> Iterator[str]:
    yield f"Faithfulness, local rules, {figures['cases']} cases, {figures['ms']:.2f} ms a summary"
    for name, pair in (
        ("caught", figures["caught"]),
        *((f"  {kind}", pair) for kind, pair in figures["caught_by_kind"].items()),
        ("false alarms", figures["false_alarms"]),
        ("false alarms on hard but faithful ones", figures["false_alarms_on_hard_ones"]),
    ):
        yield _row(name, [f"{pair[0]}/{pair[1]}", f"{100 * pair[0] / pair[1]:.1f} %" if pair[1] else "–"])
    yield "Found by one rule alone"
    for rule, alone in figures["without_rule"].items():
        yield _row(f"  {rule}", [f"{alone['caught']} caught", f"{alone['false']} false"])
    yield ""


def _extraction(figures: Mapping[str, Any]) -> Iterator[str]:
    yield f"One sentence for a paper, {figures['references']} references"
    yield _row("", ["ROUGE-1", "ROUGE-2", "ROUGE-L", "ms"])
    for name, each in figures["sentence"].items():
        values = [f"{each[key]:.1f}" for key in ("rouge_1", "rouge_2", "rouge_l")]
        yield _row(name, [*values, f"{each['ms']:.2f}"])
    if keywords := figures.get("keywords_precision_at_5"):
        yield ""
        yield f"Keywords, precision at five, {figures['keyword_lists']} papers"
        for name, value in keywords.items():
            yield _row(name, [f"{value:.1f}"])
    yield ""


def _row(name: str, cells: Sequence[str]) -> str:
    return f"{name:<48}" + "".join(f"{cell:>12}" for cell in cells)
