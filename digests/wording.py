"""The words that pages and mails share about a digest's content, in the active language."""

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext, ngettext, pgettext

from digests.models import Digest, Summary
from digests.text import clean
from digests.writing.making import Making, Short
from newsletter import mail

AUTHORS_SHOWN, NAME_LENGTH, TITLE_LENGTH = 3, 60, 220
HANGUL = re.compile(r"[\u1100-\u11ff\u3130-\u318f\uac00-\ud7af]")


def language_in(text: str, language: str) -> str:
    """The language of a text on a page in `language`: what has no Hangul is English on a Korean page, for the built-in
    writer quotes abstracts as they are."""
    return "en" if language == "ko" and not HANGUL.search(text) else language


def category_name(row: Mapping[str, Any], language: str) -> str:
    """A category's name in `language`, or in whatever language there is."""
    names: Mapping[str, str] = row["name"]
    return names.get(language) or next(iter(names.values()))


def safe_name(row: Mapping[str, Any], language: str) -> str:
    """A category's name, fit to show in a mail."""
    return safe(category_name(row, language), NAME_LENGTH)


@lru_cache(maxsize=2048)  # a digest's words stand in each of its editions, and looking at every character takes long
def safe(text: str, limit: int) -> str:
    """Outside text fit to show in a mail: one line, nothing invisible, no template marks, at most `limit` characters."""
    return mail.shorten(mail.harmless(clean(text, limit * 4)), limit)


def when_words(day: dt.date, kind: str) -> str:
    """The day of a daily digest with its weekday, or the seven days that the weekly digest of `day` is made of."""
    if kind != Digest.Kind.WEEKLY:
        return date_format(day, pgettext("date with weekday and year", "l, F j, Y"))
    first, last = day - dt.timedelta(days=7), day - dt.timedelta(days=1)
    days = {
        "first": date_format(first, pgettext("first day of a week", "F j")),
        "last": date_format(last, pgettext("last day of a week", "F j, Y")),
    }
    return gettext("%(first)s to %(last)s") % days


def authors_line(names: Sequence[str], count: int | None = None, most: int = AUTHORS_SHOWN) -> str:
    """Up to `most` names, and how many more; `count` is how many there are where `names` has only the first."""
    line, more = ", ".join(names[:most]), (count or len(names)) - most
    return gettext("%(names)s and %(count)d more") % {"names": line, "count": more} if more > 0 else line


def late_label() -> str:
    """What marks a paper that an earlier digest passed over and that people voted up since."""
    return gettext("late riser, listed on an earlier day")


def policy_note(content: Mapping[str, Any]) -> str:
    """What readers are told of a digest that no editor looked at (see `digests.deadline`); nothing otherwise."""
    notes = {
        "send": gettext(
            "No editor looked at this digest before it was sent: it was due, and every automatic check was green."
        ),
        "titles": gettext(
            "No editor had looked at this digest when it was due, so it has titles and links only, without summaries."
        ),
    }
    return notes.get(content.get("policy", ""), "")


def note_lines(content: Mapping[str, Any], language: str, limit: int = 1000) -> list[str]:
    """The editor's note in this language, line by line; nothing where there is none."""
    lines = (safe(line, limit) for line in content.get("note", {}).get(language, ()))
    return [line for line in lines if line]


def safe_link(url: str) -> str:
    """The address if it is https, else nothing. Ours are built from checked ids; yet no other scheme may ever become
    a link."""
    return url if url.startswith("https://") else ""


def writer_label(summary: Mapping[str, Any] | None) -> str:
    """Who wrote a summary, and what kept a model from writing all of it; empty when there is none."""
    if not summary:
        return ""
    making = Making.from_json(summary["making"])
    if summary["written_by"] == Summary.OFFLINE:
        label = gettext("Summary: sentences picked from the abstracts by the built-in writer")
    else:
        label = gettext("AI-generated summary (%(model)s)") % {"model": summary["written_by"]}
    if summary["edited"]:
        label = gettext("%(label)s, revised by an editor") % {"label": label}
    if quoted := len(making.quoted):
        label += "; " + ngettext(
            "%d key point is a sentence of the abstract", "%d key points are sentences of the abstracts", quoted
        ) % (quoted,)
    reason = _reason(making.short)
    return f"{label}. {reason}" if reason else label


def _reason(short: Short) -> str:
    match short:
        case Short.THRIFT:
            return gettext("Most of the day's budget for the language model is spent, so it was asked for less.")
        case Short.BUDGET:
            return gettext("The day's budget for the language model is used up.")
        case Short.MODEL:
            return gettext("The language model gave no text that held for the rest.")
    return ""


def numbers_label(summary: Mapping[str, Any] | None) -> str:
    """How many of a summary's numbers are in the abstracts; empty when there is no summary."""
    if not summary:
        return ""
    numbers = Making.from_json(summary["making"]).numbers
    if numbers is None:
        return gettext("Numbers: not checkable, too few of them")
    return gettext("Numbers checked %(found)d/%(all)d") % {"found": numbers[0], "all": numbers[1]}


def all_numbers_found(summary: Mapping[str, Any] | None) -> bool:
    """Whether every number of a summary is in the abstracts; no when there are too few to say."""
    numbers = Making.from_json(summary["making"]).numbers if summary else None
    return numbers is not None and numbers[0] == numbers[1]
