"""A finding, and how examiners are asked for theirs."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from django.utils.module_loading import import_string

logger = logging.getLogger(__name__)


class State(StrEnum):
    """How a finding is meant. Only a fault makes the command fail."""

    OK = "ok"
    NOTE = "note"
    FAULT = "fault"


@dataclass(frozen=True)
class Finding:
    """One line: what was found about `name`, why it matters and what to do; the last two are empty when all is well."""

    name: str
    state: State
    what: str
    why: str = ""
    todo: str = ""


Examiner = Callable[[], Iterable[Finding]]

examiners: dict[str, str] = {
    "settings": "newsletter.doctor.ground.settings_are_sound",
    "database": "newsletter.doctor.ground.database_answers",
    "broker": "newsletter.doctor.ground.broker_answers",
    "disk": "newsletter.doctor.ground.disk_has_room",
    "dns": "newsletter.doctor.names.domain_is_known",
}
"""By the name of what is examined, in the order of asking; imported when asked, for the web needs none of it."""


def ok(name: str, what: str) -> Finding:
    """All is well."""
    return Finding(name, State.OK, what)


def note(name: str, what: str, why: str, todo: str) -> Finding:
    """Something to know."""
    return Finding(name, State.NOTE, what, why, todo)


def fault(name: str, what: str, why: str, todo: str) -> Finding:
    """Something to mend."""
    return Finding(name, State.FAULT, what, why, todo)


def examine() -> Iterator[Finding]:
    """All findings, as they come. An examiner that fails is a finding itself."""
    for name, path in examiners.items():
        try:
            ask: Examiner = import_string(path)
            yield from ask()
        except Exception as error:
            logger.debug("%s could not be examined.", name, exc_info=True)
            yield fault(
                name,
                f"it could not be examined ({type(error).__name__})",
                "nobody knows whether it works",
                "mend the faults above first, then ask again; with LOG_LEVEL=DEBUG the log says where it broke",
            )
