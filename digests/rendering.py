"""A digest's frozen content as a mail: one edition in one language."""

import datetime as dt
from collections.abc import Collection, Iterator
from dataclasses import asdict, dataclass
from functools import lru_cache
from typing import Any

from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext, ngettext, pgettext

from digests.advertising import MARK
from digests.colours import colour_of
from digests.correction_mail import render_correction
from digests.distribution import bars_of, chart_words
from digests.highlights import Marks
from digests.parts import HEADINGS, PARTS
from digests.wording import (
    NAME_LENGTH,
    TITLE_LENGTH,
    all_numbers_found,
    authors_line,
    language_in,
    late_label,
    note_lines,
    numbers_label,
    policy_note,
    safe,
    safe_link,
    safe_name,
    when_words,
    writer_label,
)
from newsletter import mail

HTML_BYTES = 79_000  # Gmail clips from about 99 500; 80 000 is the goal, the rest is for readers' longer links
TITLED = ("key_points", "impact", "outlook")  # whose bullets are on one paper each, named behind them
FEWER_PAPERS = (20, 10, 5, 2, 1)
SUBJECT_LENGTH = 60
PREHEADER_LENGTH = (40, 100)
BULLET_LENGTH = 700
MARK_LENGTH = 140
ECHO_LETTERS = 40  # a statement that begins with as many letters of another says the same
MOST_LIMITS = 3  # papers of a section whose limits are told; all are on the web

Words = dict[str, Any]


@dataclass(frozen=True)
class Links:
    """A reader's addresses. They appear in the mail exactly as given, so stand-ins can be replaced afterwards; keep
    them free of characters that HTML escapes."""

    unsubscribe: str
    preferences: str
    archive: str
    feedback: str = ""


def render_edition(
    content: Words, language: str, slugs: Collection[str], links: Links, marks: Marks = ()
) -> mail.Rendered:
    """The mail with the sections `slugs` of a digest's frozen `content`, in `language`, with `marks` beside papers.

    A mail that a reader's program would cut off is shortened from its end: first summaries give way to titles with a
    line on each, then to bare titles, then long lists of titles to their beginnings; what is left out is one link away.
    A correction has no sections and is the same for all. Raises ValueError when `slugs` names no section of a digest:
    there is no empty mail.
    """
    if content.get("kind") == "correction":
        return render_correction(content, language, links.unsubscribe, links.preferences, links.archive)
    with translation.override(language):
        day, sections = _prepared(content, language, slugs, links, marks)
        for shortened in _ever_shorter(sections):
            rendered = mail.render("digest", day | {"sections": shortened}, language)
            if len(rendered.html.encode()) <= HTML_BYTES:
                break
    return rendered


def whole_html(content: Words, language: str, slugs: Collection[str], links: Links) -> str:
    """The HTML of the mail with nothing left out for its length, however long. Raises ValueError as `render_edition`."""
    with translation.override(language):
        day, sections = _prepared(content, language, slugs, links)
        return mail.render("digest", day | {"sections": next(_ever_shorter(sections))}, language).html


def _prepared(
    content: Words, language: str, slugs: Collection[str], links: Links, marks: Marks = ()
) -> tuple[Words, list[Words]]:
    """What is said of the day, and of each section wanted."""
    content = {**content, **{name: _with_papers(content[name]) for name in ("sections", "distribution")}}
    wanted = [section for section in content["sections"] if section["slug"] in slugs]
    if not wanted:
        raise ValueError("This digest has none of the sections wanted, so there is no mail to write.")
    day = _day_words(content, wanted, language) | asdict(links)
    return day, [_section_words(section, language, dict(marks)) for section in wanted]


def _with_papers(rows: list[Words]) -> list[Words]:
    """The rows that have papers: an editor may have taken out all of a section's."""
    return [row for row in rows if row["papers"]]


