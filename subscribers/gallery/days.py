"""Days to make mails of: the sample day's papers, with words that were written by hand in both languages. Pure, and
nothing of it is ever sent."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from digests.content import distribution
from digests.deadline import TITLES, for_policy
from digests.distribution import draw_chart
from digests.sample import FILE
from digests.seed import CATEGORIES
from digests.writing.making import Making

Content = dict[str, Any]

WORDS = Path(__file__).parent / "words.json"
DAY = dt.date(2024, 11, 22)
LANGUAGES = ("ko", "en")
WRITER = "example-model"
HOSTILE = (
    "<script>alert(1)</script> & <b>bold</b>",
    '"><img src=x onerror=alert(1)>',
    "{{ settings.SECRET_KEY }} {% load x %} ${name} %recipient.email%",
    "</mj-text><mj-raw>\u202etxet desrever\u2066\u200b",
    "Averyveryverylongwordthatnobodycouldeverbreak" * 5,
    "https://phishing.example.net/login?next=" + "a" * 160,
    "🧨 Emoji 👩‍💻, 한글, العربية, and $\\mathcal{O}(n^2)$ costs $5",
)


def ordinary() -> Content:
    """Eight papers in five sections."""
    return day_of(_sections(_told()))


def one_paper() -> Content:
    """One section with one paper."""
    last = _told()[-1]
    return day_of(_sections([last]))


def sixty() -> Content:
    """Sixty papers in ten sections: too much for a mail with all its words."""
    told = _told()
    slugs = [seed.slug for seed in CATEGORIES][:10]
    return day_of(_sections(_stretched(told[n % len(told)], slug, n) for n, slug in enumerate(slugs)))


def hostile() -> Content:
    """Titles, names and words that try to be something else."""

    def spoilt(section: Content, number: int) -> Content:
        papers = [
            paper | {"title": HOSTILE[(number + n) % len(HOSTILE)], "authors": [HOSTILE[n % 4], "O'Neil <o@x.example>"]}
            for n, paper in enumerate(section["papers"])
        ]
        return section | {"papers": papers, "summaries": _every_text(section["summaries"], number)}

    return day_of([spoilt(section, n) for n, section in enumerate(_sections(_told()))])


def weekly() -> Content:
    """The best of a week: no impact and no outlook, as a weekly digest has them."""
    content = day_of([_as_weekly(section, n) for n, section in enumerate(_sections(_told()))], kind="weekly")
    rows = [row | {"papers": row["papers"] * (9 - n)} for n, row in enumerate(content["distribution"])]
    return content | {"distribution": rows, "days": [f"2024-11-{day}" for day in range(18, 23)]}


def titles_only() -> Content:
    """What the policy sends when nobody approved in time: no word of a model's."""
    return for_policy(ordinary(), TITLES)


DAYS: dict[str, Callable[[], Content]] = {
    "daily": ordinary,
    "one-paper": one_paper,
    "sixty-papers": sixty,
    "hostile": hostile,
    "weekly": weekly,
    "titles-only": titles_only,
}


def with_charts(content: Content) -> tuple[Content, dict[str, bytes]]:
    """The content with its charts drawn, and their bytes by hash."""
    pictures: dict[str, bytes] = {}
    charts = {}
    for language in LANGUAGES:
        drawn = draw_chart(content, language)
        name = hashlib.sha256(drawn.png).hexdigest()
        pictures[name] = drawn.png
        charts[language] = {"sha256": name, "width": drawn.width, "height": drawn.height}
    return content | {"charts": charts}, pictures


def day_of(sections: Sequence[Content], kind: str = "daily") -> Content:
    """A digest's content, shaped as `digests.content.snapshot` gives it, with these sections."""
    day = DAY + dt.timedelta(days=3) if kind == "weekly" else DAY
    return {
        "day": day.isoformat(),
        "kind": kind,
        "is_sample": False,
        "languages": list(LANGUAGES),
        "distribution": distribution(list(sections)),
        "charts": {},
        "sections": list(sections),
    }


