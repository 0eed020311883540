"""IANA time zones as readers choose them."""

from functools import cache
from zoneinfo import available_timezones

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _


@cache
def time_zones() -> tuple[str, ...]:
    """Names of places (`Asia/Seoul`) and `UTC`; not the historical aliases and fixed offsets of the database."""
    areas = ("Africa/", "America/", "Antarctica/", "Asia/", "Atlantic/", "Australia/", "Europe/", "Indian/", "Pacific/")
    return ("UTC", *sorted(name for name in available_timezones() if name.startswith(areas)))


def check_time_zone(name: str) -> None:
    """Raise ValidationError unless `name` is a time zone a reader may choose."""
    if name not in time_zones():
        raise ValidationError(_("Choose a time zone from the list."))


def place_of(name: str) -> str:
    """The place in a time zone's name, as people write it: `America/New_York` is New York."""
    return name.rpartition("/")[2].replace("_", " ")
