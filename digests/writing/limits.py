"""What a result rests on - data, size, setting - in the abstract's own sentence, for a paper no model told it of. Pure."""

from __future__ import annotations

import re

from digests.offline.reading import read_paper
from digests.offline.sentences import shorten
from digests.parts import Abstract, Bullet
from digests.writing.evidence import sentence_ids

LONGEST = 220  # characters
LEAST = 2.0
NOT_SAID = {
    "ko": "초록은 결과가 어떤 데이터와 조건에서 나왔는지 밝히지 않습니다.",
    "en": "The abstract does not say on what data or in what setting.",
}
CUES = (
    (3.0, re.compile(r"\b(?:limited to|limitations?|only (?:on|in|for|when|under)|restricted to|we assume|assum(?:es|ing))\b")),
    (2.0, re.compile(r"\b(?:experiments?|evaluat(?:e|ed|ion|ions|ing)|tested|test(?:s|ing)? on|validated|simulat(?:ed|ion|ions))\b")),
    (1.5, re.compile(r"\b(?:datasets?|benchmarks?|corpus|corpora|participants|patients|subjects|human (?:raters|studies))\b")),
    (1.0, re.compile(r"\b\d[\d,.]*\s?(?:k|m|b|thousand|million|billion)?\s(?:\w+\s){0,2}(?:samples?|images?|videos?|tasks?|languages?|"
                     r"models?|hours?|questions?|datasets?|benchmarks?|participants|patients|tokens?|parameters?|scenes?|domains?)\b")),
    (1.0, re.compile(r"\b(?:trained|fine-tuned|pre-?trained) on\b|\b(?:across|on|over) (?:\w+\s){0,2}(?:datasets?|benchmarks?|tasks?|models?)\b")),
)  # fmt: skip


def limits_line(paper: Abstract, language: str) -> Bullet:
    """The sentence of the abstract that says most about data, size and setting; else that the abstract is silent."""
    scored = [(_score(sentence.text), -sentence.place, sentence) for sentence in read_paper(paper).sentences]
    best = max(scored, default=None, key=lambda each: each[:2])
    if best is None or best[0] < LEAST:
        return Bullet(NOT_SAID[language], (paper.id,))
    sentence = best[2]
    return Bullet(shorten(sentence.text, LONGEST), (paper.id,), sentence_ids(paper, [sentence.place + 1]))


def _score(sentence: str) -> float:
    lowered = sentence.lower()
    return sum(weight for weight, cue in CUES if cue.search(lowered))
