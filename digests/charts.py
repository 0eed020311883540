"""The chart of each draft: drawn when the papers are settled, taken away when they change, drawn anew by the crew.

A chart is in a digest's content only while it shows that content's numbers: whoever changes them takes it away in the same
transaction, and a picture that comes too late is thrown away. Drawing takes up to a second, so nobody holds a row meanwhile.
"""

from __future__ import annotations

import hashlib
import logging
from functools import partial

from django.conf import settings
from django.db import transaction
from django.db.models import Count, Q

from digests.chart import Picture
from digests.content import Content, snapshot
from digests.distribution import draw_chart
from digests.models import Chart, Digest
from newsletter.waking import wake

logger = logging.getLogger(__name__)
TASK = "digests.draw"
FAILED = "chart ("  # how a note begins that says why there is none
AT_ONCE = 4  # digests in one go of the clock


def forget_charts(digest: Digest) -> None:
    """Take the charts away, for they no longer show what there is, and have the crew draw them when the transaction is
    over. To be called in the transaction that changes the papers."""
    digest.charts.all().delete()
    notes = [note for note in digest.notes if not note.startswith(FAILED)]
    if notes != digest.notes:
        digest.notes = notes
        digest.save(update_fields=["notes"])
    transaction.on_commit(partial(wake, TASK, digest.pk))


def draw_missing(most: int = AT_ONCE) -> None:
    """Draw the charts of drafts that have none, latest first: whoever should have, did not come to it. One that could not be
    drawn is left until its papers change."""
    drawn = Count("charts", filter=Q(charts__language__in=settings.DIGEST_LANGUAGES), distinct=True)
    drafts = Digest.objects.filter(
        status=Digest.Status.DRAFT, kind__in=Digest.WITH_PAPERS, sections__entries__isnull=False
    )
    due = drafts.annotate(drawn=drawn).filter(drawn__lt=len(settings.DIGEST_LANGUAGES)).order_by("-day")
    for digest in [each for each in due if not has_failed(each)][:most]:
        draw_charts(digest)


def draw_charts_of(pk: int) -> None:
    """Draw what this digest has no chart of, if it is still there."""
    if digest := Digest.objects.filter(pk=pk).first():
        draw_charts(digest)


def has_failed(digest: Digest) -> bool:
    """Whether a chart of the papers as they are could not be drawn."""
    return any(note.startswith(FAILED) for note in digest.notes)


def draw_charts(digest: Digest) -> None:
    """Draw the distribution in each language in which it is missing. A chart that cannot be drawn is a note: mails then
    carry the numbers as text alone, which they do anyway."""
    content = snapshot(digest)
    for language in settings.DIGEST_LANGUAGES:
        if language in content["charts"] or not content["distribution"]:
            continue
        try:
            picture = draw_chart(content, language)
        except (OSError, ValueError, RuntimeError) as error:
            logger.exception("The chart of %s could not be drawn", digest.day)
            digest.notes.append(f"{FAILED}{language}): {error}")
            digest.save(update_fields=["notes"])
            continue
        _keep(digest, language, picture, content)


def _keep(digest: Digest, language: str, picture: Picture, content: Content) -> None:
    """Store the picture if the digest still is what it shows, and nobody approved it meanwhile."""
    with transaction.atomic():
        current = Digest.objects.select_for_update().get(pk=digest.pk)
        if current.is_public or _drawn_of(snapshot(current)) != _drawn_of(content):
            logger.info("A chart of %s came too late and is thrown away.", digest.day)
            return
        made = {
            "png": picture.png,
            "sha256": hashlib.sha256(picture.png).hexdigest(),
            "width": picture.width,
            "height": picture.height,
        }
        Chart.objects.update_or_create(digest=current, language=language, defaults=made)


def _drawn_of(content: Content) -> list[object]:
    """What of a content its charts show."""
    return [content[name] for name in ("day", "kind", "is_sample", "distribution")]
