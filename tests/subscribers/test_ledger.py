"""The ledger: once for each reader, and every move only from where the row stands."""

import datetime as dt

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.utils import timezone

from digests.models import Digest
from subscribers.delivery import ledger
from subscribers.models import Delivery, Subscriber
from tests.factories import DAY, make_approved, make_reader

pytestmark = pytest.mark.django_db
Status = Delivery.Status
LATER = dt.timedelta(minutes=6)  # past a lease


def opened(readers=1):
    """A digest with deliveries opened for so many readers."""
    for _ in range(readers):
        make_reader()
    digest = make_approved()
    ledger.open_deliveries(digest)
    return digest


def claimed(owner="one"):
    """A claimed delivery."""
    opened()
    [delivery] = ledger.claim(owner, 10, timezone.now())
    return delivery


def status_of(delivery):
    return Delivery.objects.get(pk=delivery.pk).status


def test_opening_twice_adds_nobody():
    digest = opened(3)
    assert digest.deliveries.count() == 3
    digest.status = Digest.Status.APPROVED  # as a second worker saw it before the first one moved it
    assert ledger.open_deliveries(digest) == 0
    assert digest.deliveries.count() == 3


def test_one_reader_and_digest_have_one_row_even_behind_the_ledgers_back():
    digest = opened()
    row = digest.deliveries.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        Delivery.objects.bulk_create(
            [Delivery(digest=digest, subscriber=row.subscriber, send_at=timezone.now(), expires_at=timezone.now())]
        )


def test_only_those_confirmed_at_approval_are_the_audience():
    make_reader("early@example.org")
    make_reader("pending@example.org", status=Subscriber.Status.PENDING)
    make_reader("gone@example.org", status=Subscriber.Status.UNSUBSCRIBED)
    digest = make_approved()
    make_reader("late@example.org", confirmed_at=timezone.now())
    ledger.open_deliveries(digest)
    assert [row.subscriber.email for row in digest.deliveries.all()] == ["early@example.org"]


def test_a_reader_is_due_at_the_hour_of_their_own_zone():
    make_reader("seoul@example.org", time_zone="Asia/Seoul", send_hour=8)
    make_reader("london@example.org", time_zone="Europe/London", send_hour=7)
    with time_machine.travel("2024-11-21T20:00:00Z", tick=False):
        digest = make_approved(day=DAY)
        ledger.open_deliveries(digest)
    due = {row.subscriber.email: row.send_at.isoformat() for row in digest.deliveries.all()}
    assert due == {
        "seoul@example.org": "2024-11-21T23:00:00+00:00",
        "london@example.org": "2024-11-22T07:00:00+00:00",
    }


def test_a_slot_that_was_missed_becomes_the_approval():
    make_reader(time_zone="Asia/Seoul", send_hour=8)
    with time_machine.travel("2024-11-22T05:30:00Z", tick=False):
        digest = make_approved(day=DAY)
        ledger.open_deliveries(digest)
    assert digest.deliveries.get().send_at.isoformat() == "2024-11-22T05:30:00+00:00"


def test_what_is_not_due_is_not_claimed():
    make_reader(time_zone="Asia/Seoul", send_hour=8)
    with time_machine.travel("2024-11-21T22:59:00Z", tick=False):
        ledger.open_deliveries(make_approved(day=DAY))
        assert ledger.claim("one", 10, timezone.now()) == []
    with time_machine.travel("2024-11-21T23:00:00Z", tick=False):
        assert len(ledger.claim("one", 10, timezone.now())) == 1


def test_two_workers_never_hold_the_same_row():
    opened(5)
    first = ledger.claim("one", 3, timezone.now())
    second = ledger.claim("two", 3, timezone.now())
    assert len(first) == 3 and len(second) == 2
    assert not {row.pk for row in first} & {row.pk for row in second}


def test_begin_marks_the_row_before_anything_is_sent():
    delivery = claimed()
    assert ledger.begin(delivery, "one")
    row = Delivery.objects.get()
    assert (row.status, row.attempts) == (Status.SENDING, 1)


def test_a_row_is_begun_once():
    delivery = claimed()
    assert ledger.begin(delivery, "one")
    assert not ledger.begin(delivery, "one")


def test_a_reader_who_left_after_the_claim_is_suppressed_and_not_sent():
    delivery = claimed()
    Subscriber.objects.update(status=Subscriber.Status.UNSUBSCRIBED)
    assert not ledger.begin(delivery, "one")
    assert status_of(delivery) == Status.SUPPRESSED


def test_a_paused_digest_sends_nothing_more():
    delivery = claimed()
    Digest.objects.update(status=Digest.Status.PAUSED)
    assert not ledger.begin(delivery, "one")
    ledger.put_back([delivery], "one")
    assert ledger.claim("one", 10, timezone.now()) == []
    Digest.objects.update(status=Digest.Status.SENDING)
    assert len(ledger.claim("one", 10, timezone.now())) == 1


