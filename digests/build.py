"""From a date to a draft."""

from __future__ import annotations

import hashlib
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

from django.conf import settings
from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from digests import llm, sample
from digests.chart import Share, draw_distribution
from digests.classify import classify_papers
from digests.collect import Harvest, collect_papers
from digests.content import snapshot
from digests.models import Chart, Digest, Entry, Paper, Section
from digests.select import Choice, select_papers
from digests.summarise import summarise_section

logger = logging.getLogger(__name__)
LEASE_SECONDS = int(llm.BUILD_SECONDS) + 120  # longer than one section may take, if all the model's time goes there


class NoDigest(Exception):
    """The day has no digest. `state` says which kind of none: "quiet" (the lists are empty), "stalled" (all of it was
    sent before) or "failed" (no source could be reached); the text is a sentence for people."""

    def __init__(self, state: str, sentence: str) -> None:
        super().__init__(sentence)
        self.state = state


@dataclass
class Built:
    """A digest and the story of its making: (stage, what came of it, seconds)."""

    digest: Digest
    stages: list[tuple[str, str, float]] = field(default_factory=list)


def build_digest(day: date, use_sample: bool = False, tell: Callable[[str], None] = logger.info) -> Built:
    """Bring the digest of `day` to draft:

        collect_papers → select_papers → classify_papers → draft_digest → summarise_sections → draw_charts

    Each stage asks the rows what is missing, so a second run continues a broken first one, and a finished digest costs
    no request and no model call. `use_sample` lets the bundled sample stand in when no source can be reached; it is
    marked wherever it shows. Raises NoDigest, also while another worker builds.
    """
    digest, _made = Digest.objects.get_or_create(day=day, kind=Digest.Kind.DAILY)
    built = Built(digest)
    if digest.status != Digest.Status.BUILDING:
        return built
    if not digest.lease_build(LEASE_SECONDS):
        raise NoDigest("building", f"Another worker is building the digest of {day}.")
    with llm.Conversation() as conversation:
        if not digest.sections.exists():
            try:
                _begin(built, use_sample, tell, conversation)
            except NoDigest:
                digest.delete()  # there is none: the next to ask begins anew
                raise
        _finish(built, tell, conversation)
    return built


def _begin(built: Built, use_sample: bool, tell: Callable[[str], None], conversation: llm.Conversation) -> None:
    """Collect, choose and classify, then draft."""
    digest, clock = built.digest, _Clock(built.stages, tell)
    day = digest.day
    harvest = collect_papers(day)
    clock.stop("collect", _listed(harvest))
    is_sample = harvest.nothing_reached and use_sample
    if is_sample:
        tell(
            f"No paper source could be reached, so this is the bundled sample day. {' '.join(harvest.failed.values())}"
        )
        choices = sample.load()
        harvest.notes.append("This is the bundled sample: real titles, ids, authors and dates; rewritten abstracts.")
    else:
        choices = select_papers(day)
        if not choices:
            raise no_digest(day, harvest)
    clock.stop("select", f"{len(choices)} papers")
    papers = list(Paper.objects.filter(pk__in=[choice.paper_id for choice in choices]))
    harvest.notes += classify_papers(papers, conversation)
    clock.stop("classify", ", ".join(sorted({paper.decided_by for paper in papers})))
    draft_digest(digest, choices, harvest.notes, is_sample)
    clock.stop("draft", f"{digest.sections.count()} sections")


def _finish(built: Built, tell: Callable[[str], None], conversation: llm.Conversation) -> None:
    """Summarise and draw what is missing, then hand the draft to the editor."""
    digest, clock = built.digest, _Clock(built.stages, tell)
    for section in digest.sections.select_related("category"):
        digest.lease_build(LEASE_SECONDS)
        digest.notes += summarise_section(section, settings.DIGEST_LANGUAGES, conversation)
        digest.save(update_fields=["notes"])
    if conversation.ended:
        digest.notes.append(conversation.ended)
        digest.save(update_fields=["notes"])
    writers = {summary.written_by for section in digest.sections.all() for summary in section.summaries.all()}
    clock.stop("summarise", f"written by {', '.join(sorted(writers))}")
    draw_charts(digest)
    clock.stop("chart", f"{digest.charts.count()} charts")
    digest.advance(Digest.Status.DRAFT, build_lease_until=None)


