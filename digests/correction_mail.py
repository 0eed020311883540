"""A correction as a mail: what was wrong in the digest of a day, in an editor's words. Pure."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import pgettext

from digests.advertising import MARK
from digests.models.correction import LONGEST
from digests.wording import TITLE_LENGTH, safe, safe_link, when_words
from newsletter import mail


def render_correction(
    content: dict[str, Any], language: str, unsubscribe: str, preferences: str, archive: str
) -> mail.Rendered:
    """The mail in `language`; `content` is what `digests.content.correction_content` makes, the rest a reader's
    addresses."""
    day, paper = dt.date.fromisoformat(content["day"]), content["paper"] or {"title": "", "url": ""}
    with translation.override(language):
        long_date = when_words(day, content["of_kind"])
        short_date = date_format(day, pgettext("short date", "M j"))
    words: dict[str, object] = {
        "mark": MARK if content.get("is_advertising") else "",
        "is_advertising": content.get("is_advertising", False),
        "long_date": long_date,
        "short_date": short_date,
        "correction": safe(content["texts"][language], LONGEST),
        "paper": {"title": safe(paper["title"], TITLE_LENGTH), "url": safe_link(paper["url"])},
        "archive_url": archive,
        "preferences_url": preferences,
        "unsubscribe_url": unsubscribe,
    }
    return mail.render("correction", words, language)
