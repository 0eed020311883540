"""Prompts: instructions from `templates/prompts/`, and a paper as a block of data under a boundary nobody can guess.

The same question has the same words each time, boundary included, so that its answer can be kept and found again.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from functools import cache

from django.template import Context, Engine
from django.template.loader import get_template
from django.utils.crypto import salted_hmac

from digests.offline.quoting import is_quotable, without_links
from digests.offline.ranking import quotable_title
from digests.offline.reading import read_paper
from digests.parts import Abstract
from digests.writing.evidence import numbered

LONGEST_ABSTRACT = 4000
WITHHELD = "(title withheld)"


def instructions(name: str, **values: object) -> str:
    """The instructions `templates/prompts/<name>.txt`, filled with our own values only."""
    source = get_template(f"prompts/{name}.txt").template.source  # type: ignore[attr-defined]
    return Engine().from_string(source).render(Context(values, autoescape=False)).strip()


@cache
def prompts_version() -> str:
    """Which instructions a model's summary was written by: the beginning of their SHA-256."""
    source = get_template("prompts/summarise.txt").template.source  # type: ignore[attr-defined]
    return hashlib.sha256(source.encode()).hexdigest()[:10]


def paper_block(paper: Abstract, most_sentences: int | None = None) -> str:
    """The paper as JSON between two lines with a boundary that only we can compute, so that no abstract can close the
    block. Each sentence has its number before it, as in "S2"; of more than `most_sentences` the most telling stay."""
    told = tellable(paper)
    if most_sentences is not None:
        best = [sentence.place + 1 for sentence in read_paper(paper).ranked][:most_sentences]
        told = {number: sentence for number, sentence in told.items() if number in best}
    abstract = " ".join(f"S{number} {sentence}" for number, sentence in told.items())
    row = {"id": paper.id, "title": quotable_title(paper.title) or WITHHELD, "abstract": abstract}
    rows = json.dumps(row, ensure_ascii=False, indent=1)
    boundary = salted_hmac("digests.writing.prompts.boundary", rows).hexdigest()[:16]
    return f"=== DATA {boundary} ===\n{rows}\n=== END {boundary} ==="


def tellable(paper: Abstract) -> dict[int, str]:
    """An abstract's sentences by their numbers as a model may see them: plain text without links, and without the
    sentences that give orders to a model, speak to the reader or carry an address. What slips through meets the rules
    for answers in `verify`."""
    sentences = enumerate(map(without_links, numbered(paper).values()), start=1)
    return dict(_up_to(LONGEST_ABSTRACT, {n: text for n, text in sentences if text and is_quotable(text)}))


def _up_to(most: int, sentences: Mapping[int, str]) -> Iterable[tuple[int, str]]:
    """The first sentences, as many as fit into so many characters."""
    for number, sentence in sentences.items():
        most -= len(sentence) + 1
        if most < 0:
            return
        yield number, sentence
