"""A summary's words as values, and keeping them with what the checks say of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from digests import verify
from digests.models import Digest, Section, Summary
from digests.parts import PARTS, Abstract, Written, as_json, bullets_as_json, bullets_from_json, from_json
from digests.writing.making import Making
from digests.writing.rearranging import filled
from digests.writing.summarise import Summarised, numbers_in, store, with_sentences

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


def put(summary: Summary, written: Written, papers: Sequence[Abstract]) -> None:
    """Store the words as they are, with sentences to rest on, the numbers counted and the doubts found anew."""
    parts = with_sentences(written.parts, papers)
    summary.parts = as_json(parts)
    summary.limits, summary.one_liners = bullets_as_json(written.limits), bullets_as_json(written.one_liners)
    summary.making = replace(Making.from_json(summary.making), numbers=numbers_in(parts, papers)).as_json()
    summary.flags = [finding._asdict() for finding in verify.flags(parts, papers)]
    summary.save()


def newly_written(section: Section, language: str, told: Written, author: str, papers: Sequence[Abstract]) -> None:
    """Give a section its words in a language in which it has none."""
    written = filled(told, papers, language, _parts_of(section))
    parts = with_sentences(written.parts, papers)
    making = Making(numbers=numbers_in(parts, papers))
    store(section, language, Summarised(replace(written, parts=parts), author, making), papers)


def _parts_of(section: Section) -> Sequence[str]:
    return OF_A_WEEK if section.digest.kind == Digest.Kind.WEEKLY else PARTS
