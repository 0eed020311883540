"""Dates and arXiv ids in addresses."""

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


class MonthConverter:
    """`2024-11` as the first day of that month."""

    regex = r"\d{4}-\d{2}"

    def to_python(self, value: str) -> dt.date:
        """Raises ValueError for a month that does not exist, which Django answers with 404."""
        return dt.date.fromisoformat(f"{value}-01")

    def to_url(self, value: dt.date) -> str:
        """The month in ISO 8601."""
        return f"{value:%Y-%m}"


class ArxivIdConverter:
    """What may be an arXiv id of either style, with or without a version; the view asks `split_id`."""

    regex = r"[0-9]{4}\.[0-9]{4,5}(?:v[0-9]{1,3})?|[a-zA-Z.-]{2,20}/[0-9]{7}(?:v[0-9]{1,3})?"

    def to_python(self, value: str) -> str:
        """The text as it stands."""
        return value

    def to_url(self, value: str) -> str:
        """The text as it stands."""
        return value
