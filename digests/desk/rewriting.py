"""Words written anew, by the model or by the built-in writer: asked for on the review page, written by the crew.

A model takes minutes and a page must not wait for it, so the wish is a row and the task carries its number. It is safe to run
twice, late, or not until the next tick; and it changes nothing that an editor changed meanwhile.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Sequence
from dataclasses import replace

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from digests import llm
from digests.content import hash_of, summary_words
from digests.desk.acts import Change, Refused
from digests.desk.history import note
from digests.desk.words import put, written_of
from digests.models import Digest, Rewrite, Section, Summary
from digests.parts import Abstract, Written
from digests.writing.making import Making
from digests.writing.rearranging import filled, in_order, put_in, taken_out
from digests.writing.summarise import Summarised, abstracts_of, numbers_in, write

logger = logging.getLogger(__name__)
TASK = "digests.rewrite"
ACTS = ("rewrite", "rewrite-paper")
SECONDS = 300.0  # of a model's time
LEASE = dt.timedelta(seconds=SECONDS + 120)
MOST_TRIES = 3
Status = Rewrite.Status


def ask(section: Section, language: str, paper_pk: int | None, by_model: bool, editor: AbstractBaseUser) -> Rewrite:
    """Note the wish. Raises Refused when there is nothing to write anew, no model, or the same is being written."""
    if by_model and not llm.is_configured():
        raise Refused(_("No language model is configured; the built-in writer can write it."))
    summary = section.summaries.filter(language=language).first()
    if summary is None:
        raise Refused(_("There is no summary in this language."))
    wish, made = Rewrite.objects.get_or_create(
        section=section,
        language=language,
        status=Status.WAITING,
        defaults={
            "paper_id": paper_pk,
            "by_model": by_model,
            "asked_by_id": editor.pk,
            "before": hash_of(summary_words(summary)),
        },
    )
    if not made:
        raise Refused(_("This section is being written anew in this language already. Wait until that is done."))
    return wish


def rewrite_waiting(now: dt.datetime | None = None) -> None:
    """Write what waits. One that failed a worker MOST_TRIES times is given up."""
    now = now or timezone.now()
    free = Q(lease_until__isnull=True) | Q(lease_until__lt=now)
    given_up = Rewrite.objects.filter(free, status=Status.WAITING, tries__gte=MOST_TRIES)
    given_up.update(status=Status.FAILED, note=gettext_noop("The writing broke off several times; the log says why."))
    for pk in Rewrite.objects.filter(free, status=Status.WAITING).values_list("pk", flat=True):
        rewrite(pk, now)


def rewrite(pk: int, now: dt.datetime | None = None) -> None:
    """Do what was wished for, unless another worker does or did."""
    now = now or timezone.now()
    free = Q(lease_until__isnull=True) | Q(lease_until__lt=now)
    mine = Rewrite.objects.filter(free, pk=pk, status=Status.WAITING)
    if not mine.update(lease_until=now + LEASE, tries=F("tries") + 1):
        return
    wish = Rewrite.objects.select_related("section__digest", "section__category", "paper", "asked_by").get(pk=pk)
    papers = [paper for paper in abstracts_of(wish.section) if wish.paper is None or paper.id == wish.paper.arxiv_id]
    if not papers:
        _close(wish, Status.OVERTAKEN, gettext_noop("The paper is no longer in this section."))
        return
    told = _written(wish, papers)
    if wish.by_model and told.author == Summary.OFFLINE:
        _close(wish, Status.FAILED, told.note or gettext_noop("The model gave no text that held; nothing was changed."))
        return
    with transaction.atomic():
        digest = Digest.objects.select_for_update().get(pk=wish.section.digest_id)
        summary = Summary.objects.filter(section_id=wish.section_id, language=wish.language).first()
        if not digest.is_editable or summary is None or hash_of(summary_words(summary)) != wish.before:
            _close(
                wish,
                Status.OVERTAKEN,
                gettext_noop("The words were changed or sent meanwhile; they were left as they are."),
            )
            return
        change = _put(wish, summary, told)
        digest.touch()
        note(digest, [change], wish.asked_by)
        _close(wish, Status.DONE, told.note)


def _written(wish: Rewrite, papers: Sequence[Abstract]) -> Summarised:
    if wish.by_model:
        with llm.Conversation(SECONDS, wish.section.digest, answers_since=wish.asked_at) as conversation:
            return write(papers, wish.language, conversation)
    written = filled(Written({}), papers, wish.language)
    return Summarised(written, Summary.OFFLINE, Making(numbers=numbers_in(written.parts, papers)))


def _put(wish: Rewrite, summary: Summary, told: Summarised) -> Change:
    """Let the summary have the new words: all of it, or those on one paper."""
    before, papers = _lines(written_of(summary)), abstracts_of(wish.section)
    if wish.paper is None:
        written, summary.making, summary.edited_by = told.written, told.making.as_json(), None
        summary.written_by = told.author
    else:
        written, summary.making = _exchanged(wish.paper.arxiv_id, summary, told, papers)
    put(summary, written, papers, is_anew=wish.paper is None)
    summary.flags += [finding._asdict() for finding in told.findings]
    summary.save(update_fields=["flags"])
    where = f"{wish.section.category} · {wish.language}" + (f" · {wish.paper.title}" if wish.paper else "")
    return Change("rewritten", where, before, _lines(written))


def _exchanged(
    paper_id: str, summary: Summary, told: Summarised, papers: Sequence[Abstract]
) -> tuple[Written, dict[str, object]]:
    """The summary's words with those on one paper exchanged, and how they came about."""
    ids = [paper.id for paper in papers]
    left, _gone = taken_out(written_of(summary), paper_id)
    making = Making.from_json(summary.making)
    quoted = [each for each in making.quoted if each != paper_id]
    if told.author == Summary.OFFLINE and summary.written_by != Summary.OFFLINE:
        quoted = [*quoted, paper_id]
    elif told.author != Summary.OFFLINE and summary.written_by == Summary.OFFLINE:
        summary.written_by, quoted = told.author, [each for each in ids if each != paper_id]
    return in_order(put_in(left, told.written), ids), replace(making, quoted=quoted).as_json()


def _lines(written: Written) -> list[str]:
    bullets = [bullet for part in written.parts.values() for bullet in part]
    return [bullet.text for bullet in [*bullets, *written.limits, *written.one_liners]]


def _close(wish: Rewrite, status: str, said: str) -> None:
    Rewrite.objects.filter(pk=wish.pk).update(status=status, note=said[:300], lease_until=None)
