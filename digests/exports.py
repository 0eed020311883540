"""A digest as a file: Markdown in the predecessor's shape, HTML, or JSON. Pure: content in, text out."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

from django.template.loader import render_to_string
from django.utils.translation import override

from digests.advertising import mark_of
from digests.content import Content
from digests.parts import HEADINGS, PARTS, PutRight
from digests.wording import note_lines, numbers_label, writer_label

WORDS = {
    "ko": {
        "summary": "요약",
        "limits": "결과의 근거",
        "sources": "출처",
        "none": "요약이 준비되지 않았습니다.",
        "sample": "샘플",
        "note": "편집자의 말",
        "corrected": "수정됨",
    },
    "en": {
        "summary": "Summary",
        "limits": "What the results rest on",
        "sources": "Sources",
        "none": "No summary is available.",
        "sample": "SAMPLE",
        "note": "From the editor",
        "corrected": "Corrected",
    },
}
# Characters that would make Markdown of a title or a model's text.
SPECIAL = re.compile(r"([\\`*_\[\]<>#|&~])")


def report_name(content: Content, language: str, ending: str) -> str:
    """The predecessor's file name; other languages than Korean are told apart by a suffix."""
    return f"Papers_{content['day']}_report{_suffix(language)}.{ending}"


def chart_name(content: Content, language: str) -> str:
    """The file name of the chart beside the exported text."""
    return f"paper_{content['day']}{_suffix(language)}.png"


def _suffix(language: str) -> str:
    return "" if language == "ko" else f"_{language}"


def to_markdown(content: Content, language: str, chart_address: str = "", corrections: Sequence[PutRight] = ()) -> str:
    """The predecessor's report: title line with the chart, what was put right since, if anything, then each section's summary
    and sources. The chart lies beside the file, unless it has an address."""
    words = WORDS[language]
    mark = _marks(content, language)
    chart = (
        f"![Category Distribution Graph]({chart_address or chart_name(content, language)})"
        if language in content["charts"]
        else ""
    )
    lines = [f"# Daily Artificial Intelligence Insights : Papers{mark}{chart}", ""]
    if note := note_lines(content, language):
        lines += [f"**{words['note']}:**", "", *(f"{escaped(line)}  " for line in note), ""]
    if corrections:
        lines += [f"**{words['corrected']}:**", "", *(f" - {_put_right(each)}" for each in corrections), ""]
    for section in content["sections"]:
        lines += [f"## {section['emoji']} {escaped(section['name'][language])}", "", f"**{words['summary']}:**", ""]
        summary = section["summaries"].get(language)
        for number, (heading, bullets) in enumerate(_headed(summary, language), start=1):
            lines += [f"{number}. {heading}:", *(f"   - {escaped(bullet['text'])}" for bullet in bullets), ""]
        lines += [] if summary else [words["none"], ""]
        lines += [f"**{words['sources']}:**", ""]
        lines += [f" - {escaped(paper['title'])} ({paper['url']})" for paper in section["papers"]]
        lines += ["", *_limits_and_making(summary, language), ""] if summary else ["", ""]
    return "\n".join(lines).rstrip("\n") + "\n"


def _put_right(correction: PutRight) -> str:
    paper = f" – {escaped(correction.title)} (arXiv:{correction.paper})" if correction.paper else ""
    return f"{correction.day}: {escaped(correction.text)}{paper}"


def _marks(content: Content, language: str) -> str:
    """What says that this is no ordinary digest, behind a title."""
    sample = f"[{WORDS[language]['sample']}]" if content["is_sample"] else ""
    return "".join(f" {mark}" for mark in (mark_of(content), sample) if mark)


def _limits_and_making(summary: Content, language: str) -> list[str]:
    """What stands beside the five parts, behind the shape of old: what the results rest on, who wrote it, and how its
    numbers were checked."""
    limits = " · ".join(bullet["text"] for bullet in summary["limits"])
    lines = [f"{WORDS[language]['limits']}: {escaped(limits)}", ""] if limits else []
    return [*lines, escaped(_making(summary, language)), ""]


def escaped(text: str) -> str:
    """Text that Markdown shows as it stands."""
    return SPECIAL.sub(r"\\\1", " ".join(text.split()))


def to_html(content: Content, language: str) -> str:
    """A page of its own with the same matter, for reading without the site."""
    words = WORDS[language]
    sections = [
        {
            "emoji": section["emoji"],
            "name": section["name"][language],
            "papers": section["papers"],
            "parts": _headed(section["summaries"].get(language), language),
            "limits": (section["summaries"].get(language) or {}).get("limits", []),
            "making": _making(section["summaries"].get(language), language),
        }
        for section in content["sections"]
    ]
    return render_to_string(
        "export/digest.html",
        {
            "language": language,
            "words": words,
            "title": content["day"] + _marks(content, language),
            "chart": chart_name(content, language) if language in content["charts"] else "",
            "numbers": ", ".join(f"{share['name'][language]} {share['papers']}" for share in content["distribution"]),
            "note": note_lines(content, language),
            "sections": sections,
        },
    )


def _making(summary: Content | None, language: str) -> str:
    with override(language):
        return f"{writer_label(summary)} · {numbers_label(summary)}" if summary else ""


def _headed(summary: Content | None, language: str) -> list[tuple[str, list[Content]]]:
    """Each part's heading with its bullets; nothing where there is no summary."""
    if summary is None:
        return []
    with override(language):
        return [(str(HEADINGS[part]), summary["parts"].get(part, [])) for part in PARTS]


def to_json(content: Content, language: str) -> str:
    """The content itself; both languages are in it."""
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"


WRITERS = {"markdown": (to_markdown, "md"), "html": (to_html, "html"), "json": (to_json, "json")}
