"""Plots as plain geometry: values in, coordinates out, which a template draws as SVG. Pure.

Axes begin at zero, so that a small change looks small.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from django.utils.formats import date_format, number_format
from django.utils.translation import pgettext

from newsletter.mail import columns

WIDTH, HEIGHT = 720, 250
LEFT, TOP, BOTTOM = 64, 14, 30
NARROWEST, WIDEST, A_LETTER = 70, 250, 7.2
"""Room for names and last values beside a plot, as they need it, and what a letter of theirs needs; Hangul is two wide."""

LABEL_GAP = 16
FLOOR = HEIGHT - BOTTOM
MOST_DATES = 6
BAR_HEIGHT, BAR_LEFT = 28, 235

Values = Sequence[float | None]


@dataclass(frozen=True)
class Series:
    """A row of values, one for each day; None where nothing is known. `is_columns` draws them as columns, `is_usual` as a
    broken line to compare with."""

    name: str
    values: Values
    is_columns: bool = False
    is_usual: bool = False


@dataclass(frozen=True)
class Plot:
    """What is to be seen: `key` names it in addresses, `empty` says what to do while there is nothing to see. Either days
    with series, or `bars`: names with a value now and one before. `beside` are series of the table alone. `is_stacked` puts
    columns of the same day upon each other."""

    key: str
    title: str
    empty: str
    days: Sequence[dt.date] = ()
    series: Sequence[Series] = ()
    bars: Sequence[tuple[str, int, int | None]] = ()
    beside: Sequence[Series] = ()
    digits: int = 0
    is_stacked: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to draw."""
        return not self.bars and not any(value is not None for each in self.series for value in each.values)


class Tick(NamedTuple):
    """A mark on an axis."""

    at: float
    label: str


class Column(NamedTuple):
    """One column, and what it says when pointed at."""

    x: float
    y: float
    width: float
    height: float
    says: str


@dataclass
class Curve:
    """A line with its name and its last value at its end; `number` chooses its colour."""

    number: int
    name: str
    last: str = ""
    d: str = ""
    dots: list[tuple[float, float]] = field(default_factory=list)
    columns: list[Column] = field(default_factory=list)
    is_usual: bool = False
    label_y: float = 0.0


@dataclass(frozen=True)
class Drawing:
    """All that the template needs."""

    width: int
    height: int
    right: float
    rows: list[Tick]
    dates: list[Tick]
    curves: list[Curve]


class Bar(NamedTuple):
    """A horizontal bar with its name and number."""

    y: float
    width: float
    name: str
    told: str

    @property
    def number_at(self) -> float:
        """Where the number stands, from the bar's beginning."""
        return self.width + 8


def told(value: float | None, digits: int = 0) -> str:
    """A number as people read it; a dash for none."""
    return "–" if value is None else str(number_format(value, decimal_pos=digits, use_l10n=True, force_grouping=True))


def short_day(day: dt.date) -> str:
    """A day for an axis."""
    return date_format(day, pgettext("short date", "M j"))


def steps(most: float, whole: bool = True) -> list[float]:
    """Round numbers from zero to `most` or a little above, four to six of them."""
    if most <= 0:
        return [0.0, 1.0]
    rough = most / 4
    power = 10 ** math.floor(math.log10(rough))
    step = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= rough)
    step = max(step, 1.0) if whole else step
    return [n * step for n in range(math.ceil(most / step - 1e-9) + 1)]


@dataclass(frozen=True)
class _Scale:
    """Where values and days stand."""

    top: float
    room: float

    def x(self, n: int) -> float:
        """The middle of the n-th day."""
        return round(LEFT + self.room * (n + 0.5), 1)

    def y(self, value: float) -> float:
        """The height of a value."""
        return round(FLOOR - value / self.top * (FLOOR - TOP), 1)


