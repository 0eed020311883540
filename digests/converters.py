"""Dates in addresses."""

import datetime as dt


class DayConverter:
    """`2024-11-22` as a date. A day that no calendar has, such as 2026-02-30, is a 404 like any other wrong address."""

    regex = r"\d{4}-\d{2}-\d{2}"

    def to_python(self, value: str) -> dt.date:
        """Raises ValueError for a day that does not exist, which Django answers with 404."""
        return dt.date.fromisoformat(value)

    def to_url(self, value: dt.date) -> str:
        """The day in ISO 8601."""
        return value.isoformat()
