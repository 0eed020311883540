"""What demo readers said of papers of the past, and what an editor put right: made up."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from random import Random
from typing import NamedTuple

from django.contrib.auth.models import AbstractBaseUser
from django.utils import timezone

from digests.content import shown
from digests.editions import wanted_sections
from digests.models import Correction, Digest, Paper
from subscribers.feedback import HAD
from subscribers.models import Delivery, Feedback

Kind = Feedback.Kind
KINDS = {Kind.MORE: 66, Kind.LESS: 24, Kind.ERROR: 10}
LOOKED_AT_AFTER = dt.timedelta(days=3)
"""Errors of the last days are still to be looked at."""

ERRORS = {
    "ko": (
        "두 번째 줄의 수치를 초록에서 찾지 못했습니다.",
        "한계에 적힌 내용이 다른 논문 이야기 같습니다.",
        "제목은 벤치마크인데 요약은 모델이라고 합니다.",
    ),
    "en": (
        "I cannot find the number of the second line in the abstract.",
        "The limits seem to be about another paper.",
        "The title says benchmark, the summary says model.",
    ),
}

CORRECTED = "2606.31613"
SAYS_KO = "데모용 정정입니다. 처음 보낸 요약은 시험 비행이 50회라고 했으나, 초록에 따르면 15회입니다."
SAYS_EN = "A correction for the demo: the summary first spoke of 50 trial flights; by the abstract there were 15."


class _Place(NamedTuple):
    """A paper in a section of a digest."""

    paper_id: int
    category: str


def speak(digest: Digest, number: int) -> None:
    """Some of those who had the digest say something of papers that it brought them, each of one."""
    draw = Random(f"voices {number}")
    places = _places(digest)
    had = list(digest.deliveries.filter(status__in=HAD).order_by("subscriber_id").select_related("subscriber"))
    content, words = shown(digest), []
    for mail in draw.sample(had, min(len(had), draw.randint(7, 17))):
        slugs = wanted_sections(content, mail.edition >> 1)
        offered = [place for place in places if place.category in slugs]
        if offered:
            words.append(_word(digest, mail, draw.choice(offered), draw))
    Feedback.objects.bulk_create(words)


def _places(digest: Digest) -> list[_Place]:
    entries = digest.sections.order_by("position").values_list("entries__paper_id", "category__slug")
    return [_Place(*row) for row in entries]


def _word(digest: Digest, mail: Delivery, place: _Place, draw: Random) -> Feedback:
    kind = draw.choices(list(KINDS), list(KINDS.values()))[0]
    now = timezone.now()
    said_at = min((mail.finished_at or mail.send_at) + dt.timedelta(minutes=draw.randint(3, 700)), now)
    is_error = kind == Kind.ERROR
    return Feedback(
        subscriber_id=mail.subscriber_id,
        digest=digest,
        paper_id=place.paper_id,
        category=place.category,
        kind=kind,
        text=draw.choice(ERRORS[mail.subscriber.language]) if is_error else "",
        said_at=said_at,
        settled_at=said_at + dt.timedelta(hours=5) if is_error and said_at < now - LOOKED_AT_AFTER else None,
    )


def correct(digests: Sequence[Digest], editor: AbstractBaseUser) -> Correction | None:
    """Publish a correction beside the digest that has the paper; None when none of them has."""
    paper = Paper.objects.filter(arxiv_id=CORRECTED).first()
    digest = next((each for each in digests if each.sections.filter(entries__paper=paper).exists()), None)
    if paper is None or digest is None or digest.approved_at is None:
        return None
    at = digest.approved_at + dt.timedelta(hours=9)
    correction = Correction.objects.create(
        digest=digest,
        paper=paper,
        text_ko=SAYS_KO,
        text_en=SAYS_EN,
        status=Correction.Status.PUBLISHED,
        made_by_id=editor.pk,
        published_at=min(at, timezone.now()),
    )
    Correction.objects.filter(pk=correction.pk).update(made_at=at - dt.timedelta(minutes=12))
    return correction