def test_a_worker_whose_lease_ran_out_does_not_send():
    delivery = claimed()
    with time_machine.travel(timezone.now() + LATER):
        assert not ledger.begin(delivery, "one")


def test_a_late_write_of_a_worker_that_lost_its_row_changes_nothing():
    delivery = claimed("one")
    with time_machine.travel(timezone.now() + LATER):
        ledger.recover_lost()
        [again] = ledger.claim("two", 10, timezone.now())
        assert not ledger.begin(delivery, "one")
        assert not ledger.finish(delivery, "one", Status.SENT)
        assert ledger.begin(again, "two")
    assert status_of(delivery) == Status.SENDING


def test_a_row_lost_before_sending_is_queued_again():
    delivery = claimed()
    with time_machine.travel(timezone.now() + LATER):
        assert ledger.recover_lost()["requeued"] == 1
    assert status_of(delivery) == Status.QUEUED


def test_a_row_lost_while_sending_is_unknown_and_never_claimed_again():
    delivery = claimed()
    ledger.begin(delivery, "one")
    with time_machine.travel(timezone.now() + LATER):
        assert ledger.recover_lost()["unknown"] == 1
        assert ledger.claim("two", 10, timezone.now()) == []
    assert status_of(delivery) == Status.UNKNOWN


def test_a_row_in_good_hands_is_left_alone():
    delivery = claimed()
    ledger.begin(delivery, "one")
    assert not +ledger.recover_lost()
    assert status_of(delivery) == Status.SENDING


def test_a_deferred_row_waits_as_long_as_told():
    delivery = claimed()
    ledger.begin(delivery, "one")
    assert ledger.put_back([delivery], "one", timezone.now() + dt.timedelta(seconds=120), "450 try later") == 1
    assert ledger.claim("one", 10, timezone.now()) == []
    assert len(ledger.claim("one", 10, timezone.now() + dt.timedelta(seconds=121))) == 1
    assert Delivery.objects.get().error == "450 try later"


def test_a_row_past_the_deadline_expires():
    opened()
    expires_at = Delivery.objects.get().expires_at
    with time_machine.travel(expires_at - dt.timedelta(minutes=1), tick=False):
        assert ledger.expire_late() == 0
    with time_machine.travel(expires_at + dt.timedelta(minutes=1), tick=False):
        assert ledger.expire_late() == 1
    assert Delivery.objects.get().status == Status.EXPIRED


def test_a_reader_who_changes_the_hour_is_moved_and_not_sent_twice():
    reader = make_reader(time_zone="Asia/Seoul", send_hour=8)
    with time_machine.travel("2024-11-21T20:00:00Z", tick=False):
        digest = make_approved(day=DAY)
        ledger.open_deliveries(digest)
        reader.send_hour = 10
        reader.save()
        ledger.reschedule(reader)
    assert digest.deliveries.get().send_at.isoformat() == "2024-11-22T01:00:00+00:00"


def test_a_digest_closes_when_every_row_has_an_outcome():
    delivery = claimed()
    assert ledger.close_finished() == []
    ledger.begin(delivery, "one")
    ledger.finish(delivery, "one", Status.SENT)
    assert [digest.status for digest in ledger.close_finished()] == [Digest.Status.SENT]


def test_the_receipt_sums_up_to_the_audience():
    digest = opened(4)
    first, second, *_ = ledger.claim("one", 2, timezone.now())
    ledger.finish(first, "one", Status.SKIPPED)
    ledger.begin(second, "one")
    counts = ledger.receipt(digest)
    assert counts["audience"] == 4 == sum(count for name, count in counts.items() if name != "audience")
    assert (counts["queued"], counts["skipped"], counts["sending"]) == (2, 1, 1)


def test_deliveries_of_an_unapproved_digest_cannot_be_opened():
    with pytest.raises(ValueError, match="not approved"):
        ledger.open_deliveries(Digest(day=DAY))


def test_a_reader_who_moves_to_an_hour_long_past_gets_the_mail_now():
    reader = make_reader(time_zone="America/Los_Angeles", send_hour=20)
    with time_machine.travel("2024-11-22T00:00:00Z", tick=False):
        ledger.open_deliveries(make_approved(day=DAY))
    with time_machine.travel("2024-11-23T01:00:00Z", tick=False):
        reader.time_zone, reader.send_hour = "Asia/Seoul", 6
        reader.save()
        ledger.reschedule(reader)
        assert ledger.expire_late() == 0
        assert len(ledger.claim("one", 10, timezone.now())) == 1


def test_an_unknown_time_zone_keeps_nobodys_mail():
    make_reader("lost@example.org", time_zone="Asia/Soul")
    make_reader("other@example.org")
    assert ledger.open_deliveries(make_approved()) == 2
