"""What a Korean sentence is about, in English: the words of the field in both languages. Pure.

`korean_terms.txt` has a line for each notion: how many of a hundred abstracts mention it, the beginnings of its English
words, "=", its Korean words; an underscore stands for a space. A "~" marks what summaries say of any paper (연구, 결과):
finding it in the source says a little, not finding it nothing.
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from pathlib import Path

TERMS = Path(__file__).with_name("korean_terms.txt")
RUN = re.compile(r"[가-힣]+(?: [가-힣]+)*")
ENDS_WORD = frozenset(" 의을를은는이가과와도에로만들")
RENDERED = 0.85  # how often the English word for a Korean one stands in the abstract it was told from
NEAR_NOTHING, NEAR_ALWAYS = 0.01, 0.95


@dataclass(frozen=True)
class Term:
    """A Korean word and what it may be in English. `for_it` and `against` are logarithms of how much likelier an
    abstract is the right one when it has one of the words, and when it has none."""

    korean: str
    stems: tuple[str, ...]
    for_it: float
    against: float


@cache
def korean_terms() -> dict[str, Term]:
    """All terms by their Korean words, each also written without its spaces."""
    stems: dict[str, list[str]] = defaultdict(list)
    missed: dict[str, float] = defaultdict(lambda: 1.0)
    weak: set[str] = set()
    for line in TERMS.read_text("utf-8").splitlines():
        if not line or line.startswith("#"):
            continue
        share, _, rest = line.partition(" ")
        english, korean = (side.replace("_", "\0").split() for side in rest.split(" = "))
        for word in korean:
            for spelled in {word.replace("\0", " "), word.replace("\0", "")}:
                stems[spelled] += [stem.replace("\0", " ") for stem in english]
                missed[spelled] *= 1 - float(share.lstrip("~")) / 100
                if share.startswith("~"):
                    weak.add(spelled)
    return {
        korean: _term(korean, tuple(dict.fromkeys(found)), 1 - missed[korean], korean in weak)
        for korean, found in stems.items()
    }


def terms_in(text: str) -> list[Term]:
    """The terms in a Korean text, each once, the longest first where they overlap."""
    table = korean_terms()
    longest = _longest()
    found: dict[str, Term] = {}
    for run in RUN.findall(text):
        at, at_border = 0, True
        while at < len(run):
            if run[at] == " ":
                at, at_border = at + 1, True
                continue
            word = _word_at(run, at, at_border, table, longest.get(run[at], 0))
            if word:
                found[word] = table[word]
            at, at_border = at + max(1, len(word)), bool(word)
    return list(found.values())


def _word_at(run: str, at: int, at_border: bool, table: dict[str, Term], longest: int) -> str:
    """The longest term that stands here; inside a word, none of less than three letters."""
    for length in range(min(longest, len(run) - at), 0, -1):
        word = run[at : at + length]
        if word not in table or not (at_border or length > 2):
            continue
        if length > 1 or at + 1 == len(run) or run[at + 1] in ENDS_WORD:
            return word
    return ""


@cache
def _longest() -> dict[str, int]:
    """The length of the longest term by its first letter."""
    longest: dict[str, int] = {}
    for word in korean_terms():
        longest[word[0]] = max(len(word), longest.get(word[0], 0))
    return longest


def _term(korean: str, stems: tuple[str, ...], share: float, weak: bool) -> Term:
    share = min(max(share, NEAR_NOTHING), NEAR_ALWAYS)
    rendered = max(RENDERED, share)
    for_it, against = math.log(rendered / share), math.log((1.02 - rendered) / (1.02 - share))
    return Term(korean, stems, for_it / 2 if weak else for_it, 0.0 if weak else against)
