"""How many papers each category has: the chart, and bars of letters and numbers for mails. Pure."""

import datetime as dt
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext, ngettext

from digests.chart import Picture, Share, draw_distribution
from digests.colours import colour_of
from digests.wording import safe_name, when_words
from newsletter import mail

WIDEST_BAR, WIDEST_IN_ALT = 20, 10  # in ■; the second fits a phone

Words = dict[str, Any]


def draw_chart(content: Words, language: str) -> Picture:
    """The distribution of a digest's content as a picture in `language`, under the day and the number of papers."""
    rows = content["distribution"]
    papers = sum(row["papers"] for row in rows)
    day = dt.date.fromisoformat(content["day"])
    with translation.override(language):
        when = when_words(day, "weekly") if content["kind"] == "weekly" else date_format(day)
        title = f"{when} · " + ngettext("%d paper", "%d papers", papers) % papers
        title += f" · {gettext('SAMPLE')}" if content["is_sample"] else ""
    return draw_distribution(
        [Share(row["name"][language], row["papers"], colour_of(row["slug"])) for row in rows], title
    )


def bars_of(distribution: list[Words], language: str) -> list[Words]:
    """Papers per category, as numbers and as bars; the longest bar is 100 percent wide, or one ■ a paper up to 20."""
    most = max((row["papers"] for row in distribution), default=1)
    names = [safe_name(row, language) for row in distribution]
    widest = max(map(mail.columns, names), default=0)
    return [
        {
            "emoji": row["emoji"],
            "colour": colour_of(row["slug"]),
            "name": name,
            "padding": " " * (widest - mail.columns(name)),
            "papers": row["papers"],
            "percent": max(1, round(100 * row["papers"] / most)),
            "blocks": _blocks(row["papers"], most, WIDEST_BAR),
            "short_blocks": _blocks(row["papers"], most, WIDEST_IN_ALT),
        }
        for row, name in zip(distribution, names, strict=True)
    ]


def _blocks(papers: int, most: int, widest: int) -> str:
    return "■" * max(1, round(papers * min(1, widest / most)))


def chart_words(content: Words, bars: list[Words], language: str) -> Words | None:
    """The chart, and what stands in its place: `alt` draws the bars with letters for eyes, in a mail program that shows
    no images; `spoken` has the numbers for ears, which would otherwise hear of squares. None when it was not drawn."""
    chart = content["charts"].get(language)
    if not chart:
        return None
    title = gettext("Papers by category")
    counts = ", ".join(f"{bar['name']} {bar['papers']}" for bar in bars)
    return {
        "url": chart_address(chart["sha256"]),
        "width": chart["width"],
        "alt": "\n".join([title, *(f"{bar['name']} {bar['short_blocks']} {bar['papers']}" for bar in bars)]),
        "spoken": gettext("Papers by category: %(counts)s") % {"counts": counts},
    }


def chart_address(sha256: str) -> str:
    """Where a mail finds the chart: on our site, under the hash of its bytes, or inside the mail (RFC 2392)."""
    if settings.MAIL_CHART == "inline":
        return f"cid:{mail.content_id(sha256)}"
    return f"{settings.SITE_URL}{reverse('chart', args=[sha256])}"
