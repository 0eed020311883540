"""Prompts: instructions from `templates/prompts/`, and papers as a block of data under a boundary nobody can guess."""

import json
import secrets
from collections.abc import Iterable

from django.template import Context, Engine
from django.template.loader import get_template

from digests.offline.quoting import is_quotable, without_links
from digests.offline.ranking import quotable_title
from digests.offline.sentences import plain, split
from digests.parts import Abstract

LONGEST_ABSTRACT = 4000
WITHHELD = "(title withheld)"


def instructions(name: str, **values: object) -> str:
    """The instructions `templates/prompts/<name>.txt`, filled with our own values only."""
    source = get_template(f"prompts/{name}.txt").template.source  # type: ignore[attr-defined]
    return Engine().from_string(source).render(Context(values, autoescape=False)).strip()


def data_block(papers: Iterable[Abstract]) -> str:
    """The papers as JSON between two lines with a random boundary, so that no abstract can close the block."""
    boundary = secrets.token_hex(8)
    rows = [{"id": p.id, "title": quotable_title(p.title) or WITHHELD, "abstract": tellable(p.text)} for p in papers]
    return f"=== DATA {boundary} ===\n{json.dumps(rows, ensure_ascii=False, indent=1)}\n=== END {boundary} ==="


def tellable(abstract: str) -> str:
    """An abstract as a model may see it: plain text without links, and without the sentences that give orders to a
    model, speak to the reader or carry an address. What slips through meets the rules for answers in `verify`."""
    sentences = [without_links(sentence) for sentence in split(plain(abstract[:LONGEST_ABSTRACT]))]
    return " ".join(sentence for sentence in sentences if sentence and is_quotable(sentence))
