"""Numbers of a statement, looked up in an abstract: the same value in another dress passes, another value does not."""

from decimal import Decimal

import pytest

from digests.parts import Abstract
from digests.verification.figures import figures, normal
from digests.verification.ground import ground, read
from digests.verification.magnitudes import in_english, in_korean
from digests.verification.numbers import doubtful_numbers
from digests.verify import mend_magnitudes

CORPUS = read(
    "LongTalk: four stages to longer speech",
    "We train on 250 billion tokens and 3.6 million hours (216K speakers) in four training stages. A 7-billion model "
    "gains 4.2 percentage points on 12 benchmarks, an absolute gain of 8% over GPT-4, uses 29.8% of the memory, runs "
    "2.36$\\times$ faster on one third of the data, two orders of magnitude cheaper, and needs $10^{5}$ steps. Three "
    "annotators rate 1,920 3D scenes; scores rise from 3.1 to 7.8. We (1) collect, (2) clean and (3) label.",
)


def read_numbers(text):
    return [(str(f.value.normalize()), f.unit) for f in figures(normal(text)) if not f.in_words]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("15억 3천만 개", [("1.53E+9", "")]),
        ("1만 2,000 개", [("1.2E+4", "")]),
        ("4만 3억", [("4E+4", ""), ("3E+8", "")]),
        ("3.6 billion", [("3.6E+9", "")]),
        ("40K개의 문제", [("4E+4", "")]),
        ("Qwen-7B", [("7E+9", "")]),
        ("20-40%", [("2E+1", "%"), ("4E+1", "%")]),
        ("9%p, 5.3 포인트", [("9", "%p"), ("5.3", "%p")]),
        ("12배, 2.4x, ×3", [("12", "x"), ("2.4", "x"), ("3", "x")]),
        ("3.2×10⁻³", [("0.0032", "")]),
        ("1280x720, 24fps", [("1.28E+3", ""), ("7.2E+2", ""), ("24", "")]),
        ("4 조합, 2 배치", [("4", ""), ("2", "")]),
        ("GPT-4, 3DGS, v2.1.3, R1, 2D", []),
        ("https://a.example/2411.00001", []),
        ("1. 주제\n- 2) 방법\n(3) 결론", []),
        ("③ 결론", []),
    ],
)
def test_numbers_are_read_with_their_scale_and_unit(text, expected):
    assert read_numbers(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "2,500억 토큰",
        "360만 시간과 21만 6,000명",
        "70억 매개변수",
        "4단계로 학습한다",
        "네 단계로 학습한다",
        "4.2%p 향상",
        "4.2 포인트 향상",
        "8%p 향상",
        "8% 향상",
        "메모리의 29.8%",
        "2.36배 빠르다",
        "약 2.4배 빠르다",
        "데이터의 3분의 1",
        "100배 저렴하다",
        "100분의 1 비용",
        "10만 단계",
        "세 명의 주석자",
        "주석자 3명",
        "1,920개 장면을 3차원으로",
        "약 1,900개 장면",
        "10여 개 벤치마크",
        "3.1에서 7.8로",
        "3가지를 한다",
        "GPT 4 대비",
        "1개의 모델",
        "2위를 기록한다",
        "2차 평가와 1인칭 시점",
        "1단계에서는 모은다",
        "1. 방법\n2. 결과",
    ],
)
def test_the_same_number_in_another_dress_is_found(text):
    assert doubtful_numbers(text, [CORPUS]) == []


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("250억 토큰", "number not in the abstract"),
        ("3.6억 시간", "number not in the abstract"),
        ("216M 화자", "number not in the abstract"),
        ("0.7B 모델", "number not in the abstract"),
        ("13개 벤치마크", "number not in the abstract"),
        ("약 2,400개 장면", "number not in the abstract"),
        ("29.8%p 절감", "percent for percentage points"),
        ("29.8 percentage points less", "percent for percentage points"),
        ("4.2% 향상", "percent for percentage points"),
        ("100% 향상", "number with another unit"),
        ("3단계로 학습한다", "number of something else"),
        ("두 단계로 학습한다", "number of something else"),
        ("in 3 training stages", "number of something else"),
        ("4배 빠르다", "number of something else"),
        ("5배 빠르다", "number not in the abstract"),
    ],
)
def test_another_number_is_doubted(text, kind):
    assert [doubt.kind for doubt in doubtful_numbers(text, [CORPUS])] == [kind]


def test_a_number_of_any_of_the_papers_will_do():
    other = read("A paper", "It has 13 parts.")
    assert doubtful_numbers("13개 부분", [CORPUS, other]) == []


@pytest.mark.parametrize(
    ("value", "korean", "english"),
    [
        (3_600_000_000, "36억", "3.6 billion"),
        (250_000_000_000, "2,500억", "250 billion"),
        (7_300_000, "730만", "7.3 million"),
        (150_000_000, "1억 5,000만", "150 million"),
        (12_345_678, "1,234만 5,678", "12,345,678"),
        (21_600, "2만 1,600", "21,600"),
        (10**12, "1조", "1 trillion"),
        (2_800, "2,800", "2,800"),
    ],
)
def test_large_numbers_are_written_by_code(value, korean, english):
    assert in_korean(Decimal(value)) == korean
    assert in_english(Decimal(value)) == english


PAPER = Abstract(
    "2411.00001",
    "T",
    "On 250 billion tokens, 100 million pairs, 50 billion and 500 million words, 1.5M rows, 20 of 2,000",
)


@pytest.mark.parametrize(
    ("text", "language", "mended"),
    [
        ("토큰 250억 개로 학습", "ko", "토큰 2,500억 개로 학습"),
        ("100만 쌍과 250억 토큰", "ko", "1억 쌍과 2,500억 토큰"),
        ("50억 단어", "ko", "500억 단어"),
        ("15만 행", "ko", "150만 행"),
        ("on 25 billion tokens", "en", "on 250 billion tokens"),
        ("150만 행", "ko", "150만 행"),
        ("7억 개", "ko", "7억 개"),
        ("5조 단어", "ko", "5조 단어"),  # 50 billion or 500 million: nobody knows
        ("200 개", "ko", "200 개"),
        ("0만 개", "ko", "0만 개"),
    ],
)
def test_a_number_wrong_by_some_zeros_is_mended_where_it_is_plain_which_was_meant(text, language, mended):
    assert mend_magnitudes(text, [PAPER], language).text == mended


def test_what_was_mended_is_told_in_the_texts_order():
    assert mend_magnitudes("100만 쌍과 250억 토큰", [PAPER], "ko").changes == [("100만", "1억"), ("250억", "2,500억")]


@pytest.mark.parametrize("text", ["1.,2억 3,,4만", "10^99", "9" * 200, "0억 0.0%", "٣٤٥", "5" + "0" * 40 + "억"])
def test_no_digits_are_too_odd_to_be_read(text):
    told = Abstract("2411.00002", text, text)
    assert doubtful_numbers(text, [ground(told)]) == []
    assert mend_magnitudes(f"{text} 3억", [told], "ko").changes == []
