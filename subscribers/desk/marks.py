"""What is marked in a digest for an editor to look at, the gravest first."""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

from django.utils.translation import gettext as _

from digests.models import Consideration, Digest, Entry, Summary
from digests.verification.findings import MARKED, WITHHELD
from digests.writing.making import Making, Short

UNSURE = 0.5
"""A category decided with less confidence than this is worth a look."""


class Mark(NamedTuple):
    """A kind of doubt, and in how many places."""

    name: str
    places: int


def marks_of(digest: Digest) -> list[Mark]:
    """Doubts about statements by their risk, then where the model did not write, unsure categories and look-alikes."""
    summaries = Summary.objects.filter(section__digest=digest).only("flags", "making")
    kinds: Counter[str] = Counter()
    stood_in = 0
    for summary in summaries:
        kinds.update(flag["kind"] for flag in summary.flags)
        stood_in += Making.from_json(summary.making).short in (Short.MODEL, Short.BUDGET)
    entries = Entry.objects.filter(section__digest=digest)
    unsure = entries.filter(paper__confidence__lt=UNSURE).exclude(paper__decided_by="editor").count()
    chosen = Consideration.objects.filter(day=digest.day, is_chosen=True, paper__entries__section__digest=digest)
    alike = chosen.filter(reason__contains="resembles ").count()
    told = [Mark(kind, count) for kind, count in sorted(kinds.items(), key=lambda each: -risk_of(each[0]))]
    rest = [
        Mark(_("written by the built-in writer in the model's place"), stood_in),
        Mark(_("category unsure"), unsure),
        Mark(_("resembles a paper of an earlier day"), alike),
    ]
    return [mark for mark in [*told, *rest] if mark.places]


def risk_of(kind: str) -> float:
    """How grave a doubt is, 0 to 1; the checks mark what they took out with a word before the kind."""
    bare = kind.removeprefix("withheld, ")
    return WITHHELD.get(bare, MARKED.get(bare, 0.5))
