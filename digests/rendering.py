"""A digest's frozen content as a mail: one edition in one language."""

import datetime as dt
import re
from collections.abc import Collection, Iterator
from dataclasses import asdict, dataclass
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext, ngettext, pgettext

from digests.parts import HEADINGS, PARTS
from digests.text import clean
from digests.wording import authors_line, category_name, safe_link, writer_label
from newsletter import mail

HTML_BYTES = 79_000  # Gmail clips from about 99 500; 80 000 is the goal, the rest is for readers' longer links
FEWER_PAPERS = (20, 10, 5, 2, 1)
SUBJECT_LENGTH = 60
PREHEADER_LENGTH = (40, 100)
TITLE_LENGTH, BULLET_LENGTH, NAME_LENGTH = 220, 700, 60
WIDEST_BAR = 20  # in ■
HANGUL = re.compile(r"[\u1100-\u11ff\u3130-\u318f\uac00-\ud7af]")

Words = dict[str, Any]


@dataclass(frozen=True)
class Links:
    """A reader's addresses. They appear in the mail exactly as given, so stand-ins can be replaced afterwards; keep
    them free of characters that HTML escapes."""

    unsubscribe: str
    preferences: str
    archive: str


def render_edition(content: Words, language: str, slugs: Collection[str], links: Links) -> mail.Rendered:
    """The mail with the sections `slugs` of a digest's frozen `content`, in `language`.

    A mail that a reader's program would cut off is shortened from its end: first summaries give way to titles, then
    long lists of titles to their beginnings; what is left out is one link away. Raises ValueError when `slugs` names
    no section: there is no empty mail.
    """
    content = {**content, **{name: _with_papers(content[name]) for name in ("sections", "distribution")}}
    wanted = [section for section in content["sections"] if section["slug"] in slugs]
    if not wanted:
        raise ValueError("This digest has none of the sections wanted, so there is no mail to write.")
    with translation.override(language):
        day = _day_words(content, wanted, language) | asdict(links)
        sections = [_section_words(section, language) for section in wanted]
        for shortened in _ever_shorter(sections):
            rendered = mail.render("digest", day | {"sections": shortened}, language)
            if len(rendered.html.encode()) <= HTML_BYTES:
                break
    return rendered


def _with_papers(rows: list[Words]) -> list[Words]:
    """The rows that have papers: an editor may have taken out all of a section's."""
    return [row for row in rows if row["papers"]]


def _ever_shorter(sections: list[Words]) -> Iterator[list[Words]]:
    """The sections in full, then with ever fewer summaries, then with ever fewer papers."""
    titles = [section | {"parts": [], "is_shortened": True} for section in sections]
    for full in range(len(sections), -1, -1):
        yield sections[:full] + titles[full:]
    for most in FEWER_PAPERS:
        yield [
            section | {"papers": section["papers"][:most], "left_out": section["papers"][most:]} for section in titles
        ]


def _day_words(content: Words, wanted: list[Words], language: str) -> Words:
    """What is said about the day as a whole and about this edition of it."""
    day = dt.date.fromisoformat(content["day"])
    papers = [paper for section in wanted for paper in section["papers"]]
    lead = max(papers, key=lambda paper: paper["votes"] or 0)
    labels = {_writer_label(section, language): None for section in wanted}
    return {
        "is_sample": content["is_sample"],
        "is_weekly": content["kind"] == "weekly",
        "long_date": date_format(day, pgettext("date with weekday and year", "l, F j, Y")),
        "subject": _subject(lead, day, content["is_sample"]),
        "preheader": _preheader(wanted, language),
        "paper_count": len(papers),
        "section_count": len(wanted),
        "sections_elsewhere": len(content["sections"]) - len(wanted),
        "all_paper_count": sum(row["papers"] for row in content["distribution"]),
        "lead": _paper_words(lead) if len(papers) > 1 and lead["votes"] else None,
        "chart": _chart_words(content, language),
        "bars": _bars(content["distribution"], language),
        "labels": [label for label in labels if label],
        "label_each": len(labels) > 1,
    }


def _section_words(section: Words, language: str) -> Words:
    """A section as the templates show it."""
    titles = {paper["id"]: paper for paper in section["papers"]} if len(section["papers"]) > 1 else {}
    parts = section["summaries"].get(language, {}).get("parts", {})
    return {
        "emoji": section["emoji"],
        "name": _name(section, language),
        "papers": [_paper_words(paper) for paper in section["papers"]],
        "left_out": [],
        "has_summary": any(parts.values()),
        "is_shortened": False,
        "label": _writer_label(section, language),
        "parts": [
            {
                "heading": HEADINGS[part],
                "bullets": [_bullet_words(b, language, titles if part == "key_points" else {}) for b in parts[part]],
            }
            for part in PARTS
            if parts.get(part)
        ],
    }


