"""Writes large numbers, so that no model has to: 3,600,000,000 as 36억 or 3.6 billion; and mends those that a model got
wrong by some zeros. Pure.

Models slip here more than anywhere: English counts by thousands and Korean by ten thousands, and 250 billion becomes
250억.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from digests.verification.figures import Figure, told
from digests.verification.ground import Ground

KOREAN = ((Decimal(10) ** 12, "조"), (Decimal(10) ** 8, "억"), (Decimal(10) ** 4, "만"))
ENGLISH = ((Decimal(10) ** 12, "trillion"), (Decimal(10) ** 9, "billion"), (Decimal(10) ** 6, "million"))
TOO_LARGE = Decimal(10) ** 16
LARGE = re.compile(r"[KMBTkm]\b|[만억조]|illion|thousand")
LEADING = re.compile(r"[\d.,]*\d")


class Mended(NamedTuple):
    """A text, and what in it was replaced by what."""

    text: str
    changes: list[tuple[str, str]]


def in_korean(value: Decimal) -> str:
    """A number of things as Korean writes it: 36억, 730만, 1억 5,000만, 2,800. No digit is lost."""
    words, rest = [], value
    for unit, name in KOREAN:
        count = rest // unit
        if count:
            words.append(f"{count:,}{name}")
            rest -= count * unit
    if rest or not words:
        words.append(f"{rest.normalize():,f}")
    return " ".join(words)


def in_english(value: Decimal) -> str:
    """The same for English: 3.6 billion, 7.3 million, 250,000. A number that would need more than two decimals is
    written out."""
    for unit, name in ENGLISH:
        count = (value / unit).normalize()
        if value >= unit and -int(count.as_tuple().exponent) <= 2:
            return f"{count:,f} {name}"
    return f"{value.normalize():,f}"


def mend(text: str, grounds: Sequence[Ground], language: str) -> Mended:
    """The text with each large number that the papers do not have, but have with other zeros, written anew from the
    papers' value. One that could be two of the papers' numbers is left as it is."""
    prose, found = told(text)
    changes: list[tuple[str, str]] = []
    for figure in sorted(found, key=lambda each: each.start, reverse=True):
        value = _meant(figure, grounds)
        if value is None:
            continue
        written = in_korean(value) if language == "ko" else in_english(value)
        changes.append((prose[figure.start : figure.end], written))
        text = text[: figure.start] + written + text[figure.end :]
    return Mended(text, changes[::-1])


def _meant(figure: Figure, grounds: Sequence[Ground]) -> Decimal | None:
    """The paper's number with the same digits in front and other zeros behind; None without exactly one."""
    if figure.in_words or figure.unit or not figure.value or not LARGE.search(figure.written):
        return None
    theirs = [other for ground in grounds for other in ground.figures if not other.unit and not other.in_words]
    theirs = [other for other in theirs if other.value < TOO_LARGE]
    if any(figure.value in (other.value, *other.also) for other in theirs):
        return None
    written_alike = {other.value for other in theirs if _leading(other) == _leading(figure) and other.value >= 1000}
    of_other_zeros = {other.value for other in theirs if other.value >= 1000 and _is_power(other.value / figure.value)}
    for candidates in (written_alike, of_other_zeros):
        if candidates:
            return next(iter(candidates)) if len(candidates) == 1 else None
    return None


def _leading(figure: Figure) -> str:
    digits = LEADING.match(figure.written)
    return digits[0].replace(",", "") if digits else ""


def _is_power(ratio: Decimal) -> bool:
    """Whether a ratio is a power of ten, and not one."""
    return ratio.normalize().as_tuple().digits == (1,) and ratio != 1