def _ever_shorter(sections: list[Words]) -> Iterator[list[Words]]:
    """The sections in full, then with ever fewer summaries, then with ever fewer papers."""
    lines = [section | {"parts": [], "limits": [], "is_shortened": True} for section in sections]
    titles = [section | {"papers": [paper | {"one_liner": None} for paper in section["papers"]]} for section in lines]
    whole = [
        section | {"papers": [_unless_echo(paper, section) for paper in section["papers"]]} for section in sections
    ]
    for full in range(len(sections), -1, -1):
        yield whole[:full] + lines[full:]
    yield titles
    for most in FEWER_PAPERS:
        yield [
            section | {"papers": section["papers"][:most], "left_out": section["papers"][most:]} for section in titles
        ]


def _unless_echo(paper: Words, section: Words) -> Words:
    """The paper without a one-liner that the summary below it says again: the built-in writer quotes one sentence twice."""
    said = [_letters(bullet["text"]) for part in section["parts"] for bullet in part["bullets"]]
    start = _letters(paper["one_liner"]["text"])[:ECHO_LETTERS] if paper["one_liner"] else ""
    return paper | {"one_liner": None} if start and any(start in text for text in said) else paper


@lru_cache(maxsize=2048)
def _letters(text: str) -> str:
    return "".join(char for char in text.casefold() if char.isalnum())


def _day_words(content: Words, wanted: list[Words], language: str) -> Words:
    """What is said about the day as a whole and about this edition of it."""
    day = dt.date.fromisoformat(content["day"])
    papers = [paper for section in wanted for paper in section["papers"]]
    lead = max(papers, key=lambda paper: paper["votes"] or 0)
    line = next((_line_of(lead, section, language) for section in wanted if lead in section["papers"]), None)
    labels = {_writer_label(section, language): None for section in wanted}
    bars = bars_of(content["distribution"], language)
    return {
        "is_sample": content["is_sample"],
        "is_advertising": content.get("is_advertising", False),
        "is_weekly": content["kind"] == "weekly",
        "long_date": when_words(day, content["kind"]),
        "subject": _own_subject(content, language) or _subject(lead, day, _mark(content)),
        "editor_note": note_lines(content, language),
        "preheader": _preheader(wanted, language),
        "paper_count": len(papers),
        "section_count": len(wanted),
        "sections_elsewhere": len(content["sections"]) - len(wanted),
        "all_paper_count": sum(row["papers"] for row in content["distribution"]),
        "policy_note": policy_note(content),
        "is_bare": content.get("policy") == "titles",
        "lead": _paper_words(lead) | {"one_liner": line} if len(papers) > 1 and lead["votes"] else None,
        "chart": chart_words(content, bars, language),
        "bars": bars,
        "labels": [label for label in labels if label],
        "label_each": len(labels) > 1,
    }


def _section_words(section: Words, language: str, marks: dict[str, str]) -> Words:
    """A section as the templates show it."""
    several = len(section["papers"]) > 1
    papers = [
        _paper_words(paper)
        | {
            "one_liner": _line_of(paper, section, language),
            "number": number if several else None,
            "mark": safe(marks.get(paper["id"], ""), MARK_LENGTH),
        }
        for number, paper in enumerate(section["papers"], 1)
    ]
    known = {paper["id"]: words for paper, words in zip(section["papers"], papers, strict=True)} if several else {}
    summary = section["summaries"].get(language) or {}
    parts = summary.get("parts", {})
    return {
        "emoji": section["emoji"],
        "colour": colour_of(section["slug"]),
        "name": safe_name(section, language),
        "papers": papers,
        "left_out": [],
        "has_summary": any(parts.values()),
        "is_shortened": False,
        "label": _writer_label(section, language),
        "numbers": numbers_label(summary),
        "all_numbers_found": all_numbers_found(summary),
        "limits": [_bullet_words(b, language, known) for b in summary.get("limits", ())[:MOST_LIMITS]],
        "parts": [
            {
                "heading": HEADINGS[part],
                "is_linked": part == "key_points",
                "bullets": [_bullet_words(b, language, known if part in TITLED else {}) for b in parts[part]],
            }
            for part in PARTS
            if parts.get(part)
        ],
    }


