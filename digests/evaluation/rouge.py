"""ROUGE (Lin, 2004): the overlap of a text with a reference in words, pairs of words, and the longest common order.

Lower case, letters and digits only, no stemming; each value is the harmonic mean of precision and recall, 0 to 100.
"""

import re
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

TOKEN = re.compile(r"[a-z0-9]+")


class Rouge(NamedTuple):
    """ROUGE-1, ROUGE-2 and ROUGE-L."""

    one: float
    two: float
    longest: float


def rouge(reference: str, text: str) -> Rouge:
    """How much `text` has of `reference`."""
    wanted, given = TOKEN.findall(reference.lower()), TOKEN.findall(text.lower())
    common = _longest_common(wanted, given)
    return Rouge(_of_runs(wanted, given, 1), _of_runs(wanted, given, 2), _mean(common, len(wanted), len(given)))


def _of_runs(wanted: Sequence[str], given: Sequence[str], length: int) -> float:
    runs = [Counter(zip(*(words[start:] for start in range(length)), strict=False)) for words in (wanted, given)]
    return _mean((runs[0] & runs[1]).total(), runs[0].total(), runs[1].total())


def _longest_common(wanted: Sequence[str], given: Sequence[str]) -> int:
    """The length of the longest common subsequence."""
    above = [0] * (len(given) + 1)
    for word in wanted:
        row = [0]
        for place, other in enumerate(given):
            row.append(above[place] + 1 if word == other else max(row[-1], above[place + 1]))
        above = row
    return above[-1]


def _mean(common: int, wanted: int, given: int) -> float:
    return 200 * common / (wanted + given) if common else 0.0
