"""The drills, by what they break. Each is one function; `DRILLS` has them in the order of their numbers."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import NamedTuple

from tests.faults.rig import Rig

TOPICS = ("workers", "broker", "database", "smtp", "api", "clock", "people")


class Drill(NamedTuple):
    """A fault and what to do about it. `once`: nothing in it is left to chance, so one seed is enough."""

    code: str
    title: str
    run: Callable[[Rig], None]
    once: bool


class Skip(Exception):
    """The drill cannot run here; the text says why."""


DRILLS: dict[str, Drill] = {}


def drill(code: str, title: str, once: bool = False) -> Callable[[Callable[[Rig], None]], Callable[[Rig], None]]:
    """Register the function as the drill `code`."""

    def register(run: Callable[[Rig], None]) -> Callable[[Rig], None]:
        DRILLS[code] = Drill(code, title, run, once)
        return run

    return register


def load() -> dict[str, Drill]:
    """All drills, sorted."""
    for topic in TOPICS:
        importlib.import_module(f"tests.faults.drills.{topic}")
    return dict(sorted(DRILLS.items()))
