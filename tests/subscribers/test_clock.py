"""Days of sending with clocks that go wrong: each reader gets each digest once, at the slot or soon after."""

import datetime as dt
import random
from concurrent.futures import ThreadPoolExecutor

import pytest
import time_machine
from django.core import mail
from django.db import connection
from django.utils import timezone

from digests.models import Digest
from subscribers import lifecycle
from subscribers.delivery.opening import open_deliveries
from subscribers.delivery.send import send_due
from subscribers.delivery.slots import slot
from subscribers.models import Delivery
from subscribers.tasks import tick
from tests.factories import make_approved, make_reader, wishes_of

ZONES = [
    "Pacific/Kiritimati",
    "Asia/Seoul",
    "Europe/Berlin",
    "America/New_York",
    "Pacific/Pago_Pago",
    "Australia/Lord_Howe",
]
FIRST = dt.date(2024, 10, 25)  # clocks go back in Berlin two days later
DAYS = 5
HOUR = dt.timedelta(hours=1)


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(4))
def test_beats_that_pause_repeat_and_jump_send_every_digest_once_and_in_time(seed):
    draw = random.Random(seed)
    readers = [
        make_reader(f"{n}@example.org", time_zone=zone, send_hour=draw.randrange(24)) for n, zone in enumerate(ZONES)
    ]
    approvals = [
        dt.datetime.combine(FIRST + dt.timedelta(days=n), dt.time(6), dt.timezone(9 * HOUR)) for n in range(DAYS)
    ]
    now, end, sent_at = approvals[0], approvals[-1] + 40 * HOUR, {}
    while now < end:
        with time_machine.travel(now, tick=False):
            while approvals and approvals[0] <= now:
                make_approved(day=approvals.pop(0).date(), sections=["llm"])
            for _ in range(draw.choice([1, 1, 2])):
                tick()
        for row in Delivery.objects.filter(status=Delivery.Status.SENT).exclude(pk__in=sent_at):
            sent_at[row.pk] = now
        now += draw.choice([15 * HOUR / 60, HOUR, HOUR, 5 * HOUR, 9 * HOUR])
        if draw.random() < 0.1:
            with time_machine.travel(now - 3 * HOUR, tick=False):
                tick()
    assert sorted(message.to[0] for message in mail.outbox) == sorted(reader.email for reader in readers * DAYS)
    for row in Delivery.objects.select_related("subscriber", "digest"):
        due = max(slot(row.digest.day, row.subscriber.time_zone, row.subscriber.send_hour), row.digest.approved_at)
        assert due <= sent_at[row.pk] <= due + 12 * HOUR


@pytest.mark.django_db
@pytest.mark.parametrize(("zone", "other"), [(ZONES[0], ZONES[4]), (ZONES[4], ZONES[0])])
@pytest.mark.parametrize("moved_after", range(0, 48, 6))
def test_a_reader_who_crosses_the_date_line_gets_each_digest_once(zone, other, moved_after):
    reader = make_reader(time_zone=zone, send_hour=8)
    now = dt.datetime.combine(FIRST, dt.time(6), dt.timezone(9 * HOUR))
    for hour in range(0, 90, 3):
        with time_machine.travel(now + hour * HOUR, tick=False):
            if hour in (0, 24):
                make_approved(day=FIRST + dt.timedelta(days=hour // 24), sections=["llm"])
            if hour == moved_after:
                reader.refresh_from_db()
                lifecycle.choose(reader.key, **wishes_of(reader, time_zone=other))
            send_due()
    assert sorted(row.status for row in Delivery.objects.all()) == ["sent", "sent"]
    assert len(mail.outbox) == 2


@pytest.mark.django_db
def test_a_late_approval_goes_out_at_once():
    make_reader(time_zone="Asia/Seoul", send_hour=8)
    with time_machine.travel("2024-10-25T09:00:00Z", tick=False):  # 18:00 in Seoul
        make_approved(day=FIRST)
        assert send_due()["sent"] == 1


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_of_many_who_open_at_once_one_does():
    for n in range(20):
        make_reader(send_hour=n)
    digest = make_approved(day=timezone.now().date())

    seen = [Digest.objects.get(pk=digest.pk) for _ in range(6)]  # by six workers, all before the first of them acts

    def opened(digest):
        try:
            return open_deliveries(digest)
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as threads:
        assert sorted(threads.map(opened, seen)) == [0, 0, 0, 0, 0, 20]
    assert digest.deliveries.count() == 20


@pytest.mark.django_db
def test_chore_that_fails_keeps_no_mail_from_going_out(monkeypatch):
    def broken():
        raise ArithmeticError("counting is broken")

    make_reader()
    make_approved()
    monkeypatch.setattr("subscribers.tasks.counting.count", broken)
    with pytest.raises(ArithmeticError):
        tick()
    assert len(mail.outbox) == 1
