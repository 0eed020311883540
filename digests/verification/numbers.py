"""Checks the numbers of a statement against the papers it rests on: by value, by kind of unit, and by what they count.
Pure.

A number is wrong when no paper has its value, when the value is there with another kind of unit only (27% for 27
percentage points, 3배 for 3%), or when the paper counts the same things and always finds another number.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import NamedTuple

from digests.offline.stopwords import word_set
from digests.verification.figures import EITHER, PERCENT, POINT, TIMES, Figure, told
from digests.verification.ground import Ground, lower_words
from digests.verification.vocabulary import terms_in

ABOUT = re.compile(r"(?:약|대략|거의|about|around|roughly|approximately|nearly|almost|~|≈)\s?$", re.IGNORECASE)
MORE_THAN = re.compile(r"여(?:\s|[가-힣]{1,2}\s)")  # 10여 개 for 12
MOST_MORE = 2
# Behind these a number orders or names rather than counts: 1위, 2차, 3인칭, 4족, 5단계에서는.
ORDINAL = re.compile(
    r"\s?(?:위(?![가-힣]{2})|차(?!원|량|례|이)|인칭|족|진법|진수|세대|번째|대\s?1\b|:\s?\d|단계(?:에서|에는|는|가))"
)
COUNTER = re.compile(
    r"\s?(?:여\s)?(?:가지(?:의)?|개(?:의)?|종류(?:의)?|종(?:의)?|명(?:의)?|건(?:의)?|편(?:의)?|곳(?:의)?|쌍(?:의)?|대(?:의)?)?\s?"
)
ENGLISH_COUNTED = re.compile(
    r"[-\s](?:[A-Za-z-]{3,}\s){0,2}?(?P<noun>(?!(?:across|less|versus|was|is|has)\b)[A-Za-z]{3,}s|k?Hz|[GMT]B|ms)\b"
)
HANGUL_WORD = re.compile(r"[가-힣]+")
STOP = re.compile(r"[.,;:()\[\]—]")
MEASURE_STEMS = {
    "초": ("second", "s ", "sec"), "분": ("minute", "min"), "시간": ("hour", "h "), "일": ("day",), "주": ("week",),
    "개월": ("month",), "년": ("year",), "비트": ("bit",), "층": ("layer",), "단계": ("stage", "step", "phase"),
    "차원": ("dimension",), "라운드": ("round",), "회": ("time", "round"), "명": ("annotator", "participant", "people"),
}  # fmt: skip
VAGUE = word_set("모델 방법 데이터 시스템 연구 접근 결과 대규모 다양 복잡 포괄 종합 체계적 대상 기술 다른")
SAYS_NOTHING = word_set(
    "주요 핵심 서로 다른 새로운 고유한 대표적인 중요한 주된 상이한 이상의 넘는 이상 여 독립적인 개별"
)
SMALL = 10


class Doubt(NamedTuple):
    """What is wrong with a number, and how it is written in the statement."""

    kind: str
    written: str


def doubtful_numbers(text: str, grounds: Sequence[Ground]) -> list[Doubt]:
    """The numbers of a statement that the papers contradict or do not have."""
    prose, found = told(text)
    return list(dict.fromkeys(doubt for figure in found if (doubt := _doubt(figure, prose, grounds))))


def checkable(text: str) -> list[Figure]:
    """The numbers in digits of a statement: what a check by value can speak about."""
    return [figure for figure in told(text)[1] if not figure.in_words]


def _doubt(figure: Figure, prose: str, grounds: Sequence[Ground]) -> Doubt | None:
    if ORDINAL.match(prose, figure.end) or _is_dimension(figure, prose, grounds):
        return None
    found = [(ground, match) for ground in grounds for match in _matches(figure, ground, prose)]
    if not found:
        is_one = figure.value == 1 and not figure.unit  # "a GPU" is one
        if figure.in_words or is_one or _is_named(figure, prose, grounds):
            return _miscounted(figure, prose, grounds)
        return Doubt("number not in the abstract", figure.written)
    units = {match.unit for _, match in found}
    # Any abstract has a small number somewhere; one that multiplies must be found among those that do.
    is_small = figure.unit in (TIMES, PERCENT) and figure.value < SMALL
    if is_small and not units & {figure.unit, POINT, EITHER} and _has_unit(figure.unit, grounds):
        return Doubt("number of something else", figure.written)
    if figure.unit == POINT and units == {PERCENT} or figure.unit == PERCENT and units == {POINT}:
        return Doubt("percent for percentage points", figure.written)
    if figure.unit and not units & {figure.unit, ""} and not {figure.unit, *units} <= {PERCENT, POINT, EITHER}:
        return Doubt("number with another unit", figure.written)
    is_rounded = all(match.value != figure.value for _, match in found)
    is_plain = not figure.unit and not is_rounded and (figure.in_words or figure.written.isdigit())
    return _miscounted(figure, prose, grounds) if is_plain else None


def _matches(figure: Figure, ground: Ground, prose: str) -> Iterator[Figure]:
    """Where the paper has the number: the value itself, a share as a percentage, or a value that was rounded."""
    for value in (figure.value, *figure.also):
        yield from ground.at(value)
    if figure.unit == PERCENT and figure.value < 100:
        yield from ground.at(figure.value / 100)
    elif not figure.unit and 0 < figure.value < 1:
        yield from ground.at(figure.value * 100)
    if ABOUT.search(prose, max(0, figure.start - 16), figure.start):
        yield from (other for other in ground.figures if _rounds_to(other.value, figure.value))
    if MORE_THAN.match(prose, figure.end):
        yield from (other for other in ground.figures if figure.value < other.value < figure.value * MOST_MORE)


def _has_unit(unit: str, grounds: Sequence[Ground]) -> bool:
    return any(figure.unit == unit for ground in grounds for figure in ground.figures)


def _rounds_to(value: Decimal, rounded: Decimal) -> bool:
    """Whether `rounded` is `value` with fewer digits, within a twentieth; a small one within a tenth."""
    digits, fewer = (len(each.normalize().as_tuple().digits) for each in (value, rounded))
    return fewer < digits and abs(value - rounded) <= value / (10 if rounded < SMALL else 20)


def _is_dimension(figure: Figure, prose: str, grounds: Sequence[Ground]) -> bool:
    """Whether 3차원 is the source's 3D."""
    is_counted = prose.startswith("차원", figure.end)
    return is_counted and any(f"{figure.written}d" in ground.names.letters for ground in grounds)


