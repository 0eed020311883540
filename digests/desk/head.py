"""What an editor says of a digest as a whole: a note, a subject of their own in each language, and whether it advertises."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from django import forms
from django.conf import settings
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from digests.advertising import MARK, advertises
from digests.desk.acts import Change
from digests.desk.kinds import kind_name
from digests.desk.merging import Place
from digests.desk.weight import LINE_BYTES
from digests.models import Digest
from digests.rendering import SUBJECT_LENGTH, subject_room
from digests.text import clean
from digests.verify import text_faults

LONGEST_NOTE = 1000
NOTE, SUBJECT, ADVERTISING = "note", "subject", "advertising"
LABELS = {SUBJECT: gettext_lazy("Subject"), NOTE: gettext_lazy("Editor’s note")}
STORED = {SUBJECT: "subjects", NOTE: "editor_notes"}


class HeadForm(forms.Form):
    """Note and subject by language. Plain text: links, addresses and markup are refused, and so is what would break a
    mail's header."""

    prefix = "head"

    def __init__(self, *args: Any, digest: Digest, **options: Any) -> None:
        super().__init__(*args, **options)
        self.digest = digest
        for language in settings.DIGEST_LANGUAGES:
            self.fields[f"{SUBJECT}_{language}"] = forms.CharField(
                label=LABELS[SUBJECT],
                required=False,
                strip=False,
                initial=digest.subjects.get(language, ""),
                max_length=self._room(language),
                widget=forms.TextInput(attrs={"lang": language, "autocomplete": "off"}),
                help_text=_("Empty: the lead paper and the date. Phones show about %d characters.") % SUBJECT_LENGTH,
            )
            self.fields[f"{NOTE}_{language}"] = forms.CharField(
                label=LABELS[NOTE],
                required=False,
                initial=digest.editor_notes.get(language, ""),
                max_length=LONGEST_NOTE,
                widget=forms.Textarea(attrs={"lang": language, "rows": 2, "data-line": LINE_BYTES["note"]}),
                help_text=_("Stands above the papers. Plain text, without links."),
            )

        if not settings.MAIL_ADVERTISING:  # else every mail is marked, whatever an editor says
            self.fields[ADVERTISING] = forms.BooleanField(
                label=gettext_lazy("Contains advertising: subjects begin with (광고)"),
                required=False,
                initial=digest.is_advertising,
            )

    def _room(self, language: str) -> int:
        """The characters that the subject may have beside what every such digest's subject begins with."""
        digest = self.digest
        words = {"is_sample": digest.is_sample, "kind": digest.kind, "is_advertising": advertises(digest)}
        return subject_room(words, language)

    def places(self) -> list[Place]:
        """Each field with its words, as stored. The box has the word that a browser sends for a ticked one, and is about all
        that may be advertising here: nobody unticks it over words that others wrote meanwhile."""
        words = {name: field.initial for name, field in self.fields.items() if name != ADVERTISING}
        places = [Place(self.add_prefix(name), [name], text) for name, text in words.items()]
        if ADVERTISING in self.fields:
            places.append(Place(self.add_prefix(ADVERTISING), list(words.items()), self._box()))
        return places

    def _box(self) -> str:
        return "on" if self.digest.is_advertising else ""

    def is_ticked(self, sent: QueryDict) -> bool:
        """Whether a browser sent the box of advertising ticked."""
        box = self.fields.get(ADVERTISING)
        return box is not None and bool(box.widget.value_from_datadict(sent, {}, self.add_prefix(ADVERTISING)))

    def columns(self) -> list[list[forms.BoundField]]:
        """The fields of each language."""
        return [[self[f"{what}_{language}"] for what in LABELS] for language in settings.DIGEST_LANGUAGES]

    def clean(self) -> dict[str, Any]:
        """Refuse what cannot be mailed; bring the rest into the form that is stored."""
        cleaned = super().clean() or {}
        for name in (name for name in self.fields if name != ADVERTISING):
            text = cleaned.get(name, "")
            if name.startswith(SUBJECT) and any(unicodedata.category(char) in ("Cc", "Zl", "Zp") for char in text):
                self.add_error(name, _("A subject is one line without control characters."))
            for fault in (fault for line in text.splitlines() if line.strip() for fault in text_faults(line)):
                if fault.kind != "length":
                    told = {"kind": kind_name(fault.kind), "text": fault.text}
                    self.add_error(name, _("This cannot be mailed (%(kind)s): %(text)s") % told)
            cleaned[name] = _tidied(text)
        return cleaned

    def store(self) -> list[Change]:
        """Put what differs into the digest's row; what changed."""
        changes = self._marked()
        for what, field in STORED.items():
            before = getattr(self.digest, field)
            after = {code: self.cleaned_data.get(f"{what}_{code}", "") for code in settings.DIGEST_LANGUAGES}
            setattr(self.digest, field, {code: text for code, text in after.items() if text})
            changes += [
                Change(what, code, before.get(code, ""), text)
                for code, text in after.items()
                if text != before.get(code, "")
            ]
        if changes:
            self.digest.save(update_fields=[*STORED.values(), "is_advertising"])
        return changes

    def _marked(self) -> list[Change]:
        """Mark the digest as advertising, or take the mark away, if that differs."""
        before = self.digest.is_advertising
        self.digest.is_advertising = self.cleaned_data.get(ADVERTISING, before)
        if self.digest.is_advertising == before:
            return []
        return [Change(ADVERTISING, "", "" if not before else MARK, "" if before else MARK)]


def _tidied(text: str) -> str:
    """The text line by line cleaned, with at most one empty line between two."""
    lines = [clean(line, LONGEST_NOTE) for line in text.splitlines()]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
