"""The papers of a digest as BibTeX. Pure: content in, text out."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import count

from digests.arxiv_id import month_of
from digests.content import Content
from digests.parts import PutRight

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
# What TeX would take for a command. Letters beyond ASCII stay as they are: biber and today's TeX read UTF-8.
SPECIALS = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "%": r"\%", "#": r"\#", "_": r"\_",
    "^": r"\textasciicircum{}", "~": r"\textasciitilde{}", '"': r"\textquotedbl{}",
}  # fmt: skip
SMALL_WORDS = {"a", "an", "the", "on", "of", "for", "to", "in", "and", "with", "is", "are", "do", "towards", "toward"}


def to_bibtex(content: Content, corrections: Sequence[PutRight] = ()) -> str:
    """Each paper as a `@misc` of arXiv, in the digest's order, under keys like `vaswani2017attention`, each once. What the digest
    put right about a paper is its note; what it put right about the whole stands at the head."""
    papers = [paper for section in content["sections"] for paper in section["papers"]]
    notes = {paper["id"]: "; ".join(_put_right(c) for c in corrections if c.paper == paper["id"]) for paper in papers}
    entries = [_entry(paper, key, notes[paper["id"]]) for paper, key in zip(papers, _keys(papers), strict=True)]
    head = [
        f"% {len(papers)} papers of {content['day']}. Encoding: UTF-8",
        *(_comment(c) for c in corrections if not c.paper),
    ]
    return "\n".join([*head, "", *entries])


def _put_right(correction: PutRight) -> str:
    return f"Corrected {correction.day}: {escaped(correction.text)}"


def _comment(correction: PutRight) -> str:
    """A line outside of entries, where BibTeX begins an entry at every @."""
    return f"% Corrected {correction.day}: {' '.join(correction.text.replace('@', '(at)').split())}"


def escaped(text: str) -> str:
    """Text that TeX shows as it stands, on one line, with as many closing braces as opening ones."""
    return "".join(SPECIALS.get(character, character) for character in " ".join(text.split()))


def _entry(paper: Content, key: str, note: str) -> str:
    year, _dash, month = (paper["published"] or month_of(paper["id"])).partition("-")
    fields = {
        "title": "{" + escaped(paper["title"]) + "}",  # a second pair of braces keeps its capitals
        "author": " and ".join(map(_author, paper["authors"])),
        "year": year,
        "eprint": paper["id"],
        "archiveprefix": "arXiv",
        "url": paper["url"],
        "note": note,
    }
    lines = [f"  {name} = {{{value}}}," for name, value in fields.items() if value]
    return "\n".join([f"@misc{{{key},", *lines, f"  month = {MONTHS[int(month[:2]) - 1]},", "}", ""])


def _author(name: str) -> str:
    """A name; in braces where BibTeX would read two names, or parts, out of it."""
    text = escaped(name)
    return f"{{{text}}}" if re.search(r"\band\b|,", text, re.IGNORECASE) else text


def _keys(papers: Iterable[Content]) -> list[str]:
    """A key for each paper, the later of equal ones with a letter or number behind it."""
    seen: Counter[str] = Counter()
    keys: list[str] = []
    for wanted in map(_key, papers):
        seen[wanted] += 1
        key = wanted if seen[wanted] == 1 else f"{wanted}-{seen[wanted]}"
        keys.append(next(k for n in count() if (k := key + "x" * n) not in keys))
    return keys


def _key(paper: Content) -> str:
    family = _ascii(paper["authors"][0].split()[-1]) if paper["authors"] and paper["authors"][0].split() else ""
    words = (_ascii(word) for word in re.split(r"[\s:,–—-]+", paper["title"]))
    word = next((word for word in words if word and word not in SMALL_WORDS), "")
    year = (paper["published"] or month_of(paper["id"]))[:4]
    return f"{family}{year}{word}"[:60] if family or word else "arxiv" + re.sub(r"\W", "", paper["id"])


def _ascii(text: str) -> str:
    bare = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]", "", bare.lower())
