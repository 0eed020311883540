"""What a day's collecting brought."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from digests.collecting.day_state import ListReport

RECORDS = "records"


@dataclass
class Harvest:
    """A report on each list, one on arXiv's records of what was listed, and sentences for the editor."""

    list_day: date
    lists: dict[str, ListReport] = field(default_factory=dict)
    records: ListReport = field(default_factory=ListReport)
    notes: list[str] = field(default_factory=list)

    @property
    def nothing_reached(self) -> bool:
        """Whether every source that was asked failed."""
        return bool(self.lists) and all(report.failed for report in self.lists.values())

    @property
    def reports(self) -> dict[str, ListReport]:
        """All reports by name, as `DayReport.sources` keeps them."""
        return self.lists | ({RECORDS: self.records} if self.records.asked is not None else {})
