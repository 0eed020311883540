"""What the review page shows of each section: its papers with the lines on them in both languages side by side, then
what is said of the section as a whole; beside each line the sentences that it rests on, and the doubts about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.forms import BoundField

from digests.content import summary_words
from digests.desk.flags import Flag, entry_anchor, line_anchor, of_section
from digests.desk.forms import ABOUT_PAPERS, AS_LIST, FIELDS, SummaryForm
from digests.desk.likeness import Told
from digests.models import Digest, Entry, Look, Rewrite, Section, Summary
from digests.parts import Abstract, Bullet
from digests.wording import numbers_label, writer_label
from digests.writing.evidence import numbered

MOST_WISHES = 3  # for new words, of which the page says what came
ABOUT_ALL = ("topics", "keywords", "impact", "outlook")


@dataclass
class Line:
    """One field, with what stands around it: the sentences it rests on, the doubts about it, the papers it is about."""

    field: BoundField
    language: str
    heading: str
    sentences: list[str]
    flags: list[Flag]
    papers: list[str]
    is_new: bool


@dataclass
class Column:
    """A summary's own row: who wrote it, its numbers, the doubts about the whole of it."""

    form: SummaryForm
    summary: Summary
    label: str
    numbers: str
    flags: list[Flag]


@dataclass
class Card:
    """A paper of the section, and the lines about it alone: a group of fields for each language."""

    entry: Entry
    anchor: str
    flags: list[Flag]
    columns: list[list[Line]]
    is_first: bool
    is_last: bool

    @property
    def key(self) -> str:
        """What the names of the fields for new words end in."""
        return f"paper-{self.entry.pk}"


@dataclass
class SectionRow:
    """A section with its papers and its summaries; `parts` has, for each part about the whole, a column a language."""

    section: Section
    summaries: list[Column]
    cards: list[Card]
    parts: list[tuple[str, list[list[Line]]]]
    flags: list[Flag]
    wishes: list[Rewrite]


def section_row(
    section: Section,
    forms: Mapping[int, SummaryForm],
    earlier: Sequence[Told],
    looks: Mapping[str, Look],
    digest: Digest,
) -> SectionRow:
    """Everything that the page shows of one section. Its entries, papers and summaries should be fetched ahead."""
    entries = list(section.entries.all())
    summaries = [summary for summary in section.summaries.all() if summary.pk in forms]
    papers = [Abstract(e.paper.arxiv_id, e.paper.title, e.paper.abstract) for e in entries]
    by_id = {entry.paper.arxiv_id: entry for entry in entries}
    flags = of_section(section, summaries, earlier, looks, digest.day)
    words = {id_: sentence for paper in papers for id_, sentence in numbered(paper).items()}
    lines = {summary.pk: _lines(forms[summary.pk], words, flags, by_id) for summary in summaries}
    cards = [
        Card(
            entry=entry,
            anchor=entry_anchor(entry),
            flags=_at(entry_anchor(entry), flags),
            columns=[_about(entry.paper.arxiv_id, lines[summary.pk]) for summary in summaries],
            is_first=place == 0,
            is_last=place == len(entries) - 1,
        )
        for place, entry in enumerate(entries)
    ]
    return SectionRow(
        section=section,
        summaries=[_column(forms[summary.pk], flags) for summary in summaries],
        cards=cards,
        parts=[
            (str(FIELDS[part]), [_of_all(part, lines[summary.pk], by_id) for summary in summaries])
            for part in (*ABOUT_ALL, *ABOUT_PAPERS)
        ],
        flags=flags,
        wishes=list(section.rewrites.all())[-MOST_WISHES:],
    )


def _column(form: SummaryForm, flags: Sequence[Flag]) -> Column:
    words = summary_words(form.summary)
    return Column(
        form, form.summary, writer_label(words), numbers_label(words), _at(f"summary-{form.summary.pk}", flags)
    )


_Lines = dict[str, list[tuple[Bullet | None, Line]]]


def _lines(form: SummaryForm, words: Mapping[str, str], flags: Sequence[Flag], entries: Mapping[str, Entry]) -> _Lines:
    """The form's fields by part, each with the bullet that it shows, if it shows one."""
    found: _Lines = {}
    for part in FIELDS:
        bullets: list[Bullet | None] = [None] if part == AS_LIST else [*form.before[part], None]
        names = [name for name, _shown in form.fields_of(part)]
        found[part] = [
            (bullet, _line(form, part, name, bullet, words, flags, entries))
            for name, bullet in zip(names, bullets, strict=True)
        ]
    return found


def _line(
    form: SummaryForm,
    part: str,
    name: str,
    bullet: Bullet | None,
    words: Mapping[str, str],
    flags: Sequence[Flag],
    entries: Mapping[str, Entry],
) -> Line:
    return Line(
        field=form[name],
        language=form.summary.language,
        heading=str(FIELDS[part]),
        sentences=[words[id_] for id_ in bullet.sentences if id_ in words] if bullet else [],
        flags=_at(line_anchor(form.summary, name), flags),
        papers=[entries[id_].paper.title for id_ in bullet.papers if id_ in entries] if bullet else [],
        is_new=name.endswith("-new"),
    )


def _about(arxiv_id: str, lines: _Lines) -> list[Line]:
    """The lines about this paper alone."""
    return [line for part in ABOUT_PAPERS for bullet, line in lines[part] if bullet and bullet.papers == (arxiv_id,)]


def _of_all(part: str, lines: _Lines, entries: Mapping[str, Any]) -> list[Line]:
    """The lines of a part that stand with no paper of the section."""
    of_one = part in ABOUT_PAPERS
    return [
        line
        for bullet, line in lines[part]
        if not (of_one and bullet and len(bullet.papers) == 1 and bullet.papers[0] in entries)
    ]


def _at(anchor: str, flags: Sequence[Flag]) -> list[Flag]:
    return [flag for flag in flags if flag.anchor == anchor]