def drawn(plot: Plot) -> Drawing:
    """The geometry of a plot over days."""
    floors = _floors(plot)
    known = [
        floor + value
        for each, below in zip(plot.series, floors, strict=True)
        for floor, value in zip(below, each.values, strict=True)
        if value is not None
    ]
    rows = steps(max(known, default=0), whole=plot.digits == 0)
    right = WIDTH - _room_for_names(plot)
    scale = _Scale(rows[-1], (right - LEFT) / max(len(plot.days), 1))
    curves = [
        _curve(number, each, plot, scale, below)
        for number, (each, below) in enumerate(zip(plot.series, floors, strict=True), 1)
    ]
    _spread([curve for curve in curves if curve.dots or curve.columns])
    every = max(1, math.ceil(len(plot.days) / MOST_DATES))
    dates = [Tick(scale.x(n), short_day(day)) for n, day in enumerate(plot.days) if n % every == 0]
    digits = 0 if rows[1] >= 1 else min(4, -math.floor(math.log10(rows[1])))
    marks = [Tick(scale.y(value), told(value, digits)) for value in rows]
    return Drawing(WIDTH, HEIGHT, right, marks, dates, curves)


def _floors(plot: Plot) -> list[list[float]]:
    """What each series stands on, day by day: zero, or the series below it."""
    floors = [[0.0] * len(plot.days)]
    for each in plot.series:
        below = [floor + (value or 0) for floor, value in zip(floors[-1], each.values, strict=True)]
        floors.append(below if plot.is_stacked else floors[-1])
    return floors[: len(plot.series)]


def _room_for_names(plot: Plot) -> float:
    widest = max((columns(f"{each.name} {_last(each, plot)}") for each in plot.series), default=0)
    return min(max(20 + widest * A_LETTER, NARROWEST), WIDEST)


def _last(series: Series, plot: Plot) -> str:
    """The last value that is known, in words."""
    known = [value for value in series.values if value is not None]
    return told(known[-1], plot.digits) if known else ""


def _curve(number: int, series: Series, plot: Plot, scale: _Scale, floors: Sequence[float]) -> Curve:
    """Where a value is missing the line is broken, but for what is usual: that holds on days without, too. Of a line only
    its end gets a dot."""
    curve = Curve(number, series.name, _last(series, plot), is_usual=series.is_usual)
    known = [(n, value) for n, value in enumerate(series.values) if value is not None]
    if series.is_columns:
        curve.columns = [_column(n, value, series, plot, scale, floors[n]) for n, value in known]
        curve.label_y = curve.columns[-1].y + (curve.columns[-1].height / 2 if plot.is_stacked else 0) if known else 0.0
        return curve
    days = {n for n, _value in known}
    curve.d = " ".join(
        f"{'L' if place and (series.is_usual or n - 1 in days) else 'M'}{scale.x(n)} {scale.y(value)}"
        for place, (n, value) in enumerate(known)
    )
    curve.dots = [(scale.x(n), scale.y(value)) for n, value in known[-1:]]
    curve.label_y = scale.y(known[-1][1]) if known else 0.0
    return curve


def _column(n: int, value: float, series: Series, plot: Plot, scale: _Scale, floor: float) -> Column:
    width = round(max(1.0, scale.room * 0.7), 1)
    y, bottom = scale.y(floor + value), scale.y(floor)
    says = f"{short_day(plot.days[n])}: {series.name} {told(value, plot.digits)}"
    return Column(round(scale.x(n) - width / 2, 1), y, width, round(bottom - y, 1), says)


def _spread(curves: list[Curve]) -> None:
    """Move names apart that would stand on each other, within the plot."""
    lowest = float(FLOOR)
    for curve in sorted(curves, key=lambda each: -each.label_y):
        curve.label_y = lowest = min(curve.label_y, lowest)
        lowest -= LABEL_GAP
    highest = float(TOP)
    for curve in sorted(curves, key=lambda each: each.label_y):
        curve.label_y = highest = max(curve.label_y, highest)
        highest += LABEL_GAP


def barred(plot: Plot) -> tuple[int, list[Bar]]:
    """The height of a plot of bars, and the bars."""
    most = max((now for _name, now, _before in plot.bars), default=0) or 1
    room = WIDTH - BAR_LEFT - 80
    bars = [
        Bar(n * BAR_HEIGHT, round(now / most * room, 1), name, told(now)) for n, (name, now, _b) in enumerate(plot.bars)
    ]
    return len(bars) * BAR_HEIGHT + 4, bars
