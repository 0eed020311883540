"""Fills the site that is looked at with one of everything, and prints what there is to look at, as JSON in its last line.

Runs in that site's environment after `manage.py demo`, whose sample day the rest is made of.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Callable, Iterator, Sequence
from itertools import product
from typing import Any

import django

django.setup()

from django.urls import reverse
from django.utils import timezone

from digests.approve import approve
from digests.archive.cards import draw_missing_cards
from digests.build import draw_charts
from digests.content import hash_of, snapshot
from digests.correct import hash_seen, publish
from digests.models import Correction, Digest, Entry, Paper, Section, Summary
from digests.weekly import build_weekly
from subscribers import lifecycle, links
from subscribers.demo.trial import editor
from subscribers.models import AddressChange, Delivery, OwnersLink, Subscriber
from tests.pages import places
from tests.pages.places import Place

LANGUAGES = ("ko", "en")
TWICE = 2
HIDDEN = ("nobody", "embed")  # from search engines: for drafts of mails, and for operators


def main() -> None:
    """Everything, and the list of it."""
    sample = Digest.objects.get(day=places.DAY)
    for day in places.LONG_DAYS:
        approved(longer(sample, day, TWICE))
    approved(build_weekly(dt.date.fromisoformat(places.MONDAY)).digest)
    draft = longer(sample, places.NOT_YET, 1)
    correction = corrected(sample)
    draw_missing_cards()
    told = [*public(), *wrong(), *own(sample), *desk(sample, draft, correction)]
    print(json.dumps([place._asdict() for place in told]))


def longer(sample: Digest, day: str, times: int) -> Digest:
    """A draft with copies of the sample's papers and summaries, so many times over."""
    digest = Digest.objects.create(day=dt.date.fromisoformat(day), status=Digest.Status.DRAFT)
    for section in sample.sections.select_related("category"):
        made = Section.objects.create(digest=digest, category=section.category, position=section.position)
        entries = list(section.entries.select_related("paper")) * times
        for position, entry in enumerate(entries):
            paper = Paper.objects.get(pk=entry.paper_id)
            paper.pk, paper.arxiv_id = None, copied(entry.paper.arxiv_id, day, position >= len(entries) // times)
            paper.is_sample, paper.has_record = False, True
            paper.save()
            Entry.objects.create(section=made, paper=paper, position=position, votes=entry.votes, reason=entry.reason)
        for summary in section.summaries.all():
            copy = Summary.objects.get(pk=summary.pk)
            copy.pk, copy.section = None, made
            for field in ("one_liners", "limits"):
                setattr(copy, field, twice(getattr(summary, field), day, times))
            copy.parts = {part: twice(bullets, day, times) for part, bullets in summary.parts.items()}
            copy.save()
    draw_charts(digest)
    return digest


def copied(arxiv_id: str, day: str, again: bool) -> str:
    """The number of a paper's copy in the digest of a day."""
    return f"{arxiv_id[:4]}.{'7' if again else '6'}{day[-1]}{arxiv_id[-3:]}"


def twice(bullets: Sequence[dict[str, Any]], day: str, times: int) -> list[dict[str, Any]]:
    """Statements about the copies."""
    return [
        bullet | {"papers": [copied(paper, day, bool(again)) for paper in bullet["papers"]]}
        for again, bullet in product(range(times), bullets)
    ]


def approved(digest: Digest) -> None:
    """As an editor does it."""
    assert approve(digest, editor(), hash_of(snapshot(digest)))


def corrected(digest: Digest) -> Correction:
    """A published correction about the first paper of a digest."""
    paper = Entry.objects.filter(section__digest=digest).order_by("section__position", "position")[0].paper
    words = {
        "text_ko": "벤치마크 수치는 4.2%가 아니라 2.4%입니다.",
        "text_en": "The figure on the benchmark is 2.4 %, not 4.2 %.",
    }
    correction = Correction.objects.create(digest=digest, paper=paper, made_by=editor(), **words)
    assert publish(correction, editor(), hash_seen(correction))
    return correction


def public() -> Iterator[Place]:
    """What everybody may read, in both languages."""
    for (name, paths), language in product(places.PUBLIC.items(), LANGUAGES):
        yield from (Place(name, path, language, "own" if name in HIDDEN else "public") for path in paths)
    for language in LANGUAGES:
        yield Place("subscribe, sent", "/subscribe/", language, "own", places.PRESSED["subscribe"])


def wrong() -> Iterator[Place]:
    """What is answered when something is wrong."""
    for (status, paths), language in product(places.WRONG.items(), LANGUAGES):
        kind = "desk" if status == 429 else "wrong"  # told at admin's door alone
        yield from (Place(f"{status}", path, language, kind, status=status) for path in paths)


def own(sample: Digest) -> Iterator[Place]:
    """Each page behind a link, of a reader of its own, for what is pressed on one changes what the others show."""
    for name, language in product(places.OWN, LANGUAGES):
        yield Place(name, link_to(name, language, sample), language, "own")
    for name, language in product(places.PRESSED, LANGUAGES):
        page = {"ask_own": "preferences", "own_erase": "own"}.get(name, name)
        if page in places.OWN:
            yield Place(f"{name}, pressed", link_to(page, language, sample), language, "own", places.PRESSED[name])


def link_to(name: str, language: str, sample: Digest) -> str:
    """The path of such a page, of a new reader."""
    status = "pending" if name == "confirm" else "active"
    number = Subscriber.objects.count()
    reader = Subscriber.objects.create(
        email=f"{name}-{number}@example.org", language=language, status=status, consent_text="a look",
        confirmed_at=timezone.now() if status == "active" else None,
    )  # fmt: skip
    make: dict[str, Callable[[], str]] = {
        "less": lambda: links.path(links.UNSUBSCRIBE, reader.key) + "less/",
        "why": lambda: left(reader) + "why/",
        "return": lambda: left(reader),
        "feedback": lambda: reverse("feedback", args=[had(reader, sample), "daily", places.DAY]),
        "own": lambda: links.path(links.OWN, OwnersLink.objects.create(subscriber=reader, asked_at=timezone.now()).key),
        "address": lambda: links.path(links.ADDRESS, moving(reader)),
        "refuse": lambda: links.path(links.REFUSE, moving(reader)),
    }
    return make[name]() if name in make else links.path(links.Purpose(name), reader.key)


def left(reader: Subscriber) -> str:
    """The way back of who has just left."""
    lifecycle.leave(reader.key)
    return links.path(links.RETURN, reader.key)


def had(reader: Subscriber, sample: Digest) -> str:
    """The token of a reader to whom the sample was sent."""
    now = timezone.now()
    Delivery.objects.create(
        digest=sample, subscriber=reader, status=Delivery.Status.SENT, edition=reader.categories, send_at=now, expires_at=now
    )  # fmt: skip
    return links.token(links.PREFERENCES, reader.key)


def moving(reader: Subscriber) -> str:
    """One side's key of a change of address."""
    return AddressChange.objects.create(
        subscriber=reader, former_address=reader.email, new_address=f"new-{reader.email}", asked_at=timezone.now()
    ).former_key


def desk(sample: Digest, draft: Digest, correction: Correction) -> Iterator[Place]:
    """Admin: its own pages and ours."""
    reader = Subscriber.objects.filter(status="active").first()
    assert reader
    arguments = {
        "digests_digest_change": [[draft.pk], [sample.pk]], "digests_digest_preview": [[draft.pk, "ko"]],
        "subscribers_approve": [[draft.pk]], "subscribers_progress": [[sample.pk]], "subscribers_correct": [[sample.pk]],
        "subscribers_correction": [[correction.pk]], "subscribers_delivery_receipt": [[sample.pk]],
        "subscribers_subscriber_change": [[reader.pk]], "subscribers_subscriber_erase": [[reader.pk]],
    }  # fmt: skip
    names = ["index", "again", "password_change", "subscribers_subscriber_export", *arguments]
    paths = [reverse(f"admin:{name}", args=args) for name in names for args in arguments.get(name, [[]])]
    paths += [reverse(name) for name in ("statistics",)]
    paths += [reverse(f"admin:{model._meta.label_lower.replace('.', '_')}_changelist") for model in admin_models()]
    for path, language in product(paths, LANGUAGES):
        yield Place(re.sub(r"\d+", "…", path), path, language, "desk")


def admin_models() -> list[Any]:
    """All models that admin shows."""
    from django.contrib import admin

    return list(admin.site._registry)


if __name__ == "__main__":
    main()