def _paper_words(paper: Words) -> Words:
    """A paper's title, address, authors and votes in one line, and its day on arXiv."""
    authors = [_safe(author, NAME_LENGTH) for author in paper["authors"]]
    about = [authors_line(authors)] if authors else []
    if paper["votes"]:
        about.append(ngettext("%d vote", "%d votes", paper["votes"]) % paper["votes"])
    return {
        "title": _safe(paper["title"], TITLE_LENGTH),
        "short_title": _short_title(paper["title"]),
        "url": safe_link(paper["url"]),
        "about": " · ".join(about),
        "published": paper["published"] or "",
    }


def _bullet_words(bullet: Words, language: str, titles: dict[str, Words]) -> Words:
    text = _safe(bullet["text"], BULLET_LENGTH)
    return {
        "text": text,
        "lang": "en" if language == "ko" and not HANGUL.search(text) else "",
        "papers": [_paper_words(titles[known]) for known in bullet["papers"] if known in titles],
    }


def _short_title(title: str) -> str:
    """The name before a colon where a title has one ("SAMURAI: Adapting …"), otherwise its beginning."""
    name, colon, _rest = title.partition(":")
    return _safe(name if colon and 2 <= len(name) <= 32 else title, 40)


def _writer_label(section: Words, language: str) -> str:
    return _safe(writer_label(section["summaries"].get(language)), 2 * NAME_LENGTH)


def _bars(distribution: list[Words], language: str) -> list[Words]:
    """Papers per category, as numbers and as bars; the longest bar is 100 percent wide, or one ■ a paper up to 20."""
    most = max((row["papers"] for row in distribution), default=1)
    names = [_name(row, language) for row in distribution]
    widest = max(map(mail.columns, names), default=0)
    return [
        {
            "emoji": row["emoji"],
            "name": name,
            "padding": " " * (widest - mail.columns(name)),
            "papers": row["papers"],
            "percent": max(1, round(100 * row["papers"] / most)),
            "blocks": "■" * max(1, round(row["papers"] * min(1, WIDEST_BAR / most))),
        }
        for row, name in zip(distribution, names, strict=True)
    ]


def _chart_words(content: Words, language: str) -> Words | None:
    """The hosted chart and its numbers in words; None when it was not drawn."""
    chart = content["charts"].get(language)
    if not chart:
        return None
    counts = ", ".join(f"{_name(row, language)} {row['papers']}" for row in content["distribution"])
    return {
        "url": f"{settings.SITE_URL}{reverse('chart', args=[chart['sha256']])}",
        "width": chart["width"],
        "alt": gettext("Papers by category: %(counts)s") % {"counts": counts},
    }


def _subject(lead: Words, day: dt.date, is_sample: bool) -> str:
    """The lead paper and the date in at most 60 characters; a sample says so first."""
    mark = gettext("[SAMPLE]") + " " if is_sample else ""
    date = date_format(day, pgettext("short date", "M j"))
    room = SUBJECT_LENGTH - len(mark) - len(f" · {date}")
    return f"{mark}{mail.shorten(_safe(lead['title'], 500), room)} · {date}"


def _preheader(wanted: list[Words], language: str) -> str:
    """The line an inbox shows after the subject: papers per category, filled up from the first summary when short."""
    least, most = PREHEADER_LENGTH
    line = " · ".join(f"{_name(section, language)} {len(section['papers'])}" for section in wanted)
    if len(line) < least:
        parts = wanted[0]["summaries"].get(language, {}).get("parts", {})
        first = next((bullet["text"] for part in PARTS for bullet in parts.get(part, ())), "")
        line = f"{line} — {_safe(first, most)}" if first else line
    if len(line) < least:
        line += " · " + gettext("titles, authors and links to arXiv")
    return mail.shorten(line, most)


def _name(row: Words, language: str) -> str:
    return _safe(category_name(row, language), NAME_LENGTH)


def _safe(text: str, limit: int) -> str:
    """Outside text fit to show: one line, nothing invisible, no template marks, at most `limit` characters."""
    return mail.shorten(mail.harmless(clean(text, limit * 4)), limit)
