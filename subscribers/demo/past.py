"""The trial's past: some weeks of digests, of readers and of what came back, so that archive, statistics and lists have
something to show on the first day.

    who comes (crowd) → each digest: written (digests.sample.past) → mailed, reported on (mail) → spoken of (voices)
    → what the lists gave (digests.sample.lists) → the log (log) → counts by day (counts)

It is made once, in a database that holds nothing but the trial, and only where mails go to the file outbox: readers whom
nobody knows must not be mailed through a real server. All or nothing.
"""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.db import transaction
from django.db.models import Exists, OuterRef

from digests.collecting.days import moment, today
from digests.models import Digest
from digests.sample import lists, past
from newsletter.outbox import EmailBackend
from subscribers.demo import counts, crowd, log, mail, voices
from subscribers.models import Delivery, Subscriber

OUTBOX = f"{EmailBackend.__module__}.{EmailBackend.__qualname__}"


def fits() -> bool:
    """Whether the past can be made: once, on the file outbox, and beside no digests but a trial's, which are samples or
    went to its readers. That there are no other readers is for `trial.prepare` to say."""
    theirs = Delivery.objects.filter(digest=OuterRef("pk"))
    of_ones_own = Digest.objects.filter(~Exists(theirs), is_sample=False)
    there = Subscriber.objects.filter(email__in=crowd.addresses())
    return settings.EMAIL_BACKEND == OUTBOX and not of_ones_own.exists() and not there.exists()


@transaction.atomic
def make(editor: AbstractUser, administrator: str, oldest: list[str]) -> str:
    """Make it; returns what was made, in words. `oldest` are the addresses of readers who were there from the start."""
    papers = past.papers_by_day()
    days = past.days_before(today(), len(papers))
    begin = days.busy[0] - dt.timedelta(days=crowd.DAYS_AHEAD)
    crowd.arrive(days.busy[0], today())
    _were_there(oldest, moment(begin, 9))
    digests = []
    for number, (day, rows) in enumerate(zip(days.busy, papers, strict=True)):
        digest = past.write(day, rows, editor)
        mail.deliver(digest, number)
        voices.speak(digest, number)
        digests.append(digest)
    lists.report(days)
    log.write(digests, voices.correct(digests, editor), editor.get_username(), administrator)
    counts.count(begin, digests)
    mails = Delivery.objects.filter(digest__in=digests).count()
    return f"{len(digests)} digests from {days.busy[0]} on, {crowd.MANY} readers, {mails} deliveries: all made up"


def _were_there(addresses: list[str], since: dt.datetime) -> None:
    readers = Subscriber.objects.filter(email__in=addresses, status=Subscriber.Status.ACTIVE)
    readers.update(signed_up_at=since, confirmed_at=since + dt.timedelta(minutes=3))