def no_digest(day: date, harvest: Harvest) -> NoDigest:
    """Which kind of nothing this is."""
    if harvest.nothing_reached:
        return NoDigest("failed", f"No paper source could be reached for {day}. {' '.join(harvest.failed.values())}")
    if harvest.kept:
        return NoDigest("stalled", f"Everything listed for {day} was in an earlier digest.")
    if harvest.failed or any(harvest.listed.values()):
        return NoDigest(
            "failed", f"No papers for {day}, though something was listed or a source failed. {' '.join(harvest.notes)}"
        )
    return NoDigest("quiet", f"The sources list no papers for {day}.")


def draft_digest(digest: Digest, choices: list[Choice], notes: list[str], is_sample: bool) -> None:
    """Give the digest its sections and entries, all or nothing. Sections stand by their best paper, entries as they
    were chosen."""
    papers = Paper.objects.select_related("category").in_bulk([choice.paper_id for choice in choices])
    with transaction.atomic():
        digest.notes, digest.is_sample = notes, is_sample
        digest.save(update_fields=["notes", "is_sample"])
        sections: dict[int, Section] = {}
        for position, choice in enumerate(choices):
            paper = papers[choice.paper_id]
            assert paper.category is not None, "classify_papers leaves no paper without a category"
            section = sections.get(paper.category.pk)
            if section is None:
                section = Section.objects.create(digest=digest, category=paper.category, position=len(sections))
                sections[paper.category.pk] = section
            Entry.objects.create(
                section=section,
                paper=paper,
                kind=Entry.SAMPLE if is_sample else digest.kind,
                position=position,
                votes=choice.votes,
                reason=choice.reason,
            )


def draw_charts(digest: Digest) -> None:
    """Draw the distribution in each language. A chart that cannot be drawn is a note: mails then carry the numbers as
    text alone, which they do anyway."""
    shares = snapshot(digest)["distribution"]
    papers = sum(share["papers"] for share in shares)
    for language in settings.DIGEST_LANGUAGES:
        with override(language):
            title = f"{date_format(digest.day)} · " + ngettext("%d paper", "%d papers", papers) % papers
            title += f" · {_('SAMPLE')}" if digest.is_sample else ""
        try:
            picture = draw_distribution([Share(s["name"][language], s["papers"]) for s in shares], title)
        except (OSError, ValueError, RuntimeError) as error:
            logger.exception("The chart of %s could not be drawn", digest.day)
            digest.notes.append(f"chart ({language}): {error}")
            digest.save(update_fields=["notes"])
            continue
        Chart.objects.update_or_create(
            digest=digest,
            language=language,
            defaults={
                "png": picture.png,
                "sha256": hashlib.sha256(picture.png).hexdigest(),
                "width": picture.width,
                "height": picture.height,
            },
        )


def _listed(harvest: Harvest) -> str:
    return ", ".join(f"{source} {count}" for source, count in harvest.listed.items()) or "nothing"


class _Clock:
    """Notes what each stage brought and how long it took."""

    def __init__(self, stages: list[tuple[str, str, float]], tell: Callable[[str], None]) -> None:
        self.stages, self.tell, self.since = stages, tell, time.monotonic()

    def stop(self, stage: str, outcome: str) -> None:
        now = time.monotonic()
        self.stages.append((stage, outcome, now - self.since))
        self.tell(f"{stage:<10} {outcome} ({now - self.since:.1f} s)")
        self.since = now
