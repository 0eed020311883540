"""The words that pages and mails share about a digest's content, in the active language."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext

from digests.models import Summary

AUTHORS_SHOWN = 3


def category_name(row: Mapping[str, Any], language: str) -> str:
    """A category's name in `language`, or in whatever language there is."""
    names: Mapping[str, str] = row["name"]
    return names.get(language) or next(iter(names.values()))


def authors_line(names: Sequence[str]) -> str:
    """Up to three names, and how many more."""
    line, more = ", ".join(names[:AUTHORS_SHOWN]), len(names) - AUTHORS_SHOWN
    return gettext("%(names)s and %(count)d more") % {"names": line, "count": more} if more > 0 else line


def safe_link(url: str) -> str:
    """The address if it is https, else nothing. Ours are built from checked ids; yet no other scheme may ever become
    a link."""
    return url if url.startswith("https://") else ""


def writer_label(summary: Mapping[str, Any] | None) -> str:
    """Who wrote a summary; empty when there is none."""
    if not summary:
        return ""
    if summary["written_by"] == Summary.OFFLINE:
        label = gettext("Summary: sentences picked from the abstracts by the built-in writer")
    else:
        label = gettext("AI-generated summary (%(model)s)") % {"model": summary["written_by"]}
    return gettext("%(label)s, revised by an editor") % {"label": label} if summary["edited"] else label
