"""Editing a summary with a field for each statement, below it one for further ones."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import SequenceMatcher
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from digests.desk.kinds import kind_name
from digests.desk.merging import Place
from digests.desk.weight import LINE_BYTES
from digests.models import Summary
from digests.parts import BESIDE, HEADINGS, PARTS, Bullet, Parts, Written, bullets_from_json, from_json
from digests.verify import LONGEST_BULLET, text_faults
from digests.writing.accounts import tidy
from newsletter.mail import columns

FIELDS = HEADINGS | BESIDE
ABOUT_PAPERS = ("one_liners", "key_points", "limits")
"""The parts whose lines stand with their paper, and go with it."""
AS_LIST = "keywords"
"""Words and no statements: one field has them all, one a line."""
SPARE_LINES = 12  # that an editor may add to a part
LINE_OF_FIELD = 56  # columns, on half a page
STILL_THE_SAME = 0.5  # so much of a line's letters as before, and it rests on the same sentences


class SummaryForm(forms.Form):
    """One summary. A statement that the editor leaves as it is keeps the papers and sentences it rests on; one that is
    emptied is taken out; several lines in a field are several statements."""

    def __init__(self, *args: Any, summary: Summary, **options: Any) -> None:
        super().__init__(*args, **options)
        self.summary = summary
        self.before: Parts = {
            **from_json(summary.parts),
            "limits": bullets_from_json(summary.limits),
            "one_liners": bullets_from_json(summary.one_liners),
        }
        for part in FIELDS:
            for name, lines in self.fields_of(part):
                self.fields[name] = forms.CharField(
                    label=FIELDS[part] if lines else gettext_lazy("Add a line"),
                    initial="\n".join(lines),
                    required=False,
                    max_length=(len(lines) + SPARE_LINES) * (LONGEST_BULLET + 2),  # a browser's line end has two
                    widget=forms.Textarea(
                        attrs={"rows": _rows(lines), "lang": summary.language, "data-line": LINE_BYTES[part]}
                    ),
                )

    def fields_of(self, part: str) -> list[tuple[str, list[str]]]:
        """The names of a part's fields, each with the lines that it shows."""
        lines = self.lines_before(part)
        if part == AS_LIST:
            return [(part, lines)]
        return [(f"{part}-{place}", [line]) for place, line in enumerate(lines)] + [(f"{part}-new", [])]

    def places(self) -> list[Place]:
        """Each field with its words and what they are about, as stored."""
        return [
            Place(self.add_prefix(name), self._about(part, name), "\n".join(lines))
            for part in FIELDS
            for name, lines in self.fields_of(part)
        ]

    def _about(self, part: str, name: str) -> list[Any]:
        place = name.removeprefix(f"{part}-")
        if part in ABOUT_PAPERS and place.isdecimal():
            return [self.summary.language, part, self.before[part][int(place)].papers]
        return [self.prefix, part, place == "new"]

    def clean(self) -> dict[str, Any]:
        """Turn each field into its lines; mark the fields with lines unfit to be mailed."""
        cleaned = super().clean() or {}
        for name in self.fields:
            if self.add_prefix(name) not in self.data:
                self.add_error(name, _("This field is missing: load the page again."))
        for part in FIELDS:
            known = set(self.lines_before(part))
            names = [name for name, _lines in self.fields_of(part)]
            for name in names:
                sent = (line.strip() for line in (cleaned.get(name) or "").splitlines())
                lines = (line if line in known else tidy(line) for line in sent)
                cleaned[name] = [line for line in lines if line]
                self._refuse_unfit(name, cleaned[name])
            is_bad = any(name in self.errors for name in names)
            if part in PARTS and self.before[part] and not is_bad and not any(cleaned[name] for name in names):
                self.add_error(names[0], _("Write at least one line."))
        return cleaned

    def _refuse_unfit(self, name: str, lines: list[str]) -> None:
        for fault in (fault for line in lines for fault in text_faults(line)):
            words = {"kind": kind_name(fault.kind), "text": fault.text}
            self.add_error(name, _("This cannot be mailed (%(kind)s): %(text)s") % words)

    def has_changed(self) -> bool:
        """Whether any line differs; line ends and blank lines do not count."""
        return bool(self.changed_parts())

    def changed_parts(self) -> list[str]:
        """The parts with a line that differs."""
        return [part for part in FIELDS if self.lines_after(part) != self.lines_before(part)]

    def lines_before(self, part: str) -> list[str]:
        """The lines of a part as they are stored."""
        return [bullet.text for bullet in self.before[part]]

    def lines_after(self, part: str) -> list[str]:
        """The lines of a part as the editor wants them."""
        return [line for name, _lines in self.fields_of(part) for line in self.cleaned_data[name]]

    def written(self) -> Written:
        """The summary as edited. A changed line inherits the papers of the line it replaced; a new line rests on all
        papers of its part."""
        told = {part: list(self._bullets(part)) for part in FIELDS}
        return Written({part: told[part] for part in PARTS}, told["limits"], told["one_liners"])

    def _bullets(self, part: str) -> Iterator[Bullet]:
        before = self.before[part]
        if part == AS_LIST:
            lines = self.cleaned_data[part]
            replaced = before if len(before) == len(lines) else [None] * len(lines)
            yield from (self._bullet(part, line, old) for line, old in zip(lines, replaced, strict=True))
            return
        for place, old in enumerate(before):
            yield from (self._bullet(part, line, old) for line in self.cleaned_data[f"{part}-{place}"])
        yield from (self._bullet(part, line, None) for line in self.cleaned_data[f"{part}-new"])

    def _bullet(self, part: str, line: str, old: Bullet | None) -> Bullet:
        before = self.before[part]
        if old and line == old.text:
            return old  # two papers may have the same line
        if same := next((bullet for bullet in before if bullet.text == line), None):
            return same
        if old:
            is_mended = SequenceMatcher(None, old.text, line, autojunk=False).ratio() >= STILL_THE_SAME
            return Bullet(line, old.papers, old.sentences if is_mended else ())
        return Bullet(line, tuple(dict.fromkeys(paper for bullet in before for paper in bullet.papers)))


def _rows(lines: list[str]) -> int:
    return sum(1 + columns(line) // LINE_OF_FIELD for line in lines) or 1
