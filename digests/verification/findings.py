"""What a check finds, and how grave it is. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from math import prod
from typing import NamedTuple

# The risk, 0 to 1, that a text with such a finding misleads; measured by hand, for ordering more than for its value.
WITHHELD = {
    "link": 0.99, "address": 0.99, "telephone": 0.99, "handle": 0.9, "markup": 0.9, "invisible character": 0.9,
    "length": 0.9, "speaks to the reader": 0.95, "speaks of itself": 0.97, "wrong language": 0.95,
    "letters of another language": 0.95, "cut off": 0.9, "missing part": 0.9, "unknown paper": 0.95,
    "about another paper": 0.95, "words of another paper": 0.9, "number not in the abstract": 0.93,
    "percent for percentage points": 0.9, "number with another unit": 0.8, "name not in the abstract": 0.9,
}  # fmt: skip
MARKED = {"number of something else": 0.75, "beaten by another": 0.75, "decline not in the abstract": 0.75}


class Finding(NamedTuple):
    """What is wrong (`kind`) and where (`text`)."""

    kind: str
    text: str

    @property
    def withholds(self) -> bool:
        """Whether a statement with it may not be shown unless an editor says so; otherwise the editor is only told."""
        return self.kind in WITHHELD


def risk(findings: Iterable[Finding]) -> float:
    """The risk, 0 to 1, of a text with these findings."""
    return 1 - prod(1 - WITHHELD.get(finding.kind, MARKED.get(finding.kind, 0.5)) for finding in findings)
