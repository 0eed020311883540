"""Editing a summary as a field for each part and for what stands beside them, one bullet a line."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _

from digests.models import Summary
from digests.parts import BESIDE, HEADINGS, PARTS, Bullet, Parts, Written, bullets_from_json, from_json
from digests.verify import LONGEST_BULLET, text_faults
from digests.writing.accounts import tidy

FIELDS = HEADINGS | BESIDE
SPARE_LINES = 12  # that an editor may add to a part


class SummaryForm(forms.Form):
    """One summary. A line that the editor leaves as it is keeps the papers it rests on."""

    def __init__(self, *args: Any, summary: Summary, **options: Any) -> None:
        super().__init__(*args, **options)
        self.summary = summary
        self.before: Parts = {
            **from_json(summary.parts),
            "limits": bullets_from_json(summary.limits),
            "one_liners": bullets_from_json(summary.one_liners),
        }
        for part, heading in FIELDS.items():
            lines = [bullet.text for bullet in self.before[part]]
            self.fields[part] = forms.CharField(
                label=heading,
                initial="\n".join(lines),
                required=part in PARTS,
                max_length=(len(lines) + SPARE_LINES) * (LONGEST_BULLET + 2),  # a browser's line end has two
                widget=forms.Textarea(
                    attrs={"rows": 1 + sum(1 + len(line) // 60 for line in lines), "lang": summary.language}
                ),
            )

    def clean(self) -> dict[str, Any]:
        """Turn each field into its lines; mark the fields with lines unfit to be mailed."""
        cleaned = super().clean() or {}
        for part in FIELDS:
            known = {bullet.text for bullet in self.before[part]}
            sent = (line.strip() for line in cleaned.get(part, "").splitlines())
            lines = [line if line in known else tidy(line) for line in sent]
            cleaned[part] = lines = [line for line in lines if line]
            if not lines and part in PARTS and part not in self.errors:
                self.add_error(part, _("Write at least one line."))
            for fault in (fault for line in lines for fault in text_faults(line)):
                self.add_error(part, _("This cannot be mailed (%(kind)s): %(text)s") % fault._asdict())
        return cleaned

    def has_changed(self) -> bool:
        """Whether any line differs; line ends and blank lines do not count."""
        return bool(self.changed_parts())

    def changed_parts(self) -> list[str]:
        """The parts with a line that differs."""
        return [part for part in FIELDS if self.cleaned_data[part] != self.lines_before(part)]

    def lines_before(self, part: str) -> list[str]:
        """The lines of a part as they are stored."""
        return [bullet.text for bullet in self.before[part]]

    def written(self) -> Written:
        """The summary as edited. A changed line inherits the papers of the line it replaced, where the number of lines
        is the same; a new line rests on all papers of its part."""
        told = {
            part: [self._bullet(part, place, line) for place, line in enumerate(self.cleaned_data[part])]
            for part in FIELDS
        }
        return Written({part: told[part] for part in PARTS}, told["limits"], told["one_liners"])

    def _bullet(self, part: str, place: int, line: str) -> Bullet:
        before = self.before[part]
        if len(before) == len(self.cleaned_data[part]) and line == before[place].text:
            return before[place]  # two papers may have the same line
        same = next((bullet for bullet in before if bullet.text == line), None)
        if same:
            return same
        if len(before) == len(self.cleaned_data[part]):
            return Bullet(line, before[place].papers)
        everything = dict.fromkeys(paper for bullet in before for paper in bullet.papers)
        return Bullet(line, tuple(everything))
