"""Reads the numbers of a text as values with their kind of unit, in English and in Korean. Pure.

"1.5 billion", "1.5B" and 15억 are one value; "3x", "3×" and 3배 one unit. What is no number of its own - the 4 of GPT-4,
the numbering of a list, a link - is not read.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache

from digests.offline.stopwords import word_set
from digests.verification.number_words import english_numbers, korean_numbers

PERCENT, POINT, TIMES = "%", "%p", "x"
EITHER = "%, %p"  # "an absolute gain of 5%" may be told either way
SCALES = {
    "k": 3, "thousand": 3, "m": 6, "million": 6, "b": 9, "billion": 9, "t": 12, "trillion": 12, "hundred": 2,
    "백": 2, "천": 3, "만": 4, "십만": 5, "백만": 6, "천만": 7, "억": 8, "십억": 9, "백억": 10, "천억": 11, "조": 12,
}  # fmt: skip
# A scale is not the beginning of another word: 4 조합, 3 조건, 2 만족.
KOREAN_SCALE = (
    r"(?:천만|백만|십만|천억|백억|십억|만(?![족들약화찬])|억(?![제지])"
    r"|조(?![건합각정직작사치율회명])|천(?![장체연])|백(?![본서분엔터신]))"
)
LINK = re.compile(r"https?://[\w./?=&%#~:@!$'()*+,;-]+|\b[\w.-]{1,64}@[\w-]{1,63}\.[\w.-]+", re.ASCII)
LIST_NUMBER = re.compile(
    r"^[ \t>#*•·-]*(?:\*\*)?[(\[]?(?:\d{1,2}|[ivx]{1,4}|[a-z])[.)\]](?=[ \t*]|[가-힣])", re.MULTILINE
)
ENUMERATION = re.compile(r"(?<![^\s,;:.])\(?(\d)\)(?=\s?[A-Za-z가-힣])|[①-⑨]", re.MULTILINE)
SHARE_OF = re.compile(r"(?<=분의)\s?1(?![\d.])")  # 30분의 1: one of thirty is said by the thirty
CROSS = re.compile(r"(?<=\d)[xX](?=\d)")
POWER = re.compile(
    r"(?:(?P<factor>\d+(?:\.\d+)?)\s?[×x·*]\s?)?(?<![\d.])10"
    r"(?:\^\{?(?P<plain>-?\d{1,2})\}?|(?P<raised>⁻?[⁰¹²³⁴-⁹]{1,2}))"
)
MAY_HOLD_POWER = re.compile(r"10[\^⁰¹²³⁴-⁹⁻]")
RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")
ODD = re.compile(r"[^\x00-\x7f가-힣⁰¹²³⁴-⁹⁻①-⑨×]")  # what may have another form of the same length
DIGITS = r"(?:\d{1,3}(?:,\d{3})+(?!\d)|\d+)(?:\.\d+)?"
NUMBER = re.compile(
    r"(?<![A-Za-z0-9_\u0370-\u03ff])(?<![A-Za-z0-9]\.)(?<!\d,)"
    r"(?P<digits>\d{1,3}(?:,\d{3})+(?!\d)|\d+)(?P<fraction>\.\d+)?(?!\d)(?!\.\d)"
    r"(?:(?P<letter>[kKMBT])(?![A-Za-z0-9])"
    r"|[\s-]?(?P<word>thousand|million|billion|trillion|hundred)s?\b"
    rf"|\s?(?P<korean>{KOREAN_SCALE})(?P<more>(?:(?<=조)\s?{DIGITS}\s?[천백십]?억)?"
    rf"(?:(?<=[조억])\s?{DIGITS}\s?[천백십]?만)?"
    r"(?:(?<=[조억만])(?:\s?\d,\d{3}|\s?\d{4}|\d{1,3})(?![\d,.A-Za-z%])(?!\s?[천백십만억조]))?)"
    r"|(?P<tail>[A-Za-z]+))?"
)
MORE = re.compile(rf"({DIGITS})\s?({KOREAN_SCALE})?")
UNIT = re.compile(
    r"\s?(?:(?P<point>(?:%|퍼센트|프로)\s?-?(?:포인트|p(?![A-Za-z])|points?\b|pp\b)|-?percent(?:age)?[\s-]points?\b"
    r"|pp\b|p\.p\.|포인트|-?points?\b)"
    r"|(?P<percent>%|퍼센트|-?per\s?cent\b|프로(?![가-힣]))"
    r"|(?P<times>[x×X](?![A-Za-z0-9×])|-?배(?![치열경포])|-?times\b|-?fold\b))"
)
MULTIPLIES = re.compile(r"(?:(?<!\d)×|\btimes|\bfactor of|\bfactor)\s?$")
ABSOLUTE = re.compile(r"absolute|절대", re.IGNORECASE)
NAMED = re.compile(r"([A-Za-z]*)-$")
RANGE = {"-", "–", "—", "~", "∼", "to", "에서", "내지", "and", "부터", "및", "와", "과", "→", "->"}
# Letters that stand directly behind a number and leave it one; others, such as those of 3DGS, make it a name.
MEASURES = word_set(
    "x fps px ms s sec min h hr hrs kb mb gb tb pb gib mib hz khz mhz ghz w kw mw kwh mah nm mm cm m km kg g db th st"
    " nd rd bit bits p v am pm pt pts pp"
)


@dataclass(frozen=True)
class Figure:
    """A number as read: its value, its kind of unit ("", "%", "%p", either of these, or "x"), how it is written and where.

    `also` has the other values it may mean: in 3~5만 the 3 may be 3만.
    """

    value: Decimal
    unit: str
    written: str
    start: int
    end: int
    in_words: bool = False
    also: tuple[Decimal, ...] = ()


def normal(text: str) -> str:
    """The text for reading numbers: full width characters plain, links and the numbering of lists blanked out. Raised
    digits stay raised, so that 10⁵ is not 105."""
    plain = ODD.sub(_plain, text)
    return ENUMERATION.sub(
        _blank, LIST_NUMBER.sub(_blank, SHARE_OF.sub(_blank, LINK.sub(_blank, CROSS.sub("×", plain))))
    )


def counted_in(text: str) -> int:
    """How far a text numbers what it lists, "(1) … (2) … 3) …": the highest such number, or 0."""
    return max((int(n) for n in ENUMERATION.findall(text) if n), default=0)


@lru_cache(maxsize=64)
def told(text: str) -> tuple[str, tuple[Figure, ...]]:
    """A text made `normal`, and the numbers in it."""
    prose = normal(text)
    return prose, tuple(figures(prose))


def figures(text: str) -> list[Figure]:
    """The numbers of a text that `normal` made, in digits and in words."""
    powers = list(_powers(text))
    digits = list(_digits(POWER.sub(_blank, text) if powers else text))
    words = [*english_numbers(text), *korean_numbers(text)]
    return powers + digits + [Figure(value, unit, text[a:b], a, b, True) for value, unit, a, b in words]


def _plain(match: re.Match[str]) -> str:
    plain = unicodedata.normalize("NFKC", match[0])
    return plain if len(plain) == 1 else match[0]


def _blank(match: re.Match[str]) -> str:
    return " " * len(match[0])


def _powers(text: str) -> Iterator[Figure]:
    if not MAY_HOLD_POWER.search(text):
        return
    for match in POWER.finditer(text):
        exponent = int(match["plain"] or match["raised"].translate(RAISED))
        value = Decimal(match["factor"] or 1).scaleb(exponent)
        unit, end = _unit_at(text, match.start(), match.end())
        yield Figure(value, unit, match[0], match.start(), end)


def _digits(text: str) -> Iterator[Figure]:
    previous: Figure | None = None
    for match in NUMBER.finditer(text):
        figure = _figure(match, text)
        if figure is None:
            continue
        if previous:
            yield _of_range(previous, figure, match) if _is_range(text[previous.end : figure.start]) else previous
        previous = figure
    if previous:
        yield previous


def _figure(match: re.Match[str], text: str) -> Figure | None:
    tail, start = match["tail"], match.start()
    if tail and tail.lower() not in MEASURES:
        return None
    before = NAMED.search(text, max(0, start - 20), start)
    if before and before[1] and not match["letter"] and not (before[1].islower() and len(before[1]) > 2):
        return None  # GPT-4, COVID-19; but not top-5 or Qwen-7B
    scale = match["letter"] or match["word"] or match["korean"] or ""
    value = Decimal(match["digits"].replace(",", "") + (match["fraction"] or "")).scaleb(SCALES.get(scale.lower(), 0))
    value += _more(match["more"] or "")
    unit, end = _unit_at(text, start, match.start("tail") if tail else match.end())
    return Figure(value, unit, text[start:end].strip(), start, end)


def _more(text: str) -> Decimal:
    """What follows the first scale of 3억 6천만 or 1만 2,000."""
    parts = ((digits.replace(",", ""), scale) for digits, scale in MORE.findall(text))
    return sum((Decimal(digits).scaleb(SCALES.get(scale, 0)) for digits, scale in parts), Decimal(0))


def _unit_at(text: str, start: int, end: int) -> tuple[str, int]:
    match = UNIT.match(text, end)
    if match is None:
        return (TIMES if MULTIPLIES.search(text, max(0, start - 12), start) else ""), end
    if match["point"]:
        return POINT, match.end()
    if match["percent"]:
        near = text[max(0, start - 30) : start] + text[match.end() : match.end() + 20]
        return (EITHER if ABSOLUTE.search(near) else PERCENT), match.end()
    return TIMES, match.end()


def _is_range(between: str) -> bool:
    return between.strip() in RANGE


def _of_range(first: Figure, last: Figure, match: re.Match[str]) -> Figure:
    """The first number of a range, with the unit and perhaps the scale of the last: 20-40%, 3~5만."""
    scale = match["letter"] or match["word"] or match["korean"] or ""
    also = (first.value.scaleb(SCALES[scale.lower()]),) if scale and first.value < 1000 else ()
    return replace(first, unit=first.unit or last.unit, also=also)
