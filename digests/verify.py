"""Check a summary against the abstracts it rests on. Pure: values in, findings out.

Two strengths: a *fault* makes a text unfit to be shown to anyone; a *flag* is a doubt that the editor sees beside it.
Not seen by these rules: a negation turned round, roles swapped, a claim stretched. docs/decisions.md says what is planned.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from digests.grounds import ground, strange_names, strange_numbers
from digests.parts import PARTS, Abstract, Bullet
from digests.text import clean

LONGEST_BULLET = 600
FORBIDDEN = {
    "link": re.compile(
        r"https?:|\bwww\.|\bhxxp|javascript:|\w\[\.\]\w|[(\[]\s?dot\s?[)\]]"
        r"|\b[\w-]+\.(?:com|net|org|io|ai|example|kr)\b",
        re.IGNORECASE,
    ),
    "address": re.compile(r"[\w.+-]+@[\w.-]*[a-z][\w-]*\.[a-z]{2,}", re.IGNORECASE),  # but not mAP@0.5
    "telephone": re.compile(r"(?<!\d)(?:\+\d{1,3}[-\s]?)?\(?\d{2,4}\)?[-\s]\d{3,4}[-\s]\d{4}(?!\d)"),
    "markup": re.compile(
        r"</?[a-z][\w-]*(?:\s[^<>]*=[^<>]*)?/?>|<(?:!--|(?:a|img|script|iframe|svg)\b)|&(?:#\w+|[a-z]+);"
        r"|!?\[[^\]]*\]\([^)]*\)|^#{1,6}\s|```|\*\*|\bdata:\w+/",
        re.IGNORECASE,
    ),
}
ORDER = re.compile(
    r"\b(?:ignore|disregard|forget|override)\b.{0,30}\b(?:instruction|prompt|rule)"
    r"|이전\s*(?:의\s*)?지시|지시(?:를|사항을)?\s*(?:모두\s*)?무시",
    re.IGNORECASE,
)
LURE = re.compile(
    r"\bclick (?:here|on|this|the|below|now)\b|\bbuy now\b|\b(?:log|sign) ?in (?:to|at|now|here)\b"
    r"|(?:클릭|구매|결제|송금|로그인|가입)(?:하세요|하십시오|하시|해\s*주)",
    re.IGNORECASE,
)


class Finding(NamedTuple):
    """What is wrong (`kind`) and where (`text`)."""

    kind: str
    text: str


def faults(parts: Mapping[str, Sequence[Bullet]], papers: Sequence[Abstract], language: str) -> list[Finding]:
    """What makes this summary unfit: a part missing, a paper without its one key point, a foreign id, forbidden matter,
    a bullet without words or far too long, the wrong language, or doubts about more than half of it."""
    ids = {paper.id for paper in papers}
    found = [Finding("missing part", part) for part in PARTS if not parts.get(part)]
    pointed = [paper_id for bullet in parts.get("key_points", ()) for paper_id in bullet.papers]
    found += [Finding("missing paper", paper_id) for paper_id in sorted(ids - set(pointed))]
    found += [Finding("paper told twice", paper_id) for paper_id in sorted(ids) if pointed.count(paper_id) > 1]
    bullets = list(_bullets(parts))
    for bullet in bullets:
        found += [Finding("unknown paper", paper_id) for paper_id in bullet.papers if paper_id not in ids]
        found += text_faults(bullet.text)
    prose = " ".join(bullet.text for part in PARTS if part != "keywords" for bullet in parts.get(part, ()))
    if not is_in(prose, language):
        found.append(Finding("wrong language", prose[:80]))
    doubtful = [bullet for bullet in bullets if _doubts(bullet, papers)]
    if len(doubtful) > len(bullets) / 2:
        found.append(Finding("not from the abstracts", doubtful[0].text[:80]))
    return found


def text_faults(text: str) -> list[Finding]:
    """What makes one bullet unfit to be shown: links, addresses, markup, invisible characters, no words or too many."""
    plain = unicodedata.normalize("NFKC", text)
    found = [Finding(kind, text[:80]) for kind, pattern in FORBIDDEN.items() if pattern.search(plain)]
    if not any(c.isalnum() for c in text) or len(text) > LONGEST_BULLET:
        found.append(Finding("length", f"{len(text)} characters"))
    if clean(text, len(text)) != unicodedata.normalize("NFC", " ".join(text.split())):
        found.append(Finding("invisible character", text[:80]))
    return found


def flags(parts: Mapping[str, Sequence[Bullet]], papers: Sequence[Abstract]) -> list[Finding]:
    """Doubts for the editor: abstracts that give orders to a model, numbers and names that the abstracts do not have,
    and words that appeal to the reader."""
    found = [
        Finding("abstract gives orders", f"{paper.id}: {paper.title[:100]}")
        for paper in papers
        if ORDER.search(f"{paper.title} {paper.text}")
    ]
    for bullet in _bullets(parts):
        found += _doubts(bullet, papers)
        if ORDER.search(bullet.text) or LURE.search(bullet.text):
            found.append(Finding("speaks to the reader", bullet.text[:120]))
    return found


def is_in(text: str, language: str) -> bool:
    """Whether prose is in `language`: Korean has Hangul in three of ten letters or more; English has hardly any, nor
    other letters than Latin ones."""
    letters = [c for c in text if c.isalpha()]
    hangul = sum("가" <= c <= "힣" for c in letters)
    if language == "ko":
        return bool(letters) and hangul >= 0.3 * len(letters)
    return bool(letters) and hangul <= 0.05 * len(letters) and sum(c < "\u0250" for c in letters) >= 0.7 * len(letters)


def _bullets(parts: Mapping[str, Sequence[Bullet]]) -> Iterator[Bullet]:
    return (bullet for part in PARTS for bullet in parts.get(part, ()))


def _doubts(bullet: Bullet, papers: Sequence[Abstract]) -> list[Finding]:
    """The numbers and names of a bullet that are in none of the papers it rests on; in no paper at all, when it rests
    on none."""
    grounds = [ground(paper) for paper in papers if paper.id in bullet.papers] or [ground(paper) for paper in papers]
    where = bullet.text[:120]
    return [
        Finding("number not in the abstract", f"{number}: {where}")
        for number in sorted(set(strange_numbers(bullet.text, grounds)))
    ] + [Finding("name not in the abstract", f"{name}: {where}") for name in strange_names(bullet.text, grounds)]
