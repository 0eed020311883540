"""What readers say of the papers they were sent: who may say it of what, and the counts of it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from digests.content import Content, shown
from digests.editions import edition_content, edition_key
from digests.models import Digest, Paper
from subscribers.models import Delivery, Feedback, Subscriber

Kind = Feedback.Kind
HAD = (Delivery.Status.SENDING, Delivery.Status.SENT, Delivery.Status.DELIVERED, Delivery.Status.UNKNOWN)
ERRORS_A_DAY = 20
"""So many reports of one reader are taken in a day; each is something that a person has to read."""

IN_LIST = 10


def sections_of(reader: Subscriber, kind: str, day: dt.date) -> tuple[Digest, list[Content]] | None:
    """The digest that was sent to the reader, and its sections as the reader had them; None when it was not sent to them."""
    row = Delivery.objects.filter(subscriber=reader, digest__kind=kind, digest__day=day, status__in=HAD)
    delivery = row.select_related("digest").first()
    if delivery is None:
        return None
    content = shown(delivery.digest)
    key = edition_key(content, "", delivery.edition, delivery.known_days)
    sections = [each for each in edition_content(content, key)["sections"] if each["slug"] in key.slugs]
    return delivery.digest, [each for each in sections if each["papers"]]


def say(reader: Subscriber, digest: Digest, sections: list[Content], arxiv_id: str, kind: str, text: str = "") -> bool:
    """Keep what the reader says of a paper of these sections; the last word counts. False for another paper, or when there
    were too many reports of errors."""
    category = next((s["slug"] for s in sections if any(paper["id"] == arxiv_id for paper in s["papers"])), None)
    paper = Paper.objects.filter(arxiv_id=arxiv_id).first()
    if category is None or paper is None:
        return False
    now = timezone.now()
    mine = Feedback.objects.filter(subscriber=reader, paper=paper)
    with transaction.atomic():
        Subscriber.objects.select_for_update().get(pk=reader.pk)  # of two presses at once one comes second
        if kind in Feedback.WISHES:
            mine.filter(kind__in=Feedback.WISHES).delete()
        elif _too_many_errors(reader, now):
            return False
        else:
            mine.filter(kind=Kind.ERROR).delete()
        Feedback.objects.create(
            subscriber=reader, digest=digest, paper=paper, category=category, kind=kind, text=text, said_at=now
        )
    return True


def take_back(reader: Subscriber, arxiv_id: str) -> None:
    """Forget whether the reader wanted more or less like this paper."""
    Feedback.objects.filter(subscriber=reader, paper__arxiv_id=arxiv_id, kind__in=Feedback.WISHES).delete()


def said_by(reader: Subscriber, sections: list[Content]) -> dict[str, set[str]]:
    """What the reader has said of the papers of these sections, by arXiv id."""
    ids = [paper["id"] for section in sections for paper in section["papers"]]
    said: dict[str, set[str]] = {}
    mine = Feedback.objects.filter(subscriber=reader, paper__arxiv_id__in=ids)
    for arxiv_id, kind in mine.values_list("paper__arxiv_id", "kind"):
        said.setdefault(arxiv_id, set()).add(kind)
    return said


def counts(since: dt.datetime) -> dict[str, list[dict[str, Any]]]:
    """How often each was said since then: by section, and by paper, the most spoken of first."""
    lately = Feedback.objects.filter(said_at__gte=since).order_by()
    return {
        "sections": list(_counted(lately, "category")),
        "papers": list(_counted(lately, "paper__arxiv_id", "paper__title")[:IN_LIST]),
    }


def _counted(rows: QuerySet[Feedback], *by: str) -> QuerySet[Any, dict[str, Any]]:
    numbers = {kind.value: Count("pk", filter=Q(kind=kind)) for kind in Kind}
    return rows.values(*by).annotate(all=Count("pk"), **numbers).order_by("-all", *by)


def _too_many_errors(reader: Subscriber, now: dt.datetime) -> bool:
    lately = Feedback.objects.filter(subscriber=reader, kind=Kind.ERROR, said_at__gt=now - dt.timedelta(days=1))
    return lately.count() >= ERRORS_A_DAY
