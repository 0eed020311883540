"""How much room there is where the product writes: VAR_DIR, and the folder of an SQLite database."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import NamedTuple

from django.conf import settings

SCARCE_AT, FULL_AT = 0.80, 0.95  # of the disk
SCARCE_BELOW, FULL_BELOW = 10 * 10**9, 10**9
"""Bytes. The last twentieth of a large disk is room for months; only where both are reached it is little."""


class Room(NamedTuple):
    """What is left at a place: the share of its disk that is used, and the bytes that are free."""

    place: str
    used: float
    free: int

    @property
    def is_scarce(self) -> bool:
        """Whether somebody should make room."""
        return self.used >= SCARCE_AT and self.free < SCARCE_BELOW

    @property
    def is_full(self) -> bool:
        """Whether the next row may find no room: nothing may be begun that must be written down."""
        return self.used >= FULL_AT and self.free < FULL_BELOW

    def __str__(self) -> str:
        return f"{self.used:.0%} of the disk under {self.place} is used, {self.free / 1e9:.1f} GB are free"


def rooms() -> list[Room]:
    """What is left at each place, the tightest first; those on one disk count once. Asks the system, which takes
    microseconds."""
    found: dict[int, Room] = {}
    for name, folder in _places().items():
        there = next(each for each in (folder, *folder.parents) if each.exists())
        usage = shutil.disk_usage(there)
        used = usage.used / max(1, usage.used + usage.free)
        found.setdefault(there.stat().st_dev, Room(name, used, usage.free))
    return sorted(found.values(), key=lambda room: room.used, reverse=True)


def tightest() -> Room:
    """The place that is full first."""
    return rooms()[0]


def refusal() -> str | None:
    """Why nothing may be begun that must be written down; None while there is room."""
    full = next((room for room in rooms() if room.is_full), None)
    return (
        f"The disk is full: {full}. Nothing is sent until there is room; then it goes on by itself." if full else None
    )


def _places() -> dict[str, Path]:
    """A database server's disk is its own to watch: nobody can ask it from here."""
    places = {"VAR_DIR": Path(settings.VAR_DIR)}
    database = settings.DATABASES["default"]
    name = str(database["NAME"])
    if database["ENGINE"].endswith("sqlite3") and "memory" not in name:
        places["the database"] = Path(name).resolve().parent
    return places
