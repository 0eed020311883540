"""Reads labelled papers and cases: JSON lines, told apart by their fields, from one file or all of a folder."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple


class Labelled(NamedTuple):
    """A paper with its category, and the other categories that a reasonable editor would accept."""

    title: str
    abstract: str
    primary: str
    acceptable: frozenset[str]


class Case(NamedTuple):
    """A summary beside its source. `kind` says in what way it is faithful or not."""

    source: str
    summary: str
    language: str
    is_faithful: bool
    kind: str


class Reference(NamedTuple):
    """A paper with the sentence that somebody summed it up in, and the keywords it was given, if any."""

    title: str
    abstract: str
    summary: str
    keywords: tuple[str, ...]


@dataclass
class Gold:
    """What a path holds."""

    labelled: list[Labelled] = field(default_factory=list)
    cases: list[Case] = field(default_factory=list)
    references: list[Reference] = field(default_factory=list)


class NotGold(Exception):
    """The path has nothing to measure on; the text says why."""


def read_gold(path: Path) -> Gold:
    """All rows of a `.jsonl` file or of such files in a folder. Rows of other shapes are passed over.

    {"title","abstract","primary","acceptable"} is a labelled paper; {"source","summary","lang","label","kind"} a case;
    {"title","abstract","summary"} a reference, with "keywords" where there are some. A faithful English summary of a
    single paper in one sentence serves as a reference, too. Raises NotGold.
    """
    files = sorted(path.glob("*.jsonl")) if path.is_dir() else [path]
    gold = Gold()
    for row in (row for file in files for row in _rows(file)):
        if {"title", "abstract", "primary"} <= row.keys():
            gold.labelled.append(_labelled(row))
        elif {"source", "summary", "label", "kind"} <= row.keys():
            gold.cases.append(_case(row))
            gold.references += _told_in_a_sentence(row)
        elif {"title", "abstract", "summary"} <= row.keys():
            keywords = tuple(str(keyword) for keyword in row.get("keywords") or ())
            gold.references.append(Reference(row["title"], row["abstract"], row["summary"], keywords))
    if not (gold.labelled or gold.cases or gold.references):
        raise NotGold(f"{path} holds no labelled papers, no faithfulness cases and no reference summaries.")
    return gold


def _rows(file: Path) -> Iterator[dict[str, Any]]:
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise NotGold(f"{file} cannot be read: {getattr(error, 'strerror', None) or error}") from error
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except ValueError as error:
            raise NotGold(f"{file}, line {number}, is not JSON.") from error
        if isinstance(row, dict):
            yield row


def _labelled(row: dict[str, Any]) -> Labelled:
    return Labelled(row["title"], row["abstract"], row["primary"], frozenset(row.get("acceptable") or ()))


def _case(row: dict[str, Any]) -> Case:
    language = row.get("lang") or row.get("language") or "ko"
    return Case(row["source"], row["summary"], language, row["label"] == "faithful", row["kind"])


def _told_in_a_sentence(row: dict[str, Any]) -> list[Reference]:
    is_one = row["label"] == "faithful" and row.get("lang") == "en" and row["kind"] == "original_en"
    if not is_one or row.get("n_sources", 1) != 1:
        return []
    title, _, abstract = row["source"].partition("\n")
    return [Reference(title, abstract, row["summary"], ())]
