"""Rows for tests, made in one call each."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Sequence
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group

from digests.approve import approve
from digests.content import hash_of, snapshot
from digests.models import Category, Digest, Entry, Paper, Section, Summary
from digests.parts import PARTS
from digests.weekly import build_weekly
from digests.writing.making import Making
from subscribers.models import ALL_CATEGORIES, Subscriber

DAY = dt.date(2024, 11, 22)
PASSWORD = "a long enough password"
_turn = itertools.count(1)


def make_paper(slug: str = "llm", **fields: Any) -> Paper:
    """A paper with a category."""
    n = next(_turn)  # of a month in which no test names a paper
    given = {"arxiv_id": f"2309.{n:05d}", "title": f"Paper number {n}", "abstract": "We present a thing. It gains 5%."}
    return Paper.objects.create(category=Category.objects.get(slug=slug), **given | fields)


def make_digest(day: dt.date = DAY, sections: Sequence[str] = ("llm", "computer-vision"), **fields: Any) -> Digest:
    """A draft with one paper in each section and summaries in both languages."""
    digest = Digest.objects.create(day=day, **{"status": Digest.Status.DRAFT} | fields)
    for position, slug in enumerate(sections):
        paper = make_paper(slug)
        section = Section.objects.create(digest=digest, category=paper.category, position=position)
        Entry.objects.create(section=section, paper=paper, position=position, votes=7, reason="#1: 7 votes")
        for language, text in (("ko", f"{slug} 논문을 소개한다"), ("en", f"About a {slug} paper")):
            parts = {part: [{"text": f"{text}: {part}", "papers": [paper.arxiv_id], "sentences": []}] for part in PARTS}
            line = [{"text": f"{text}: line", "papers": [paper.arxiv_id], "sentences": []}]
            beside = {"limits": line, "one_liners": line, "making": Making(numbers=(2, 2)).as_json()}
            Summary.objects.create(section=section, language=language, parts=parts, written_by="offline", **beside)
    return digest


def make_editor(username: str = "editor", **fields: Any) -> Any:
    """A member of staff who may see, edit and approve digests."""
    return make_staff(username, "editor", **fields)


def make_staff(username: str, *roles: str, **fields: Any) -> Any:
    """A member of staff with these roles, see `newsletter.roles`."""
    person = get_user_model().objects.create_user(username, password=PASSWORD, is_staff=True, **fields)
    person.groups.set(Group.objects.filter(name__in=roles))
    assert person.groups.count() == len(roles)
    return person


def make_approved(**fields: Any) -> Digest:
    """A digest that an editor approved."""
    digest = make_digest(**fields)
    editor = make_editor(f"editor{next(_turn)}")
    assert approve(digest, editor, hash_of(snapshot(digest)))
    digest.refresh_from_db()
    return digest


def make_reader(email: str | None = None, slugs: Sequence[str] | None = None, **fields: Any) -> Subscriber:
    """An active subscriber; `slugs` None is everything."""
    mask = ALL_CATEGORIES
    if slugs is not None:
        mask = sum(1 << category.bit for category in Category.objects.filter(slug__in=slugs))
    given = {
        "email": email or f"reader{next(_turn)}@example.org",
        "status": Subscriber.Status.ACTIVE,
        "confirmed_at": dt.datetime(2020, 1, 1, tzinfo=dt.UTC),
        "categories": mask,
    }
    return Subscriber.objects.create(**given | fields)


def make_week(first: dt.date = dt.date(2024, 11, 18), days: int = 7, **fields: Any) -> list[Digest]:
    """Approved daily digests of so many days, the first a Monday."""
    return [make_approved(day=first + dt.timedelta(days=n), **fields) for n in range(days)]


def make_approved_weekly(day: dt.date = dt.date(2024, 11, 25)) -> Digest:
    """The weekly digest of `day`, built of the daily digests there are, and approved."""
    digest = build_weekly(day).digest
    assert approve(digest, make_editor(f"editor{next(_turn)}"), hash_of(snapshot(digest)))
    digest.refresh_from_db()
    return digest


def wishes_of(reader: Subscriber, **changes: Any) -> dict[str, Any]:
    """A reader's preferences with changes, as `subscribers.lifecycle.choose` takes them."""
    names = ("categories", "language", "send_hour", "time_zone", "cadence", "paused_until", "highlights")
    return {name: getattr(reader, name) for name in names} | changes
