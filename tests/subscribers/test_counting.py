"""Counts that the clock keeps: right, once for each day and digest, and not made more often than needed."""

import datetime as dt

import pytest
import time_machine
from django.utils import timezone

from digests.collecting.days import today
from digests.models import Category, Digest
from subscribers.delivery.opening import open_deliveries
from subscribers.models import Delivery, DeliveryEvent, DigestCount, ReaderCount, Subscriber
from subscribers.statistics import counting
from tests.factories import make_approved, make_reader

pytestmark = pytest.mark.django_db


def counts(facet: str, day: dt.date | None = None) -> dict[str, int]:
    rows = ReaderCount.objects.filter(facet=facet, day=day or today())
    return {value: many for value, many in rows.values_list("value", "count") if many}


def outcomes(digest: Digest) -> dict[str, int]:
    return {what: many for what, many in DigestCount.objects.filter(digest=digest).values_list("what", "count") if many}


def test_readers_are_counted_by_status_language_cadence_and_category():
    make_reader(language="ko", cadence="daily", slugs=["llm"])
    make_reader(language="en", cadence="weekly")
    make_reader(language="en", status=Subscriber.Status.UNSUBSCRIBED, left_at=timezone.now())
    make_reader(confirmed_at=timezone.now())
    counting.count()
    assert counts("status") == {"active": 3, "unsubscribed": 1}
    assert counts("language") == {"ko": 2, "en": 1}
    assert counts("cadence") == {"daily": 2, "weekly": 1}
    assert counts("category")["llm"] == 3 and counts("category")["robotics"] == 2
    assert len(counts("category")) == Category.objects.count()
    assert counts("flow") == {"joined": 1, "left": 1}


def test_a_day_has_one_count_which_is_the_last_one():
    reader = make_reader(language="en")
    counting.count()
    Subscriber.objects.filter(pk=reader.pk).update(language="ko")
    counting.count_readers(timezone.now())
    assert counts("language") == {"ko": 1}
    with time_machine.travel(timezone.now() + dt.timedelta(days=1), tick=False):
        make_reader(language="ko")
        counting.count()
        tomorrow = today()
    assert counts("language", tomorrow) == {"ko": 2}
    assert counts("language") == {"ko": 1}


def test_readers_are_counted_once_an_hour():
    with time_machine.travel("2024-11-22T12:00:00+09:00", tick=False) as clock:
        counting.count()
        make_reader()
        counting.count()
        assert counts("status") == {}
        clock.shift(dt.timedelta(minutes=61))
        counting.count()
        assert counts("status") == {"active": 1}


def test_digest_is_counted_while_it_moves_and_when_reports_may_have_come():
    reader = make_reader()
    digest = make_approved(day=today())
    open_deliveries(digest)
    counting.count()
    assert outcomes(digest) == {"queued": 1}
    Delivery.objects.update(status="sent")
    counting.count()
    assert outcomes(digest) == {"queued": 1}, "counted less than a minute ago"
    with time_machine.travel(timezone.now() + dt.timedelta(minutes=2), tick=False):
        counting.count()
        assert outcomes(digest) == {"sent": 1}
    Digest.objects.update(status="sent")
    Delivery.objects.update(status="bounced")
    delivery = Delivery.objects.get(subscriber=reader)
    told = {"digest": digest, "provider": "mailgun", "occurred_at": timezone.now(), "state": "applied"}
    DeliveryEvent.objects.create(key="1", delivery=delivery, kind="left", **told)
    DeliveryEvent.objects.create(key="2", delivery=delivery, kind="left", **told | {"state": "held"})
    with time_machine.travel(timezone.now() + dt.timedelta(hours=7), tick=False):
        counting.count()
    assert outcomes(digest) == {"bounced": 1, "left": 1}


def test_how_fast_mails_go_is_what_came_since_the_count_before():
    for _turn in range(5):
        make_reader()
    digest = make_approved(day=today())
    open_deliveries(digest)
    start = timezone.now()

    def pace_after(minutes, sent):
        Delivery.objects.filter(pk__in=Delivery.objects.values("pk")[:sent]).update(status="sent")
        with time_machine.travel(start + dt.timedelta(minutes=minutes), tick=False):
            counting.count()
        return DigestCount.objects.get(digest=digest, what=DigestCount.PACE).count

    assert pace_after(0, sent=1) == 0, "nothing to compare with"
    assert pace_after(2, sent=5) == 2
    assert pace_after(4, sent=5) == 0
    assert pace_after(60, sent=5) == 0, "the count before is too old to tell"


def test_old_digest_is_counted_once_and_a_draft_never():
    digest = make_approved(day=today() - dt.timedelta(days=300))
    Digest.objects.update(status="sent")
    draft = make_approved(day=today())
    counting.count()
    assert DigestCount.objects.filter(digest=digest).exists()
    assert not DigestCount.objects.filter(digest=draft).exists()
    before = DigestCount.objects.filter(digest=digest).values_list("counted_at", flat=True).first()
    with time_machine.travel(timezone.now() + dt.timedelta(days=3), tick=False):
        counting.count()
    assert DigestCount.objects.filter(digest=digest).values_list("counted_at", flat=True).first() == before
