"""Which papers a draft has, and in what order. Every function changes rows inside the caller's transaction, gives back what
changed, and raises Refused when it cannot be done."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.utils.translation import gettext as _

from digests.charts import forget_charts
from digests.classify import EDITOR
from digests.desk.acts import Change, Refused
from digests.desk.words import keep, newly_written, written_of
from digests.models import Category, Consideration, Digest, Entry, Rule, Section, Summary
from digests.parts import Written
from digests.writing.rearranging import in_order, put_in, taken_out
from digests.writing.summarise import abstracts_of

LONGEST_REASON = 200
NOTHING = Written({})
Row = TypeVar("Row", Entry, Section)


def entry_of(digest: Digest, pk: int) -> Entry:
    """The paper's row in this digest. Raises Refused when it is no longer there."""
    entry = Entry.objects.select_related("paper__category", "section__category").filter(pk=pk, section__digest=digest)
    if found := entry.first():
        return found
    raise Refused(_("This paper is no longer in the digest. Load the page again."))


def section_of(digest: Digest, pk: int) -> Section:
    """The section of this digest. Raises Refused when it is no longer there."""
    if found := digest.sections.select_related("category").filter(pk=pk).first():
        return found
    raise Refused(_("This section is no longer in the digest. Load the page again."))


def step_entry(digest: Digest, pk: int, step: int) -> list[Change]:
    """Let a paper change places with its neighbour in the section; the lines about it go with it."""
    entry = entry_of(digest, pk)
    entries = list(entry.section.entries.select_related("paper"))
    before = [each.paper.title for each in entries]
    stepped = _stepped(entries, pk, step)
    ids = [each.paper.arxiv_id for each in stepped]
    for summary in entry.section.summaries.all():
        keep(summary, in_order(written_of(summary), ids), abstracts_of(entry.section))
    return [Change("order", str(entry.section.category), before, [each.paper.title for each in stepped])]


def step_section(digest: Digest, pk: int, step: int) -> list[Change]:
    """Let a section change places with its neighbour."""
    section_of(digest, pk)
    sections = list(digest.sections.select_related("category"))
    before = [str(section.category) for section in sections]
    after = [str(section.category) for section in _stepped(sections, pk, step)]
    forget_charts(digest)
    return [Change("order", _("sections"), before, after)]


def move_entry(digest: Digest, pk: int, slug: str) -> list[Change]:
    """Give a paper another category, for good: the classifier learns from it. What is said of it goes along."""
    entry = entry_of(digest, pk)
    category = Category.objects.filter(slug=slug, is_active=True).first()
    if category is None:
        raise Refused(_("Choose the category that the paper should be in."))
    left, paper = entry.section, entry.paper
    if category == left.category:
        raise Refused(_("The paper is in this category already."))
    paper.category, paper.decided_by, paper.confidence = category, EDITOR, 1.0
    paper.save(update_fields=["category", "decided_by", "confidence"])
    section = section_for(digest, category)
    entry.section = section
    entry.save(update_fields=["section"])
    told = _leave(left, paper.arxiv_id)
    for language in settings.DIGEST_LANGUAGES:
        arrive(section, paper.arxiv_id, language, *told.get(language, (NOTHING, Summary.OFFLINE)))
    forget_charts(digest)
    return [Change("moved", paper.title, str(left.category), str(category))]


def hold_entry(digest: Digest, pk: int) -> list[Change]:
    """Take a paper out for today. It may come in one of the next days' digests."""
    entry = entry_of(digest, pk)
    _take_out(digest, entry, "held back by an editor", is_held=True)
    return [Change("held back", entry.paper.title, str(entry.section.category))]


def drop_entry(digest: Digest, pk: int, reason: str, editor: AbstractBaseUser) -> list[Change]:
    """Take a paper out for good, for a reason. A rule of choice keeps it out of further daily digests."""
    entry = entry_of(digest, pk)
    reason = " ".join(reason.split())[:LONGEST_REASON]
    if not reason:
        raise Refused(_("Say in a few words why this paper is dropped; the words stay in the history."))
    _take_out(digest, entry, f"dropped by {editor.get_username()}: {reason}"[:LONGEST_REASON])
    if digest.kind == Digest.Kind.DAILY and not digest.is_sample:
        words = {"effect": Rule.Effect.BLOCK, "is_active": True}
        Rule.objects.update_or_create(kind=Rule.Kind.PAPER, text=entry.paper.arxiv_id, defaults=words)
    return [Change("dropped", entry.paper.title, str(entry.section.category), reason)]


def section_for(digest: Digest, category: Category) -> Section:
    """The digest's section of this category; a new one stands last."""
    last = digest.sections.order_by("position").last()
    position = last.position + 1 if last else 0
    return digest.sections.get_or_create(category=category, defaults={"position": position})[0]


def arrive(section: Section, paper_id: str, language: str, told: Written, author: str) -> None:
    """Let the section's words have those on a paper that came in, and the built-in writer's where there are none."""
    summary, papers = section.summaries.filter(language=language).first(), abstracts_of(section)
    if summary is None:
        newly_written(section, language, told, author, papers)
        return
    ids = [paper.id for paper in papers]
    making = dict(summary.making)
    if summary.written_by == Summary.OFFLINE and author != Summary.OFFLINE:
        summary.written_by, making["quoted"] = author, [each for each in ids if each != paper_id]
    elif summary.written_by != Summary.OFFLINE and author == Summary.OFFLINE:
        making["quoted"] = [*making.get("quoted", ()), paper_id]
    summary.making = making
    keep(summary, in_order(put_in(written_of(summary), told), ids), papers)


def _leave(section: Section, paper_id: str) -> dict[str, tuple[Written, str]]:
    """Take what is said of a paper out of a section that it left; the words by language, with their author. A section
    without papers is gone."""
    papers = abstracts_of(section)
    told = {}
    for summary in section.summaries.all():
        left, taken = taken_out(written_of(summary), paper_id)
        told[summary.language] = (taken, summary.written_by)
        if paper_id in summary.making.get("quoted", ()):
            told[summary.language] = (taken, Summary.OFFLINE)
            summary.making["quoted"].remove(paper_id)
        if papers:
            keep(summary, left, papers)
    if not papers:
        section.delete()
    return told


def _take_out(digest: Digest, entry: Entry, reason: str, is_held: bool = False) -> None:
    entry.delete()
    _leave(entry.section, entry.paper.arxiv_id)
    if digest.kind == Digest.Kind.DAILY and not digest.is_sample:
        Consideration.objects.update_or_create(
            day=digest.day,
            paper=entry.paper,
            defaults={"is_chosen": False, "is_held": is_held, "reason": reason},
            create_defaults={"is_chosen": False, "is_held": is_held, "reason": reason, "score": 0},
        )
    forget_charts(digest)


def _stepped(rows: Sequence[Row], pk: int, step: int) -> list[Row]:
    """The rows, one of them a place further up (-1) or down (1), with positions that say so. Their places among others
    stay the same."""
    ordered = list(rows)
    here = next(place for place, row in enumerate(ordered) if row.pk == pk)
    there = here + step
    if not 0 <= there < len(ordered):
        raise Refused(_("There is no further place in this direction."))
    positions = sorted(row.position for row in ordered)
    if len(set(positions)) < len(positions):
        positions = list(range(positions[0], positions[0] + len(positions)))
    ordered[here], ordered[there] = ordered[there], ordered[here]
    for row, position in zip(ordered, positions, strict=True):
        if row.position != position:
            row.position = position
            row.save(update_fields=["position"])
    return ordered
