"""A digest's content as one plain value: what an editor approves is this, and everything readers see is made of it."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections import Counter
from typing import Any

from django.conf import settings
from django.urls import reverse

from digests.advertising import advertises
from digests.choosing.choose import told_to_readers
from digests.models import Correction, Digest, Entry, Section, Summary
from digests.week import with_week

Content = dict[str, Any]


def snapshot(digest: Digest) -> Content:
    """The digest as it stands now: day, distribution, charts, sections with papers and summaries. JSON-ready. Of the
    mailing of a correction, that correction."""
    if digest.kind == Digest.Kind.CORRECTION:
        return correction_content(digest.mails_correction)
    sections = digest.sections.select_related("category").prefetch_related("entries__paper", "summaries")
    told = [_section(section) for section in sections]
    content = {
        "day": digest.day.isoformat(),
        "kind": digest.kind,
        "is_sample": digest.is_sample,
        "is_advertising": advertises(digest),
        "languages": list(settings.DIGEST_LANGUAGES),
        "distribution": distribution(told),
        "charts": {
            chart.language: {"sha256": chart.sha256, "width": chart.width, "height": chart.height}
            for chart in digest.charts.defer("png").order_by("language")
        },
        "sections": told,
    } | _said_by_the_editor(digest)
    return with_week(content, digest) if digest.kind == Digest.Kind.WEEKLY else content


def _said_by_the_editor(digest: Digest) -> Content:
    """Note and subject by language, where there are any: a digest without them has the content, and the hash, that it
    always had."""
    notes = {language: text.split("\n") for language, text in digest.editor_notes.items() if text}
    said = {"note": notes, "subjects": {language: text for language, text in digest.subjects.items() if text}}
    return {name: words for name, words in said.items() if words}


def correction_content(correction: Correction) -> Content:
    """A correction as its mails are made of it: like a digest's content, without sections. `corrects` is the number of
    the digest it is about, `of_kind` that one's kind."""
    corrected, paper = correction.digest, correction.paper
    return {
        "day": corrected.day.isoformat(),
        "kind": Digest.Kind.CORRECTION.value,
        "of_kind": corrected.kind,
        "corrects": corrected.pk,
        "is_sample": corrected.is_sample,
        "is_advertising": settings.MAIL_ADVERTISING,
        "languages": list(settings.DIGEST_LANGUAGES),
        "texts": {language: correction.text(language) for language in settings.DIGEST_LANGUAGES},
        "paper": {"title": paper.title, "url": paper.url} if paper else None,
        "distribution": [],
        "charts": {},
        "sections": [],
    }


def path_of(content: Content) -> str:
    """Where the archive shows the digest, or the one that a correction is about."""
    kind = content.get("of_kind", content["kind"])
    name = "weekly" if kind == Digest.Kind.WEEKLY else "digest"
    return reverse(name, args=[dt.date.fromisoformat(content["day"])])


def distribution(sections: list[Content]) -> list[Content]:
    """How many papers each category has, most first; equal ones in the order of the sections."""
    counted = [
        {"slug": s["slug"], "emoji": s["emoji"], "name": s["name"], "papers": len(s["papers"])} for s in sections
    ]
    return sorted(counted, key=lambda share: -share["papers"])


def _section(section: Section) -> Content:
    category = section.category
    return {
        "slug": category.slug,
        "bit": category.bit,
        "emoji": category.emoji,
        "name": {"ko": category.name_ko, "en": category.name_en},
        "papers": [_paper(entry) for entry in section.entries.all()],
        "summaries": {summary.language: summary_words(summary) for summary in section.summaries.all()},
    }


def _paper(entry: Entry) -> Content:
    paper = entry.paper
    return {
        "id": paper.arxiv_id,
        "title": paper.title,
        "authors": paper.authors,
        "url": paper.url,
        "votes": entry.votes,
        "is_late": entry.is_late,
        "published": paper.published_at.date().isoformat() if paper.published_at else None,
        "chosen": told_to_readers(entry.reason),
    }


def summary_words(summary: Summary) -> Content:
    """A summary as the content has it."""
    return {
        "written_by": summary.written_by,
        "edited": summary.edited_by_id is not None,
        "making": summary.making,
        "parts": summary.parts,
        "limits": summary.limits,
        "one_liners": summary.one_liners,
        "doubts": dict(sorted(Counter(flag["kind"] for flag in summary.flags).items())),
    }


def hash_of(content: Content) -> str:
    """SHA-256 of the content, the same for equal content on any machine and in any database."""
    canonical = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def shown(digest: Digest) -> Content:
    """What readers may see: the approved copy. Raises ValueError for a digest that nobody approved."""
    if digest.approved_content is None:
        raise ValueError(f"The digest of {digest.day} is not approved.")
    return dict(digest.approved_content)
