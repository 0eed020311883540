"""A subscriber as a line of a file, and back. Pure: no database is asked."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.exceptions import ValidationError

from subscribers.forms import check_address
from subscribers.lists.cells import guarded
from subscribers.models import ALL_CATEGORIES, Subscriber
from subscribers.zones import time_zones

Status = Subscriber.Status

EVERYTHING, NOTHING = "all", "none"


class BadCell(Exception):
    """What is wrong with a line, and what to write instead."""


@dataclass(frozen=True)
class Tongue:
    """What the columns are read with: categories' bits by slug, and the moment that counts as now."""

    bits: dict[str, int]
    now: dt.datetime


def _address(cell: str, tongue: Tongue) -> str:
    local, at, domain = cell.strip().rpartition("@")
    address = local + at + domain.lower()
    try:
        check_address(address)
    except ValidationError as error:
        raise BadCell(" ".join(error.messages)) from error
    if len(address) > 254:
        raise BadCell("The address is longer than 254 characters.")
    return address


def _one_of(name: str, options: Iterable[str], default: str) -> Callable[[str, Tongue], str]:
    known = list(options)

    def read(cell: str, tongue: Tongue) -> str:
        value = cell.strip().lower() or default
        if value not in known:
            raise BadCell(f"{name} must be {', '.join(known[:-1])} or {known[-1]}, not “{cell[:40]}”.")
        return value

    return read


def _time_zone(cell: str, tongue: Tongue) -> str:
    value = cell.strip() or settings.DIGEST_TIME_ZONE
    if value not in time_zones():
        raise BadCell(f"time_zone must be a place such as Asia/Seoul, or UTC, not “{cell[:40]}”.")
    return value


def _hour(cell: str, tongue: Tongue) -> int:
    value = cell.strip() or str(settings.DIGEST_SEND_HOUR)
    if not (value.isascii() and value.isdigit() and int(value) <= 23):
        raise BadCell(f"send_hour must be a whole number from 0 to 23, not “{cell[:40]}”.")
    return int(value)


def _mask(cell: str, tongue: Tongue) -> int:
    wanted = {slug.strip().lower() for slug in cell.split(";") if slug.strip()}
    if not wanted or wanted == {EVERYTHING}:
        return ALL_CATEGORIES
    if wanted == {NOTHING}:
        return 0
    strange = sorted(wanted - tongue.bits.keys())
    if strange:
        known = ";".join(tongue.bits)
        raise BadCell(f"There is no category “{strange[0][:40]}”. Known are {known}; or write all.")
    return sum(1 << tongue.bits[slug] for slug in wanted)


def _moment(name: str) -> Callable[[str, Tongue], dt.datetime | None]:
    def read(cell: str, tongue: Tongue) -> dt.datetime | None:
        if not cell.strip():
            return None
        try:
            found = dt.datetime.fromisoformat(cell.strip())
            found = found if found.tzinfo else found.replace(tzinfo=ZoneInfo(settings.DIGEST_TIME_ZONE))
            found = found.astimezone(dt.UTC)
        except (ValueError, OverflowError) as error:
            raise BadCell(f"{name} must be a time such as 2024-11-22T08:00:00+09:00, not “{cell[:40]}”.") from error
        if found > tongue.now:
            raise BadCell(f"{name} is in the future.")
        return found

    return read


def _day(cell: str, tongue: Tongue) -> dt.date | None:
    try:
        return dt.date.fromisoformat(cell.strip()) if cell.strip() else None
    except ValueError as error:
        raise BadCell(f"paused_until must be a day such as 2024-11-22, not “{cell[:40]}”.") from error


def _words(name: str, most: int) -> Callable[[str, Tongue], str]:
    def read(cell: str, tongue: Tongue) -> str:
        if len(cell) > most or "\x00" in cell:
            raise BadCell(f"{name} must be at most {most} characters of text.")
        return cell

    return read


READ: dict[str, Callable[[str, Tongue], Any]] = {
    "email": _address,
    "status": _one_of("status", [status for status in Status.values if status != Status.ERASED], ""),
    "language": _one_of("language", [code for code, _name in settings.LANGUAGES], settings.DIGEST_LANGUAGES[0]),
    "time_zone": _time_zone,
    "send_hour": _hour,
    "cadence": _one_of("cadence", Subscriber.Cadence.values, Subscriber.Cadence.DAILY),
    "categories": _mask,
    "paused_until": _day,
    "consent_at": _moment("consent_at"),
    "consent_text": _words("consent_text", 300),
    "consent_source": _words("consent_source", 100),
    "consent_from": _words("consent_from", 45),
    "confirmed_at": _moment("confirmed_at"),
    "confirmed_from": _words("confirmed_from", 45),
    "consent_renewed_at": _moment("consent_renewed_at"),
    "left_at": _moment("left_at"),
}
COLUMNS = tuple(READ)
FIELDS = {"consent_at": "signed_up_at", "consent_from": "signed_up_from"}
"""Columns whose field has another name."""


def read_line(cells: dict[str, str], tongue: Tongue) -> Subscriber:
    """The subscriber in a line, not stored; columns that are not there have their defaults.

    Who reads must have agreed: a line makes an active subscriber only with evidence, that is `confirmed_at`, or
    `consent_at` together with `consent_text` or `consent_source`. Otherwise the subscriber is pending. A no (unsubscribed,
    bounced, complained) needs no evidence. Raises BadCell.
    """
    found = {name: READ[name](cells.get(name, ""), tongue) for name in COLUMNS if name != "status"}
    wanted = READ["status"](cells["status"], tongue) if cells.get("status", "").strip() else ""
    consent_at, confirmed_at = found.pop("consent_at"), found["confirmed_at"]
    attested = confirmed_at or (consent_at and (found["consent_text"] or found["consent_source"]))
    status = wanted or Status.ACTIVE
    signed_up_at = consent_at or confirmed_at or tongue.now
    if status == Status.ACTIVE and attested:
        found["confirmed_at"] = confirmed_at or consent_at
    elif status == Status.ACTIVE:
        # Counted from today: pending sign-ups are forgotten after some days.
        status, signed_up_at = Status.PENDING, tongue.now
    values = {FIELDS.get(name, name): value for name, value in found.items()}
    return Subscriber(status=status, signed_up_at=signed_up_at, **values)


def line_of(reader: Subscriber, slugs: dict[int, str]) -> list[str]:
    """The subscriber as cells in the order of COLUMNS, safe in a spreadsheet. `slugs` are the categories' by bit."""
    values = {name: getattr(reader, FIELDS.get(name, name)) for name in COLUMNS}
    return [guarded(_told(name, value, slugs)) for name, value in values.items()]


def _told(name: str, value: Any, slugs: dict[int, str]) -> str:
    if name == "categories":
        return _slugs_told(value, slugs)
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).isoformat()
    if isinstance(value, dt.date):
        return value.isoformat()
    return "" if value is None else str(value)


def _slugs_told(mask: int, slugs: dict[int, str]) -> str:
    if mask == ALL_CATEGORIES:
        return EVERYTHING
    return ";".join(slug for bit, slug in slugs.items() if mask >> bit & 1) or NOTHING
