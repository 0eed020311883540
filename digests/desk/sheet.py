"""The fields of a draft as they stand now, with what an editor wrote into them; and the prints that a page of them carries."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.http import QueryDict

from digests.desk.acts import MUST_STAND, Act
from digests.desk.forms import SummaryForm
from digests.desk.head import ADVERTISING, HeadForm
from digests.desk.merging import Merged, Place, Prints, merge, print_of, read
from digests.models import Digest, Section, Summary

SHOWN, THEIRS = "shown", "theirs"
"""The fields of the page: the prints of what it shows, and the names of fields in which what others wrote is taken."""
BOX = f"{HeadForm.prefix}-{ADVERTISING}"
NOTHING_SENT = Merged({}, {}, [], False)


@dataclass
class Sheet:
    """A form for each summary, by its number, and one for what stands above them; what came of merging; the prints that the
    page carried, and those of the rows as they are now."""

    forms: dict[int, SummaryForm]
    head: HeadForm
    merged: Merged
    shown: Prints
    rows: Prints

    @property
    def is_of_others(self) -> bool:
        """Whether others saved something since the page was shown."""
        return self.merged.is_of_others or any(self.shown.get(name) != mark for name, mark in self.rows.items())

    def lets(self, act: Act) -> bool:
        """Whether what the act is about is as the page showed it."""
        name = MUST_STAND.get(act.name, "").format(act.target)
        return self.shown.get(name) == self.rows.get(name)


def sheet_of(digest: Digest, posted: QueryDict | None = None) -> Sheet:
    """The sheet, with what a browser sent if it did. To save it, hold the digest's row since before."""
    summaries = list(Summary.objects.filter(section__digest=digest))
    forms, head = _forms(summaries), HeadForm(digest=digest)
    sections = digest.sections.prefetch_related("entries__paper")
    rows = row_prints(sections, forms)
    if posted is None:
        return Sheet(forms, head, NOTHING_SENT, {}, rows)
    now = [*head.places(), *(place for form in forms.values() for place in form.places())]
    shown = read(posted.get(SHOWN, ""))
    fields = {name: mark for name, mark in shown.items() if "." in mark}
    sent = {name: posted.get(name) for name in [*fields, *(place.name for place in now)]}
    sent[BOX] = "on" if head.is_ticked(posted) else ""
    merged = merge(sent, fields, now, posted.getlist(THEIRS))
    words = {name: text for name, text in merged.words.items() if text or name != BOX}
    return Sheet(_forms(summaries, words), HeadForm(words, digest=digest), merged, shown, rows)


def _forms(summaries: Iterable[Summary], words: Mapping[str, str] | None = None) -> dict[int, SummaryForm]:
    return {summary.pk: SummaryForm(words, summary=summary, prefix=f"s{summary.pk}") for summary in summaries}


def prints_of(forms: Iterable[SummaryForm | HeadForm], rows: Prints) -> dict[str, str]:
    """What a page that shows these forms and rows carries."""
    return {place.name: place.mark for form in forms for place in form.places()} | dict(rows)


def row_prints(sections: Iterable[Section], forms: Mapping[int, SummaryForm]) -> dict[str, str]:
    """Prints of the order of the sections; of each section with all that is said in it; of each paper with what is said of
    it alone, and of its place among its neighbours. Entries and papers should be fetched ahead."""
    sections = list(sections)
    prints = {"sections": print_of([section.pk for section in sections])}
    for section in sections:
        places = [place for form in forms.values() if form.summary.section_id == section.pk for place in form.places()]
        entries = list(section.entries.all())
        neighbours = [entry.pk for entry in entries]
        prints[f"section-{section.pk}"] = print_of([neighbours, [place.mark for place in places]])
        for entry in entries:
            prints[f"place-{entry.pk}"] = print_of([section.pk, neighbours])
            prints[f"paper-{entry.pk}"] = print_of([section.pk, _said_of(entry.paper.arxiv_id, places)])
    return prints


def _said_of(arxiv_id: str, places: Iterable[Place]) -> list[str]:
    """The words about this paper alone."""
    return [place.text for place in places if place.about[-1] == (arxiv_id,)]