def _is_named(figure: Figure, prose: str, grounds: Sequence[Ground]) -> bool:
    """Whether the number belongs to a name that the source writes in one piece: GPT 4 for GPT-4."""
    before = re.search(r"([A-Za-z]+)[ -]$", prose[: figure.start])
    if before is None:
        return False
    joined = f"{before[1]}{figure.written}".lower()
    return any(joined in ground.names.letters for ground in grounds)


def _miscounted(figure: Figure, prose: str, grounds: Sequence[Ground]) -> Doubt | None:
    """A doubt when the papers count what the statement counts, and never come to this number."""
    stems = _counted(figure, prose)
    if not stems:
        return None
    counts = [other for ground in grounds for other in ground.figures if _counts(other, ground, stems)]
    if not counts or any(figure.value in (other.value, *other.also) for other in counts):
        return None
    return Doubt("number of something else", figure.written + prose[figure.end : figure.end + 8].rstrip())


def _counted(figure: Figure, prose: str) -> tuple[str, ...]:
    """The English stems of what stands behind a number: 4가지 주요 영역 → area, domain, field; 4 key areas → area."""
    after = prose[figure.end : figure.end + 24]
    if after.startswith("분의"):
        return ()
    for word, stems in MEASURE_STEMS.items():
        if re.match(rf"\s?{word}(?![가-힣]{{2}})", after):
            return stems
    if english := ENGLISH_COUNTED.match(after):
        return (english["noun"].lower().rstrip("s"),)
    rest = after[COUNTER.match(after).end() :]  # type: ignore[union-attr]
    for word in HANGUL_WORD.findall(STOP.split(rest, maxsplit=1)[0])[:3]:
        terms = terms_in(word)
        if terms:
            return terms[0].stems if terms[0].korean not in VAGUE else ()
        if word not in SAYS_NOTHING:
            return ()
    return ()


def _counts(figure: Figure, ground: Ground, stems: tuple[str, ...]) -> bool:
    """Whether one of the words behind a number of the paper, up to the next stop, is one of these."""
    if figure.unit or figure.value != int(figure.value):
        return False
    after = STOP.split(ground.prose[figure.end : figure.end + 40], maxsplit=1)[0]
    words = lower_words(" ".join(after.split()[:4]))
    return any(f" {stem}" in words for stem in stems)
