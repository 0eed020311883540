"""Checks a summary that stands by itself, as plain text or as a report with headings. Pure.

The same rules as for the bullets of a digest, but for what only text has: headings and list marks are let be, and a
link may stand when the source has it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from math import exp
from typing import NamedTuple

from digests.verification import ground as reading
from digests.verification.endings import lacks_end
from digests.verification.findings import Finding, risk
from digests.verification.forbidden import contacts_not_in
from digests.verification.language import is_in, untranslated
from digests.verification.sources import Evidence, evidence
from digests.verification.statements import findings_in

LONGEST_SUMMARY = 20_000
LIST_MARK = re.compile(r"^[ \t>#*•·-]*(?:\d{1,2}[.)][ \t]*)?[*'\"]*", re.MULTILINE)
# The three headings that go together in Korean abstracts of abstracts: aim, method, conclusion.
THREE_PARTS = (re.compile(r"^[^\w\n]*목적\s*:", re.MULTILINE), re.compile(r"^[^\w\n]*결론\s*:", re.MULTILINE))


class Verdict(NamedTuple):
    """Whether nothing was found, the risk 0 to 1 that the text misleads, and what was found."""

    ok: bool
    score: float
    flags: list[Finding]


def check(source: str, summary: str, language: str) -> Verdict:
    """Check a summary against its source: a title line and an abstract, or several such, with an empty line between."""
    text, source = summary[:LONGEST_SUMMARY], source[: reading.LONGEST]
    papers = [_paper(block) for block in re.split(r"\n[ \t]*\n", source) if block.strip()] or [reading.read("", "")]
    whole = papers[0] if len(papers) == 1 else _paper(source)
    weight = evidence(text, whole)
    found = _as_a_text(text, source, language, [paper.title.strip() for paper in papers])
    if not weight.fits:
        found.append(Finding("about another paper", text[:80]))
    found += findings_in(text, papers)
    return Verdict(not found, round(risk(found) if found else _rest_risk(weight), 4), found)


def _paper(block: str) -> reading.Ground:
    title, _, abstract = block.strip().partition("\n")
    return reading.read(title, abstract)


def _as_a_text(text: str, source: str, language: str, titles: Sequence[str]) -> list[Finding]:
    """What is wrong with its language, its end, its parts, and the contacts in it."""
    found = [Finding(kind, what) for kind, what in contacts_not_in(text, source)]
    lines = [line for line in LIST_MARK.sub("", text).splitlines() if line.strip()]
    strays = [stray for line in lines if (stray := untranslated(line, language, titles))]
    if not is_in(text, language):
        found.append(Finding("wrong language", text[:80]))
    elif strays:
        found.append(Finding("wrong language", strays[0]))
    if not lines or lacks_end(lines[-1]):
        found.append(Finding("cut off", lines[-1][-80:] if lines else ""))
    aim, conclusion = THREE_PARTS
    if aim.search(text) and not conclusion.search(text):
        found.append(Finding("missing part", "결론"))
    return found


def _rest_risk(weight: Evidence) -> float:
    """The small risk of a text in which nothing was found, by how little speaks for its source."""
    return 0.4 / (1 + exp((weight.balance - weight.least) / 6))
