"""Texts from outside come out as one honest line."""

import unicodedata

import pytest

from digests.text import MAX_TITLE, MOST_MARKS, clean, storable, title_key

FAMILY = "👩\u200d💻 and 👁️\u200d🗨️"
PERSIAN = "می\u200cخواهم"
ODD = [
    "plain",
    " two\t words\r\n on\x0btwo\u2028lines \u00a0 ",
    "e\u200b\u0301tude",
    "a\u0301" * 30,
    "Zal" + "\u0300\u0316" * 5000 + "go",
    FAMILY,
    PERSIAN,
    "ig\u200dno\u200cre\ufe0f all",
    "\ud800half\udfff",
    "a \u200b \u202e b",
    "x" * 999 + " " * 9 + "y",
    "한글 자모 \u1112\u1161\u11ab",
    "\u212b\ufe0e \u212b\u200dx",  # a sign that is composed into a letter
    "xxxx💻\u200d💻",  # cut behind a joiner
]


@pytest.mark.parametrize(
    ("given", "seen"),
    [
        (" two\t words\r\n on\x0btwo\u2028lines \u00a0 ", "two words on two lines"),
        ("\u202etxet\u202c \u2066x\u2069 \u200fy", "txet x y"),
        ("in\u200bvis\ufeffi\u2060ble", "invisible"),
        ("bell\x07 nul\0 escape\x1b[31m", "bell nul escape[31m"),
        ("tag\U000e0041\U000e0042\U000e007f", "tag"),
        ("half\ud800", "half"),
        ("private\ue000 use", "private use"),
        ("secret\U000e0101\U000e01ef\ufe01 selectors", "secret selectors"),
        ("filler\u3164\u115f\uffa0\u034f", "filler"),
        ("ig\u200dno\u200cre", "ignore"),
        ("한\u200d글", "한글"),
        ("text\ufe0f", "text"),
        ("e\u0301", "é"),
        ("e\u200b\u0301", "é"),
        ("\u1112\u1161\u11ab", "한"),
        ("a \u200b b", "a b"),
        ("<script>alert(1)</script> {{ x }} $\\alpha$", "<script>alert(1)</script> {{ x }} $\\alpha$"),
        ("", ""),
        ("\u200b\n", ""),
    ],
)
def test_what_misleads_the_eye_is_removed_and_the_rest_stays(given, seen):
    assert clean(given, 500) == seen


@pytest.mark.parametrize("joined", [FAMILY, PERSIAN, "1️⃣ ❤️\u200d🔥", "नम\u200dस्ते"])
def test_joiners_stay_where_they_are_part_of_a_sign_or_a_word(joined):
    assert clean(joined, 500) == unicodedata.normalize("NFC", joined)


@pytest.mark.parametrize("text", ODD)
@pytest.mark.parametrize("limit", [6, 1000])
def test_cleaned_text_is_short_enough_composed_and_clean_already(text, limit):
    once = clean(text, limit)
    assert len(once) <= limit
    assert once == once.strip()
    assert unicodedata.is_normalized("NFC", once)
    assert clean(once, limit) == once
    once.encode()


def test_no_letter_bears_more_marks_than_any_script_stacks():
    # Normalising takes the square of their number: 80,000 of them took five seconds.
    assert len(clean("a" + "\u0316\u0300" * 40_000, 80_000)) <= 1 + MOST_MARKS


def test_text_of_any_length_is_cut_before_it_is_looked_at():
    assert clean("y" + " x" * 5_000_000, 10) == "y x x x x"


@pytest.mark.parametrize("text", ["nul\0", "half\ud800", "\udfff", "🙂 한글\n raw  text"])
def test_raw_text_loses_only_what_no_database_takes(text):
    kept = storable(text, 100)
    kept.encode()
    assert "\0" not in kept
    assert kept == text.replace("\0", "").replace("\ud800", "?").replace("\udfff", "?")
    assert storable(text, 2) == kept[:2]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("GPT-4: A Study", "gpt 4 — a study"),
        ("Straße", "STRASSE"),
        ("ﬁne-tuning", "Fine Tuning"),
        ("E\u200b2E  learning", "e2e Learning"),
        ("x" * (MAX_TITLE + 9), "x" * MAX_TITLE),
    ],
)
def test_the_same_title_in_another_spelling_has_the_same_key(one, other):
    assert title_key(one) == title_key(other) != ""


def test_different_titles_have_different_keys():
    assert title_key("GPT-4: A Study") != title_key("GPT-5: A Study")
    assert title_key("α-nets") != title_key("β-nets")


def test_a_title_without_letters_or_digits_has_no_key():
    assert title_key("*** !!") == ""
