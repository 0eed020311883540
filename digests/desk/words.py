"""A summary's words as values, and keeping them with what the checks say of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from digests import verify
from digests.desk.kinds import WITHHELD
from digests.models import Digest, Section, Summary
from digests.parts import PARTS, Abstract, Written, as_json, bullets_as_json, bullets_from_json, from_json
from digests.writing.making import Making
from digests.writing.rearranging import filled
from digests.writing.summarise import Summarised, numbers_in, store, with_sentences

OF_ACCOUNTS = ("hardly in the abstract's words", "about another paper")
"""Kinds that are found where all that a model told of a paper is still together, and never again."""
OF_A_WEEK = ("key_points",)
"""The one part that the summaries of a weekly digest have."""


def written_of(summary: Summary) -> Written:
    """What the summary says."""
    return Written(from_json(summary.parts), bullets_from_json(summary.limits), bullets_from_json(summary.one_liners))


def keep(summary: Summary, written: Written, papers: Sequence[Abstract]) -> None:
    """Store the words, with sentences to rest on, the numbers counted and the doubts found anew; empty places are filled
    by the built-in writer."""
    written = filled(written, papers, summary.language, _parts_of(summary.section))
    put(summary, written, papers)


def put(summary: Summary, written: Written, papers: Sequence[Abstract], is_anew: bool = False) -> None:
    """Store the words as they are, with sentences to rest on, the numbers counted and the doubts found anew. What only the
    model's own account could tell stays, as far as it is about words that stayed; with `is_anew` none did."""
    before = written_of(summary)
    parts = with_sentences(written.parts, papers)
    summary.parts = as_json(parts)
    summary.limits, summary.one_liners = bullets_as_json(written.limits), bullets_as_json(written.one_liners)
    summary.making = replace(Making.from_json(summary.making), numbers=numbers_in(parts, papers)).as_json()
    found = [finding._asdict() for finding in verify.flags(parts, papers)]
    told = [] if is_anew else [flag for flag in summary.flags if _still_holds(flag, before, written, papers)]
    summary.flags = found + [flag for flag in told if flag not in found]
    summary.save()


def _still_holds(flag: dict[str, str], before: Written, after: Written, papers: Sequence[Abstract]) -> bool:
    """Whether a doubt that cannot be found anew is still one: a statement that was taken out stays taken out, and what
    names a paper holds as long as the same is said of that paper."""
    if flag["kind"].startswith(WITHHELD):
        return True
    named = flag["text"].partition(": ")[0]
    is_of_account = flag["kind"] in OF_ACCOUNTS and any(paper.id == named for paper in papers)
    return is_of_account and _said_of(named, before) == _said_of(named, after)


def _said_of(paper: str, written: Written) -> list[str]:
    bullets = [bullet for part in written.parts.values() for bullet in part]
    return [bullet.text for bullet in [*bullets, *written.limits, *written.one_liners] if bullet.papers == (paper,)]


def newly_written(section: Section, language: str, told: Written, author: str, papers: Sequence[Abstract]) -> None:
    """Give a section its words in a language in which it has none."""
    written = filled(told, papers, language, _parts_of(section))
    parts = with_sentences(written.parts, papers)
    making = Making(numbers=numbers_in(parts, papers))
    store(section, language, Summarised(replace(written, parts=parts), author, making), papers)


def _parts_of(section: Section) -> Sequence[str]:
    return OF_A_WEEK if section.digest.kind == Digest.Kind.WEEKLY else PARTS
