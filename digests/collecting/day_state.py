"""What kind of day it is, from what the lists gave. Pure: figures in, a state and its reason out.

Whether a list is new is decided by ids that were not listed before, never by the dates it bears. An empty list is a
failure to look into unless the calendar expects it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from statistics import median
from typing import Any

FRESH, WAITING, QUIET, STALLED, FAILED = "fresh", "waiting", "quiet", "stalled", "failed"
FEW = 0.3  # of what is usual; recorded days of twelve weeks never fall below 0.36
DAYS_FOR_A_MEDIAN = 5
DAYS_LOOKED_BACK = 10


@dataclass
class ListReport:
    """What one source gave for a day.

    `asked`: ids or titles it was asked for, None for a list; `listed`: papers; `new`: those it never listed before and
    that were in no digest; `median`: what it usually lists; `failed`: why nothing came, a sentence; `why`: what else an
    editor should know; `unkept`: ids that were listed and not stored; `unknown`: titles, or ids, that arXiv does not know; `days_silent`: so long a hot list has had
    nothing at all.
    """

    asked: int | None = None
    listed: int = 0
    new: int = 0
    median: float | None = None
    failed: str = ""
    why: str = ""
    follows_calendar: bool = False
    is_vouched: bool = False
    was_polled_again: bool = False
    days_silent: int = 0
    unkept: Sequence[str] = ()
    unknown: Sequence[str] = ()

    def as_json(self) -> dict[str, Any]:
        """The form in which `DayReport.sources` keeps it."""
        return asdict(self)

    @property
    def is_thin(self) -> bool:
        """Whether far less is listed than usual."""
        return self.median is not None and self.listed < FEW * self.median


@dataclass(frozen=True)
class Judgement:
    """A state of `DayReport` and the sentence that explains it. Only a fresh day can have a digest; `troubles` are the
    sentences about lists that an editor should look into all the same."""

    state: str
    why: str
    troubles: Sequence[str] = ()


def judge(
    lists: Mapping[str, ListReport], list_day: date, expects_batch: bool, is_patient: bool, is_open: bool
) -> Judgement:
    """The state of a day before its papers are chosen.

    `is_patient`: there is time to wait for what is missing. `is_open`: the day of the lists is not over, so that
    nothing may only mean not yet.
    """
    timely = {name: report for name, report in lists.items() if report.follows_calendar}
    troubles = trouble_of(timely) if expects_batch else []
    failures = " ".join(f"{name}: {report.failed}" for name, report in lists.items() if report.failed)
    new_timely = sum(report.new for report in timely.values())
    if lists and all(report.failed for report in lists.values()):
        why = f"No paper source could be read for {list_day}. {failures}"
        return Judgement(WAITING if is_patient else FAILED, why)
    if expects_batch and is_patient and (troubles or not new_timely):
        return Judgement(WAITING, " ".join(troubles) or f"Nothing new is listed for {list_day} yet.")
    if has_something(lists, expects_batch, is_open):
        return Judgement(FRESH, " ".join(troubles), troubles)
    if not expects_batch:
        return Judgement(QUIET, f"Nothing is announced for {list_day}: it is a weekend, or arXiv's holiday.")
    if any(report.failed for report in timely.values()):
        return Judgement(FAILED, f"No new papers for {list_day}. {failures}")
    if is_open and any(report.is_vouched and not report.listed for report in timely.values()):
        return Judgement(WAITING, f"Nothing is listed for {list_day} yet.")
    if any(report.listed for report in timely.values()):
        return Judgement(STALLED, f"Everything listed for {list_day} was listed before: the same papers again.")
    why = f"The lists are empty for {list_day}, though new papers were to be expected. {failures}"
    return Judgement(FAILED, why.strip())


def has_something(lists: Mapping[str, ListReport], expects_batch: bool, is_open: bool) -> bool:
    """Whether there are new papers to make a digest of.

    A list that nobody vouches for is enough only where those that follow the calendar and are vouched for failed; hot
    lists, which go on at weekends, are not enough to make a digest on a day off.
    """
    vouched = [report for report in lists.values() if report.follows_calendar and report.is_vouched]
    hot = [report for report in lists.values() if not report.follows_calendar]
    bare = [report for report in lists.values() if report.follows_calendar and not report.is_vouched]
    if any(report.new for report in vouched):
        return True
    if not expects_batch:
        return any(report.new for report in bare)
    is_left_alone = all(report.failed or not (report.listed or is_open) for report in vouched)
    return any(report.new for report in hot) or (is_left_alone and any(report.new for report in bare))


def trouble_of(timely: Mapping[str, ListReport]) -> list[str]:
    """A sentence for each list that brought nothing, or far less than usual, on a day of new papers."""
    told = []
    for name, report in timely.items():
        if report.failed:
            told.append(f"{name}: {report.failed}")
        elif not report.listed:
            told.append(f"{name}: lists no papers, though new ones were to be expected.")
        elif report.is_thin:
            told.append(f"{name}: lists {report.listed} papers where {report.median:.0f} are usual.")
        elif not report.new:
            told.append(f"{name}: lists nothing that it had not listed before.")
    return told


def usual(earlier: Sequence[Mapping[str, Any]], name: str) -> float | None:
    """The median number of papers in a source's lists, from `DayReport.sources` of earlier days, newest first; None
    while there are too few to tell."""
    counts = [day[name]["listed"] for day in earlier if name in day and day[name].get("listed")][:DAYS_LOOKED_BACK]
    return median(counts) if len(counts) >= DAYS_FOR_A_MEDIAN else None


def silence(reports: Sequence[Mapping[str, Any]], name: str) -> int:
    """On how many days in a row, newest first, a source was asked and gave nothing."""
    days = 0
    for day in reports:
        if name not in day or day[name].get("listed"):
            break
        days += 1
    return days
