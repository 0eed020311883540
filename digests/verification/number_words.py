"""Numbers that stand in words: "three", "twenty-five", "a dozen", "two orders of magnitude", 두 가지, 스무 개."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from decimal import Decimal
from itertools import groupby

ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
)
TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
ENGLISH = {word: Decimal(value) for value, word in enumerate(ONES.split())} | {
    word: Decimal(10 * tens) for tens, word in enumerate(TENS.split(), start=2)
}
SCALES = {"hundred": 2, "thousand": 3, "million": 6, "billion": 9, "trillion": 12}
# What is a number only in company, or multiplies: (words, value, unit); a word may be several.
PHRASES = (
    ("single sole once solo", "1", ""),
    ("a|second a|minute an|hour a|day a|week a|month a|year", "1", ""),
    ("per|second per|minute per|hour per|day each|second every|day", "1", ""),
    ("dual both pair pairs pairwise couple twofold two|fold binary bilingual bidirectional", "2", ""),
    ("twice double doubles doubled doubling twofold two|fold halve halves halved halving half", "2", "x"),
    ("triplet triplets tripartite trimodal trio third thirds triple ternary trilingual", "3", ""),
    ("triple triples tripled tripling threefold three|fold thrice", "3", "x"),
    ("quarter quarters quadruplets quartet", "4", ""),
    ("quadruple quadruples quadrupled quadrupling fourfold four|fold", "4", "x"),
    ("half halves halve halved halving", "50", "%"),
    ("half", "0.5", ""),
    ("one|quarter a|quarter", "25", "%"),
    ("three|quarters", "75", "%"),
    ("dozen", "12", ""),
    ("decade decades", "10", ""),
    ("hundreds|of", "100", ""),
    ("thousands|of", "1000", ""),
    ("million|scale millions|of a|million", "1e6", ""),
    ("billion|scale billions|of a|billion", "1e9", ""),
    ("trillion|scale trillions|of a|trillion", "1e12", ""),
    ("an|order|of|magnitude one|order|of|magnitude", "10", "x"),
    ("two|orders|of|magnitude 2|orders|of|magnitude", "100", "x"),
    ("three|orders|of|magnitude 3|orders|of|magnitude", "1000", "x"),
)
_readings: dict[str, list[tuple[Decimal, str]]] = {}
for _words, _value, _unit in PHRASES:
    for _phrase in _words.split():
        _readings.setdefault(_phrase.replace("|", " "), []).append((Decimal(_value), _unit))


def _one_of(phrases: Iterable[str]) -> str:
    """A pattern of phrases by their first letters, so that most words are passed over at the first glance."""
    ordered = sorted(phrases, key=lambda phrase: (phrase[0], -len(phrase), phrase))
    groups = [(letter, "|".join(p[1:] for p in group)) for letter, group in groupby(ordered, key=lambda p: p[0])]
    return "|".join(f"{letter}(?:{rests})" for letter, rests in groups)


PHRASE = re.compile(rf"\b(?:{_one_of(_readings)})\b")
SPELLED = re.compile(
    rf"\b(?P<first>{_one_of(ENGLISH)})"
    r"(?:[-\s](?P<second>one|two|three|four|five|six|seven|eight|nine))?"
    rf"(?:[-\s](?P<scale>{'|'.join(SCALES)}))?\b(?!\s+(?:of\s+the|another|can|might|may|should|could)\b)"
)
LETTERS = re.compile(r"[A-Za-z]{3}")
HYPHENS = str.maketrans("-\n", "  ")

KOREAN_ONES = "한 두 세 네 다섯 여섯 일곱 여덟 아홉 열 열한 열두 열세 열네 열다섯 열여섯"
NATIVE = {word: Decimal(value) for value, word in enumerate(KOREAN_ONES.split(), start=1)} | {"스무": Decimal(20)}
COUNTERS = "가지 개의 개 단계 명 종류 종 편 곳 축 쌍 차례 차원 측면 유형 번 배 층 분야 영역 모델 데이터셋 벤치마크 작업"
COUNTED = re.compile(
    rf"(?<![가-힣])(?P<word>{'|'.join(sorted(NATIVE, key=len, reverse=True))})\s?"
    rf"(?P<counter>{'|'.join(COUNTERS.split())})(?!\s?째)"
)


def english_numbers(text: str) -> Iterator[tuple[Decimal, str, int, int]]:
    """(value, unit, start, end) of each number in English words; the unit is "", "%" or "x"."""
    if not LETTERS.search(text):
        return
    lower = text.lower()
    for match in SPELLED.finditer(lower):
        value = ENGLISH[match["first"]]
        if match["second"] and value >= 20:
            value += ENGLISH[match["second"]]
        if match["scale"]:
            value = value.scaleb(SCALES[match["scale"]])
        yield value, "", match.start(), match.end()
    for match in PHRASE.finditer(lower.translate(HYPHENS)):
        for value, unit in _readings[match[0]]:
            yield value, unit, match.start(), match.end()


def korean_numbers(text: str) -> Iterator[tuple[Decimal, str, int, int]]:
    """The same for counted Korean words (두 가지, 세 단계, 두 배); never for ordinals (두 번째)."""
    for match in COUNTED.finditer(text):
        yield NATIVE[match["word"]], "x" if match["counter"] == "배" else "", match.start(), match.end("word")
