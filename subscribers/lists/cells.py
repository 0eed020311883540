"""Cells that a spreadsheet shows as text and never runs as a formula, and the way back. Pure."""

from __future__ import annotations

import re

LEADERS = "=+\\-@\t\r\n＝＋－＠"
"""What makes a spreadsheet take a cell for a formula, in the full width of East Asian keyboards too (OWASP, CSV injection)."""

_RISKY = re.compile(rf"['\s]*[{LEADERS}]")
_GUARDED = re.compile(rf"'['\s]*[{LEADERS}]")


def guarded(value: str) -> str:
    """The value as it goes into a cell: with an apostrophe before it where a spreadsheet might run it."""
    return f"'{value}" if _RISKY.match(value) else value


def bare(cell: str) -> str:
    """The value of a cell: `bare(guarded(value)) == value` for every value."""
    return cell[1:] if _GUARDED.match(cell) else cell
