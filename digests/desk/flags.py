"""What an editor should look at in a draft, each doubt at the statement or the paper that it is about."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from digests import llm, verify
from digests.classify import EDITOR
from digests.desk.kinds import FALLBACK, LOW_CONFIDENCE, NEAR_DUPLICATE, WITHHELD, kind_name, rank_of
from digests.desk.likeness import Told, most_alike
from digests.models import Digest, Entry, Look, Paper, Section, Summary
from digests.parts import BESIDE, PARTS, Abstract, Bullet, bullets_from_json
from digests.writing.making import Making

UNSURE = 0.5
"""A category that was decided with less confidence is worth a look."""
DAYS_COMPARED = 60


class Flag(NamedTuple):
    """One doubt: its kind, the words that it is about, the id on the page of where it belongs, and a SHA-256 that names it
    together with all that it is about: of other words, the same doubt is another one. `look` tells who looked at it, `paper`
    is the title where it is about a paper's being there."""

    kind: str
    text: str
    anchor: str
    mark: str = ""
    look: Look | None = None
    paper: str = ""

    @property
    def name(self) -> str:
        """The kind in the active language."""
        return kind_name(self.kind)

    @property
    def is_open(self) -> bool:
        """Whether nobody has looked at it yet."""
        return self.look is None


def first(flags: Iterable[Flag]) -> list[Flag]:
    """The flags in the order in which an editor should look at them; those that somebody looked at last."""
    return sorted(flags, key=lambda flag: (not flag.is_open, rank_of(flag.kind)))


def of_digest(digest: Digest) -> list[Flag]:
    """All doubts about the digest as it stands, with who looked at them, in the order of its sections."""
    sections = digest.sections.prefetch_related("entries__paper", "summaries")
    earlier, looks = earlier_papers(digest), looks_of(digest)
    return [
        flag
        for section in sections.select_related("category")
        for flag in of_section(section, list(section.summaries.all()), earlier, looks, digest.day)
    ]


def looks_of(digest: Digest) -> dict[str, Look]:
    """What was looked at, by mark."""
    return {look.mark: look for look in digest.looks.select_related("by")}


def of_section(
    section: Section, summaries: Sequence[Summary], earlier: Sequence[Told], looks: Mapping[str, Look], day: dt.date
) -> list[Flag]:
    """The doubts about a section's summaries, then about its papers. Its entries and papers should be fetched ahead."""
    entries = list(section.entries.all())
    papers = [Abstract(each.paper.arxiv_id, each.paper.title, each.paper.abstract) for each in entries]
    by_id = {entry.paper.arxiv_id: entry for entry in entries}
    flags = [flag for summary in summaries for flag in of_summary(summary, papers, by_id)]
    flags += [flag for entry in entries for flag in of_entry(entry, summaries, earlier, day)]
    return [flag._replace(look=looks.get(flag.mark)) for flag in flags]


def line_anchor(summary: Summary, name: str) -> str:
    """The id of the field `name` of a summary, as forms give it."""
    return f"id_s{summary.pk}-{name}"


def of_summary(summary: Summary, papers: Sequence[Abstract], entries: Mapping[str, Entry]) -> list[Flag]:
    """The doubts about a summary. Each is placed at its statement, at its paper where it names one, else at the whole."""
    left = [verify.Finding(flag["kind"], flag["text"]) for flag in summary.flags]
    where, lines = (entry_slug(summary), summary.language), _lines(summary)
    flags = []
    for part, place, bullet in lines if left else ():
        for finding in _about_line(bullet, part, papers, summary.language, left, entries):
            left.remove(finding)
            anchor = line_anchor(summary, part if part == "keywords" else f"{part}-{place}")
            flags.append(_flag(finding.kind, finding.text, anchor, *where, part, bullet.text, *bullet.papers))
    for finding in left:
        entry = entries.get(_named_in(finding))
        if entry:
            said = [bullet.text for _part, _place, bullet in lines if entry.paper.arxiv_id in bullet.papers]
            flags.append(_flag(*finding, entry_anchor(entry), *where, entry.paper.title, entry.paper.abstract, *said))
        else:
            said = [bullet.text for _part, _place, bullet in lines]
            flags.append(_flag(*finding, f"summary-{summary.pk}", *where, *said))
    return flags


def entry_slug(summary: Summary) -> str:
    """The category of a summary's section; unlike its number, the same after the section was made anew."""
    return summary.section.category.slug


def _flag(kind: str, text: str, anchor: str, *about: Any) -> Flag:
    told = json.dumps([kind, text, *about], ensure_ascii=False, separators=(",", ":"))
    return Flag(kind, text, anchor, hashlib.sha256(told.encode()).hexdigest())


def _lines(summary: Summary) -> list[tuple[str, int, Bullet]]:
    """Every statement with its part and its place there."""
    return [
        (part, place, bullet)
        for part in (*PARTS, *BESIDE)
        for place, bullet in enumerate(
            bullets_from_json(summary.parts.get(part, ()) if part in PARTS else getattr(summary, part))
        )
    ]


def _named_in(finding: verify.Finding) -> str:
    """The paper whose id the finding begins with, if it does."""
    return finding.text.partition(": ")[0]


def _about_line(
    bullet: Bullet,
    part: str,
    papers: Sequence[Abstract],
    language: str,
    left: Sequence[verify.Finding],
    entries: Mapping[str, Entry],
) -> list[verify.Finding]:
    """Those of the findings that are about this statement. What names a paper, or was taken out already, is of no one
    line, so nothing is looked up for it."""
    of_lines = [each for each in left if not each.kind.startswith(WITHHELD) and _named_in(each) not in entries]
    return [each for each in _doubts(bullet, part, papers, language) if each in of_lines] if of_lines else []


def _doubts(bullet: Bullet, part: str, papers: Sequence[Abstract], language: str) -> list[verify.Finding]:
    found = verify.doubts(bullet, papers, is_prose=part != "keywords")
    return found + [each for each in verify.doubts(bullet, papers, language) if each not in found]


def entry_anchor(entry: Entry) -> str:
    """The id of a paper's place on the page."""
    return f"entry-{entry.pk}"


def of_entry(entry: Entry, summaries: Iterable[Summary], earlier: Sequence[Told], day: dt.date) -> list[Flag]:
    """The doubts about a paper's being there: its category, how it was written about, and whether it is news."""
    paper, anchor = entry.paper, entry_anchor(entry)
    about = (paper.arxiv_id, paper.title, paper.abstract)
    flags = []
    if paper.decided_by != EDITOR and paper.confidence is not None and paper.confidence < UNSURE:
        category, percent = entry.section.category, round(paper.confidence * 100)
        sure = _("%(category)s, %(percent)d %% sure") % {"category": category, "percent": percent}
        flags.append(_flag(LOW_CONFIDENCE, "", anchor, *about, category.slug, percent)._replace(text=sure))
    if written := [each for each in summaries if _is_fallback(each, paper)]:
        said = [line.text for each in written for _part, _n, line in _lines(each) if paper.arxiv_id in line.papers]
        flags.append(_flag(FALLBACK, ", ".join(each.language for each in written), anchor, *about, *said))
    if alike := most_alike(Told.of(paper.arxiv_id, day, paper.title, paper.abstract), earlier):
        words = {"id": alike.earlier.arxiv_id, "day": alike.earlier.day, "percent": round(alike.share * 100)}
        told = _("%(id)s of %(day)s, %(percent)d %% of the words") % words
        flags.append(_flag(NEAR_DUPLICATE, "", anchor, *about, alike.earlier.arxiv_id)._replace(text=told))
    return [flag._replace(paper=paper.title) for flag in flags]


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