@cache
def _known() -> dict[str, Content]:
    rows = json.loads(FILE.read_text(encoding="utf-8"))["papers"]
    return {
        row["arxiv_id"]: {
            "id": row["arxiv_id"],
            "title": row["title"],
            "authors": row["authors"],
            "url": f"https://arxiv.org/abs/{row['arxiv_id']}",
            "votes": row["votes"],
            "is_late": False,
            "published": row["published"][:10],
        }
        for row in rows
    }


def _told() -> list[Content]:
    told: list[Content] = json.loads(WORDS.read_text(encoding="utf-8"))
    return told


def _sections(told: Iterable[Content]) -> list[Content]:
    bits = {seed.slug: (bit, seed) for bit, seed in enumerate(CATEGORIES)}
    sections = []
    for each in told:
        bit, seed = bits[each["slug"]]
        sections.append(
            {
                "slug": seed.slug,
                "bit": bit,
                "emoji": seed.emoji,
                "name": {"ko": seed.name_ko, "en": seed.name_en},
                "papers": [each.get("as", {}).get(id_) or _known()[id_] for id_ in each["papers"]],
                "summaries": {language: _summary(each, language) for language in LANGUAGES},
            }
        )
    return sections


def _summary(told: Content, language: str) -> Content:
    ids = list(told["papers"])

    def each(what: str) -> list[Content]:
        return [_bullet(words[what][language], id_) for id_, words in told["papers"].items()]

    parts = {
        "topics": [_bullet(text, *ids) for text in told["topics"][language]],
        "keywords": [_bullet(text, *ids) for text in told["keywords"][language]],
        "key_points": each("point"),
        "impact": each("impact"),
        "outlook": [_bullet(text, id_) for id_, text in told["outlook"][language]],
    }
    return {
        "written_by": WRITER,
        "edited": False,
        "making": Making(numbers=(4, 4) if len(ids) > 1 else None).as_json(),
        "parts": parts,
        "limits": each("limit"),
        "one_liners": each("line"),
    }


def _bullet(text: str, *ids: str) -> Content:
    return {"text": text, "papers": list(ids), "sentences": []}


def _stretched(told: Content, slug: str, number: int) -> Content:
    """The same section under another name, with six papers of its own number."""
    ids, words = list(told["papers"]), list(told["papers"].values())
    made = {f"2411.{90000 + 10 * number + n}": n % len(ids) for n in range(6)}
    papers = {
        new: _known()[ids[n]] | {"id": new, "url": f"https://arxiv.org/abs/{new}", "votes": 90 - number}
        for new, n in made.items()
    }
    outlook = {
        language: [[next(iter(made)), text] for _id, text in told["outlook"][language]] for language in LANGUAGES
    }
    return told | {
        "slug": slug,
        "as": papers,
        "outlook": outlook,
        "papers": {new: words[n] for new, n in made.items()},
    }


def _every_text(summaries: Content, number: int) -> Content:
    """The summaries with every other statement replaced by something hostile."""

    def spoilt(bullets: list[Content]) -> list[Content]:
        return [
            bullet | {"text": HOSTILE[(number + n) % len(HOSTILE)]} if n % 2 == 0 else bullet
            for n, bullet in enumerate(bullets)
        ]

    return {
        language: summary
        | {"written_by": HOSTILE[0], "parts": {part: spoilt(bullets) for part, bullets in summary["parts"].items()}}
        | {"one_liners": spoilt(summary["one_liners"])}
        for language, summary in summaries.items()
    }


def _as_weekly(section: Content, number: int) -> Content:
    papers = [
        paper | {"rank": 10 * number + n, "day": f"2024-11-{18 + (number + n) % 5}"}
        for n, paper in enumerate(section["papers"])
    ]
    summaries = {
        language: summary
        | {"parts": {part: bullets if part == "key_points" else [] for part, bullets in summary["parts"].items()}}
        for language, summary in section["summaries"].items()
    }
    return section | {"papers": papers, "summaries": summaries}