def _line_of(paper: Words, section: Words, language: str) -> Words | None:
    """A paper's one-liner, where there is one that says more than the title."""
    lines = (section["summaries"].get(language) or {}).get("one_liners", ())
    line = next((line for line in lines if paper["id"] in line["papers"]), None)
    return _bullet_words(line, language, {}) if line and line["text"] != paper["title"] else None


def _paper_words(paper: Words) -> Words:
    """A paper's title, address, authors and votes in one line, and its day on arXiv."""
    authors = [safe(author, NAME_LENGTH) for author in paper["authors"]]
    about = [authors_line(authors)] if authors else []
    if paper["votes"]:
        about.append(ngettext("%d vote", "%d votes", paper["votes"]) % paper["votes"])
    if paper.get("is_late"):
        about.append(late_label())
    return {
        "title": safe(paper["title"], TITLE_LENGTH),
        "short_title": _short_title(paper["title"]),
        "url": safe_link(paper["url"]),
        "about": " · ".join(about),
        "published": paper["published"] or "",
    }


def _bullet_words(bullet: Words, language: str, papers: dict[str, Words]) -> Words:
    text = safe(bullet["text"], BULLET_LENGTH)
    return {
        "text": text,
        "lang": "" if (spoken := language_in(text, language)) == language else spoken,
        "papers": [papers[known] for known in bullet["papers"] if known in papers][:1],
    }


def _short_title(title: str) -> str:
    """The name before a colon where a title has one ("SAMURAI: Adapting …"), otherwise its beginning."""
    name, colon, _rest = title.partition(":")
    return safe(name if colon and 2 <= len(name) <= 32 else title, 40)


def _writer_label(section: Words, language: str) -> str:
    return safe(writer_label(section["summaries"].get(language)), 2 * NAME_LENGTH)


def _mark(content: Words) -> str:
    """What the subject begins with where the digest is no ordinary one."""
    marks = [MARK] if content.get("is_advertising") else []
    marks += [gettext("[SAMPLE]")] if content["is_sample"] else []
    marks += [gettext("[Weekly]")] if content["kind"] == "weekly" else []
    return "".join(f"{mark} " for mark in marks)


def subject_room(content: Words, language: str) -> int:
    """The characters of an editor's own subject, beside what the subject of such a digest begins with."""
    with translation.override(language):
        return mail.MAX_SUBJECT - len(_mark(content))


def _own_subject(content: Words, language: str) -> str:
    """An editor's subject after the mark; empty where there is none."""
    own = safe(content.get("subjects", {}).get(language, ""), mail.MAX_SUBJECT)
    return f"{_mark(content)}{own}" if own else ""


def _subject(lead: Words, day: dt.date, mark: str) -> str:
    """The lead paper and the date in at most 60 characters, after the mark."""
    date = date_format(day, pgettext("short date", "M j"))
    room = SUBJECT_LENGTH - len(mark) - len(f" · {date}")
    return f"{mark}{mail.shorten(safe(lead['title'], 500), room)} · {date}"


def _preheader(wanted: list[Words], language: str) -> str:
    """The line an inbox shows after the subject: papers per category, filled up from the first summary when short."""
    least, most = PREHEADER_LENGTH
    line = " · ".join(f"{safe_name(section, language)} {len(section['papers'])}" for section in wanted)
    if len(line) < least:
        parts = wanted[0]["summaries"].get(language, {}).get("parts", {})
        first = next((bullet["text"] for part in PARTS for bullet in parts.get(part, ())), "")
        line = f"{line} — {safe(first, most)}" if first else line
    if len(line) < least:
        line += " · " + gettext("titles, authors and links to arXiv")
    return mail.shorten(line, most)
