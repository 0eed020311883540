"""From a date to a draft."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from django.conf import settings
from django.db import IntegrityError
from django.utils import timezone

from digests import llm, sample
from digests.charts import draw_charts
from digests.choosing.choose import Choice
from digests.choosing.select import select_papers
from digests.classify import classify_papers
from digests.collecting import days
from digests.collecting.calendar import expects_batch
from digests.collecting.collect import DAYS_OF_SILENCE, collect_papers
from digests.collecting.day_state import FAILED, FRESH, STALLED, WAITING, Judgement, judge
from digests.collecting.harvest import Harvest
from digests.draft import draft_digest
from digests.llm import answers
from digests.models import Digest, Paper
from digests.notices import tell_editors
from digests.writing.summarise import summarise_section
from newsletter.lease import Lease

logger = logging.getLogger(__name__)
BUILDING = "building"
TRIES = 3  # to choose papers that a build of another day is choosing at the same moment
LEASE_SECONDS = 120  # after the last sign of life of a worker, until another goes on with its build


class NoDigest(Exception):
    """The day has no digest. `state` says which kind of none: one of `digests.collecting.day_state`, or "building" while another
    worker is at it; the text is a sentence for people."""

    def __init__(self, state: str, sentence: str) -> None:
        super().__init__(sentence)
        self.state = state


@dataclass
class Built:
    """A digest and the story of its making: (stage, what came of it, seconds)."""

    digest: Digest
    stages: list[tuple[str, str, float]] = field(default_factory=list)


def build_digest(
    day: date,
    use_sample: bool = False,
    tell: Callable[[str], None] = logger.info,
    lists_at: datetime | None = None,
    is_patient: bool = False,
) -> Built:
    """Bring the digest of `day` to draft:

        collect_papers → judge → select_papers → classify_papers → draft_digest → summarise_sections → draw_charts

    Each stage asks the rows what is missing, so a second run continues a broken first one, and a finished digest costs
    no request and no model call. `use_sample` lets the bundled sample stand in when no source can be reached; it is
    marked wherever it shows. `lists_at` is the moment whose lists are wanted, now unless the clock catches up on a day
    that was missed; `is_patient` says that there is time to wait for lists that fail. What became of the day is kept in
    its `DayReport`, and editors are told when it fails. Raises NoDigest, also while another worker builds.
    """
    if day > days.today():
        raise NoDigest(WAITING, f"{day} has not begun.")
    digest, _made = Digest.objects.get_or_create(day=day, kind=Digest.Kind.DAILY)
    built = Built(digest)
    if digest.status != Digest.Status.BUILDING:
        return built
    if not digest.lease_build(LEASE_SECONDS):
        raise under_way(digest)
    with build_lease(digest) as lease, llm.Conversation(digest=digest) as conversation:
        if not digest.sections.exists():
            try:
                _begin(
                    built,
                    use_sample,
                    tell,
                    conversation,
                    days.list_day_for(day, lists_at or timezone.now()),
                    is_patient,
                    lease,
                )
            except NoDigest as error:
                if error.state == BUILDING:
                    raise
                digest.delete()  # there is none: the next to ask begins anew
                if error.state in (FAILED, STALLED):
                    tell_editors(day, error.state, str(error))
                raise
        _finish(built, tell, conversation, lease)
    return built


def build_lease(digest: Digest) -> Lease:
    """The lease that this object has just taken, to be kept while the digest is built."""
    return Lease(lambda: digest.lease_build(LEASE_SECONDS), LEASE_SECONDS / 4)


def under_way(digest: Digest) -> NoDigest:
    """Somebody else is building it; says when that somebody would be given up."""
    digest.refresh_from_db(fields=["build_lease_until"])
    until = timezone.localtime(digest.build_lease_until or timezone.now())
    lost = f"Should it have died, another goes on with it at {until:%H:%M}."
    return NoDigest(BUILDING, f"Another worker is building the {digest.kind} digest of {digest.day}. {lost}")


def _begin(
    built: Built,
    use_sample: bool,
    tell: Callable[[str], None],
    conversation: llm.Conversation,
    list_day: date,
    is_patient: bool,
    lease: Lease,
) -> None:
    """Collect and judge the day, then choose, classify and draft. What another worker took over meanwhile is left alone."""
    clock = _Clock(built.stages, tell)
    harvest = collect_papers(list_day)
    clock.stop("collect", _listed(harvest))
    must_hold(lease, built.digest)
    if harvest.nothing_reached and use_sample:
        reasons = " ".join(report.failed for report in harvest.lists.values())
        tell(f"No paper source could be reached, so this is the bundled sample day. {reasons}")
        harvest.notes.append("This is the bundled sample: real titles, ids, authors and dates; rewritten abstracts.")
        _draft(built, sample.load(), harvest, conversation, clock, is_sample=True)
        return
    is_open = list_day >= timezone.now().astimezone(UTC).date()
    is_expected = expects_batch(list_day, settings.ARXIV_HOLIDAYS)
    judgement = judge(harvest.lists, list_day, is_expected, is_patient, is_open)
    harvest.notes += [trouble for trouble in judgement.troubles if trouble not in harvest.notes]
    if judgement.state == FRESH and not _draft_best(built, harvest, conversation, clock, lease):
        why = f"Of what is listed for {list_day}, nothing is fit for a digest; the considerations in admin say why."
        judgement = Judgement(FAILED, why)
    days.report(built.digest.day, harvest, judgement)
    _tell_of_silence(built.digest.day, harvest)
    if judgement.state != FRESH:
        raise NoDigest(judgement.state, judgement.why)


def _draft_best(built: Built, harvest: Harvest, conversation: llm.Conversation, clock: _Clock, lease: Lease) -> bool:
    """Choose and draft; False when there is nothing to choose. A paper that the build of another day takes meanwhile is
    passed over."""
    for tries_left in reversed(range(TRIES)):
        choices = select_papers(built.digest.day, harvest.list_day)
        clock.stop("select", f"{len(choices)} papers")
        must_hold(lease, built.digest)
        if not choices:
            return False
        try:
            _draft(built, choices, harvest, conversation, clock, is_sample=False)
        except IntegrityError:
            if not tries_left:
                raise
            logger.info("A paper chosen for %s was taken by another digest; choosing again.", built.digest.day)
        else:
            break
    return True


def _draft(
    built: Built,
    choices: Sequence[Choice],
    harvest: Harvest,
    conversation: llm.Conversation,
    clock: _Clock,
    is_sample: bool,
) -> None:
    papers = list(Paper.objects.filter(pk__in=[choice.paper_id for choice in choices]))
    notes = classify_papers(papers, conversation)
    clock.stop("classify", ", ".join(sorted({paper.decided_by for paper in papers})))
    draft_digest(built.digest, choices, harvest.notes + notes, is_sample)
    clock.stop("draft", f"{built.digest.sections.count()} sections")


def _tell_of_silence(day: date, harvest: Harvest) -> None:
    for name, report in harvest.lists.items():
        if report.days_silent and report.days_silent % DAYS_OF_SILENCE == 0:
            tell_editors(day, f"silent:{name}", report.why)


def must_hold(lease: Lease, digest: Digest) -> None:
    """Raise NoDigest when another worker builds the digest by now, because this one was stopped for a while."""
    if not lease.still_held():
        raise under_way(digest)


def _finish(built: Built, tell: Callable[[str], None], conversation: llm.Conversation, lease: Lease) -> None:
    """Summarise and draw what is missing, then hand the draft to the editor."""
    digest, clock = built.digest, _Clock(built.stages, tell)
    for section in digest.sections.select_related("category"):
        must_hold(lease, digest)
        digest.notes += summarise_section(section, settings.DIGEST_LANGUAGES, conversation)
        digest.save(update_fields=["notes"])
    digest.notes += [conversation.ended] if conversation.ended and llm.is_configured() else []
    digest.spent = answers.spent_on(digest)
    digest.save(update_fields=["notes", "spent"])
    writers = {summary.written_by for section in digest.sections.all() for summary in section.summaries.all()}
    clock.stop("summarise", f"written by {', '.join(sorted(writers))}")
    must_hold(lease, digest)
    draw_charts(digest)
    clock.stop("chart", f"{digest.charts.count()} charts")
    digest.advance(Digest.Status.DRAFT, build_lease_until=None)


def _listed(harvest: Harvest) -> str:
    reached = {name: report for name, report in harvest.reports.items() if not report.failed}
    return ", ".join(f"{name} {report.listed}" for name, report in reached.items()) or "nothing"


class _Clock:
    """Notes what each stage brought and how long it took."""

    def __init__(self, stages: list[tuple[str, str, float]], tell: Callable[[str], None]) -> None:
        self.stages, self.tell, self.since = stages, tell, time.monotonic()

    def stop(self, stage: str, outcome: str) -> None:
        now = time.monotonic()
        self.stages.append((stage, outcome, now - self.since))
        self.tell(f"{stage:<10} {outcome} ({now - self.since:.1f} s)")
        self.since = now
