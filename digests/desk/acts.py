"""What an editor can do to a draft besides writing: each button's value is the act's name and the row it is about. Pure."""

from __future__ import annotations

import re
from typing import NamedTuple

NAMES = ("save", "up", "down", "move", "hold", "drop", "add", "section-up", "section-down", "rewrite", "rewrite-paper")
PATTERN = re.compile(rf"({'|'.join(sorted(NAMES, key=len, reverse=True))})(?:-(\d{{1,18}}))?")


class Act(NamedTuple):
    """An act and the number of the section or entry that it is about; 0 where it is about the whole."""

    name: str
    target: int = 0


def read_act(value: str) -> Act | None:
    """The act in a button's value; saving when there is none, None for one that the page does not have."""
    found = PATTERN.fullmatch(value or "save")
    return Act(found[1], int(found[2] or 0)) if found else None


MUST_STAND: dict[str, str] = {
    "up": "place-{}",
    "down": "place-{}",
    "move": "paper-{}",
    "hold": "paper-{}",
    "drop": "paper-{}",
    "rewrite-paper": "paper-{}",
    "section-up": "sections",
    "section-down": "sections",
    "rewrite": "section-{}",
}
"""What must be as the page showed it for an act to be done, by the names of `sheet.row_prints`; saving and adding want nothing."""


class Refused(Exception):
    """The act was not done, and nothing was saved; the text says why and what to do."""


class Stale(Refused):
    """It was asked for on a page that is true no longer."""


class Change(NamedTuple):
    """One thing that became different: what was done, where in the digest, and the words before and after."""

    what: str
    where: str
    before: str | list[str] = ""
    after: str | list[str] = ""
