"""What an editor should look at in a draft, each doubt at the statement or the paper that it is about."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from django.utils.translation import gettext as _

from digests import llm, verify
from digests.classify import EDITOR
from digests.desk.kinds import FALLBACK, LOW_CONFIDENCE, NEAR_DUPLICATE, kind_name, rank_of
from digests.desk.likeness import Told, most_alike
from digests.models import Digest, Entry, Paper, Summary
from digests.parts import BESIDE, PARTS, Abstract, Bullet, bullets_from_json
from digests.writing.making import Making

UNSURE = 0.5
"""A category that was decided with less confidence is worth a look."""
DAYS_COMPARED = 60


class Flag(NamedTuple):
    """One doubt: its kind, the words that it is about, and the id on the page of where it belongs."""

    kind: str
    text: str
    anchor: str

    @property
    def name(self) -> str:
        """The kind in the active language."""
        return kind_name(self.kind)


def first(flags: Iterable[Flag]) -> list[Flag]:
    """The flags in the order in which an editor should look at them."""
    return sorted(flags, key=lambda flag: rank_of(flag.kind))


def line_anchor(summary: Summary, name: str) -> str:
    """The id of the field `name` of a summary, as forms give it."""
    return f"id_s{summary.pk}-{name}"


def of_summary(summary: Summary, papers: Sequence[Abstract], entries: Mapping[str, Entry]) -> list[Flag]:
    """The doubts about a summary. Each is placed at its statement, at its paper where it names one, else at the whole."""
    left = [verify.Finding(flag["kind"], flag["text"]) for flag in summary.flags]
    flags = []
    for part in (*PARTS, *BESIDE) if left else ():
        stored = summary.parts.get(part, ()) if part in PARTS else getattr(summary, part)
        for place, bullet in enumerate(bullets_from_json(stored)):
            for finding in (each for each in _doubts(bullet, part, papers, summary.language) if each in left):
                left.remove(finding)
                name = part if part == "keywords" else f"{part}-{place}"
                flags.append(Flag(finding.kind, finding.text, line_anchor(summary, name)))
    for finding in left:
        entry = entries.get(finding.text.partition(": ")[0])
        anchor = entry_anchor(entry) if entry else f"summary-{summary.pk}"
        flags.append(Flag(finding.kind, finding.text, anchor))
    return flags


def _doubts(bullet: Bullet, part: str, papers: Sequence[Abstract], language: str) -> list[verify.Finding]:
    found = verify.doubts(bullet, papers, is_prose=part != "keywords")
    return found + [each for each in verify.doubts(bullet, papers, language) if each not in found]


def entry_anchor(entry: Entry) -> str:
    """The id of a paper's place on the page."""
    return f"entry-{entry.pk}"


def of_entry(entry: Entry, summaries: Iterable[Summary], earlier: Sequence[Told], day: dt.date) -> list[Flag]:
    """The doubts about a paper's being there: its category, how it was written about, and whether it is news."""
    paper, anchor, flags = entry.paper, entry_anchor(entry), []
    if paper.decided_by != EDITOR and paper.confidence is not None and paper.confidence < UNSURE:
        sure = _("%(category)s, %(percent)d %% sure") % {
            "category": entry.section.category,
            "percent": round(paper.confidence * 100),
        }
        flags.append(Flag(LOW_CONFIDENCE, sure, anchor))
    languages = [each.language for each in summaries if _is_fallback(each, paper)]
    if languages:
        flags.append(Flag(FALLBACK, ", ".join(languages), anchor))
    if alike := most_alike(Told.of(paper.arxiv_id, day, paper.title, paper.abstract), earlier):
        words = {"id": alike.earlier.arxiv_id, "day": alike.earlier.day, "percent": round(alike.share * 100)}
        told = _("%(id)s of %(day)s, %(percent)d %% of the words") % words
        flags.append(Flag(NEAR_DUPLICATE, told, anchor))
    return flags


def _is_fallback(summary: Summary, paper: Paper) -> bool:
    """Whether a model was to write of this paper and did not. An editor's words are no fallback."""
    if summary.edited_by_id is not None or not llm.is_configured():
        return False
    return summary.written_by == Summary.OFFLINE or paper.arxiv_id in Making.from_json(summary.making).quoted


def earlier_papers(digest: Digest) -> list[Told]:
    """The papers of the last daily digests before this one; none for a weekly, which is made of them."""
    if digest.kind != Digest.Kind.DAILY:
        return []
    since = digest.day - dt.timedelta(days=DAYS_COMPARED)
    entries = Entry.objects.filter(
        kind=Digest.Kind.DAILY, section__digest__day__gte=since, section__digest__day__lt=digest.day
    )
    rows = entries.values_list("paper__arxiv_id", "section__digest__day", "paper__title", "paper__abstract")
    return [Told.of(*row) for row in rows]
