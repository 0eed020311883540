"""The five parts of a section's summary, and what stands beside them: the shape every writer returns and every page
shows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy

PARTS = ("topics", "keywords", "key_points", "impact", "outlook")
HEADINGS = {
    "topics": gettext_lazy("Topics"),
    "keywords": gettext_lazy("Keywords and trends"),
    "key_points": gettext_lazy("Key points"),
    "impact": gettext_lazy("Impact"),
    "outlook": gettext_lazy("Outlook"),
}


@dataclass(frozen=True)
class Abstract:
    """What a writer may know of a paper. `id` is the arXiv id without version; `text` may be empty."""

    id: str
    title: str
    text: str


@dataclass(frozen=True)
class Bullet:
    """One statement of a part, the ids of the papers it rests on, and the ids of the sentences in their abstracts.

    A sentence's id is "ARXIVID#n"; what n counts is said in `digests.writing.evidence`.
    """

    text: str
    papers: tuple[str, ...]
    sentences: tuple[str, ...] = ()


@dataclass(frozen=True)
class PutRight:
    """A correction as a file carries it: on which `day`, in which words, and of which paper (its id and title), if of one."""

    day: str
    text: str
    paper: str = ""
    title: str = ""


Parts = Mapping[str, Sequence[Bullet]]
"""The five parts by their names."""


@dataclass(frozen=True)
class Written:
    """All that is written about a section in one language: the five parts; `limits`, what the results rest on; and
    `one_liners`, each paper in a line. The last two have one paper to a bullet."""

    parts: Parts
    limits: Sequence[Bullet] = ()
    one_liners: Sequence[Bullet] = ()


BESIDE = {
    "limits": gettext_lazy("What the results rest on"),
    "one_liners": gettext_lazy("Each paper in a line"),
}
"""What stands beside the five parts, with headings."""


def as_json(parts: Parts) -> dict[str, list[dict[str, Any]]]:
    """Parts as `Summary.parts` stores them."""
    return {part: bullets_as_json(parts[part]) for part in PARTS}


def from_json(stored: Mapping[str, Iterable[Mapping[str, Any]]]) -> Parts:
    """The reverse of `as_json`."""
    return {part: bullets_from_json(stored.get(part, ())) for part in PARTS}


def bullets_as_json(bullets: Iterable[Bullet]) -> list[dict[str, Any]]:
    """A list of bullets as JSON stores it."""
    return [{"text": b.text, "papers": list(b.papers), "sentences": list(b.sentences)} for b in bullets]


def bullets_from_json(stored: Iterable[Mapping[str, Any]]) -> list[Bullet]:
    """The reverse of `bullets_as_json`."""
    return [Bullet(b["text"], tuple(b["papers"]), tuple(b.get("sentences", ()))) for b in stored]
