"""In which language a text is, and what in it is in another. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from digests.offline.stopwords import word_set

HANGUL = re.compile(r"[가-힣]")
LATIN_WORD = re.compile(r"[A-Za-z]+")
# Everything but Latin, Greek (φ-Decoding), Hangul and the letter-like symbols of mathematics.
FOREIGN = re.compile(
    r"[\u0400-\u052f\u0530-\u08ff\u0900-\u10ff\u1200-\u139f\u1780-\u17ff\u3040-\u30ff\u31f0-\u31ff\uff66-\uff9d]"
    r"|[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]"
)
HAN_IN_BRACKETS = re.compile(
    r"[(（][\u4e00-\u9fff\u3400-\u4dbf\s]{1,12}[)）]"
)  # 비(非), 금본위(金本位): Korean spelling
# Words that make a run of Latin letters a sentence rather than a name or a title.
ENGLISH_TISSUE = word_set(
    "the a an of and to in is are was were has have had been be by for with that which this these we our it its from on"
    " as can will not their they at into"
)
LEAST_WORDS, LEAST_TISSUE = 6, 2
KOREAN_LEAST, HANGUL_MOST = 0.3, 0.05  # shares of the letters


def is_in(text: str, language: str) -> bool:
    """Whether prose is in `language`: Korean has Hangul in three of ten letters or more; English has hardly any, nor
    other letters than Latin ones."""
    letters = [c for c in text if c.isalpha()]
    hangul = sum("가" <= c <= "힣" for c in letters)
    if language == "ko":
        return bool(letters) and hangul >= KOREAN_LEAST * len(letters)
    latin = sum(c < "\u0250" for c in letters)
    return bool(letters) and hangul <= HANGUL_MOST * len(letters) and latin >= 0.7 * len(letters)


def untranslated(text: str, language: str, titles: Iterable[str] = ()) -> str:
    """The beginning of a statement that is a sentence in the other language, or nothing. A paper's title is none."""
    if language == "en":
        return text[:80] if len(HANGUL.findall(text)) > 1 else ""
    for title in titles:
        text = text.replace(title, " ")
    hangul = len(HANGUL.findall(text))
    words = LATIN_WORD.findall(text)
    if hangul >= KOREAN_LEAST * max(1, hangul + sum(map(len, words))) or len(words) < LEAST_WORDS:
        return ""
    tissue = sum(word.lower() in ENGLISH_TISSUE for word in words)
    return text[:80] if tissue >= LEAST_TISSUE else ""


def foreign_letters(text: str, sources: Iterable[str] = ()) -> list[str]:
    """Runs of letters that are neither Korean nor Latin nor Greek and that no source has: a word that slipped in from
    a third language."""
    if not FOREIGN.search(text):
        return []
    seen = HAN_IN_BRACKETS.sub("", unicodedata.normalize("NFC", text))
    runs = "".join(c if FOREIGN.match(c) or unicodedata.combining(c) else " " for c in seen).split()
    known = " ".join(sources)
    return [run for run in dict.fromkeys(runs) if FOREIGN.search(run) and run not in known]
