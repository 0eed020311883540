"""The ledger: once for each reader, and every move only from where the row stands."""

import datetime as dt

import pytest
import time_machine
from django.utils import timezone

from digests.models import Digest
from subscribers.delivery import ledger
from subscribers.delivery.ledger import Finished
from subscribers.delivery.opening import open_deliveries
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
    open_deliveries(digest)
    return digest


def claimed(owner="one"):
    """A claimed delivery."""
    opened()
    [delivery] = ledger.claim(owner, 10, timezone.now())
    return delivery


def status_of(delivery):
    return Delivery.objects.get(pk=delivery.pk).status


def test_what_is_not_due_is_not_claimed():
    make_reader(time_zone="Asia/Seoul", send_hour=8)
    with time_machine.travel("2024-11-21T22:59:00Z", tick=False):
        open_deliveries(make_approved(day=DAY))
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
    assert ledger.begin([delivery], "one") == {delivery.pk}
    row = Delivery.objects.get()
    assert (row.status, row.attempts) == (Status.SENDING, 1)


def test_a_row_is_begun_once():
    delivery = claimed()
    assert ledger.begin([delivery], "one") == {delivery.pk}
    assert ledger.begin([delivery], "one") == set()


def test_a_reader_who_left_after_the_claim_is_suppressed_and_not_sent():
    delivery = claimed()
    Subscriber.objects.update(status=Subscriber.Status.UNSUBSCRIBED)
    assert ledger.begin([delivery], "one") == set()
    assert status_of(delivery) == Status.SUPPRESSED


def test_a_paused_digest_sends_nothing_more():
    delivery = claimed()
    Digest.objects.update(status=Digest.Status.PAUSED)
    assert ledger.begin([delivery], "one") == set()
    ledger.put_back([delivery], "one")
    assert ledger.claim("one", 10, timezone.now()) == []
    Digest.objects.update(status=Digest.Status.SENDING)
    assert len(ledger.claim("one", 10, timezone.now())) == 1


def test_a_worker_whose_lease_ran_out_does_not_send():
    delivery = claimed()
    with time_machine.travel(timezone.now() + LATER):
        assert ledger.begin([delivery], "one") == set()


def test_a_late_write_of_a_worker_that_lost_its_row_changes_nothing():
    delivery = claimed("one")
    with time_machine.travel(timezone.now() + LATER):
        ledger.recover_lost()
        [again] = ledger.claim("two", 10, timezone.now())
        assert ledger.begin([delivery], "one") == set()
        assert ledger.finish([Finished(delivery.pk, Status.SENT)], "one") == 0
        assert ledger.begin([again], "two") == {again.pk}
    assert status_of(delivery) == Status.SENDING


def test_a_row_lost_before_sending_is_queued_again():
    delivery = claimed()
    with time_machine.travel(timezone.now() + LATER):
        assert ledger.recover_lost()["requeued"] == 1
    assert status_of(delivery) == Status.QUEUED


def test_a_row_lost_while_sending_is_unknown_and_never_claimed_again():
    delivery = claimed()
    ledger.begin([delivery], "one")
    with time_machine.travel(timezone.now() + LATER):
        assert ledger.recover_lost()["unknown"] == 1
        assert ledger.claim("two", 10, timezone.now()) == []
    assert status_of(delivery) == Status.UNKNOWN


def test_a_row_in_good_hands_is_left_alone():
    delivery = claimed()
    ledger.begin([delivery], "one")
    assert not +ledger.recover_lost()
    assert status_of(delivery) == Status.SENDING


def test_a_deferred_row_waits_as_long_as_told():
    delivery = claimed()
    ledger.begin([delivery], "one")
    assert ledger.put_back([delivery], "one", timezone.now() + dt.timedelta(seconds=120), "450 try later") == 1
    assert ledger.claim("one", 10, timezone.now()) == []
    assert len(ledger.claim("one", 10, timezone.now() + dt.timedelta(seconds=121))) == 1
    assert Delivery.objects.get().error == "450 try later"


def test_one_commit_takes_and_marks_many_rows():
    opened(5)
    dues = ledger.claim("one", 4, timezone.now())
    assert ledger.begin(dues, "one") == {due.pk for due in dues}
    outcomes = [
        Finished(dues[0].pk, Status.SENT, "", "<id@provider>"),
        *(Finished(due.pk, Status.SENT) for due in dues[1:]),
    ]
    assert ledger.finish(outcomes, "one") == 4
    assert Delivery.objects.get(pk=dues[0].pk).provider_id == "<id@provider>"
    assert Delivery.objects.filter(status=Status.SENT).count() == 4


def test_readers_who_want_the_same_stand_side_by_side():
    for slugs in (["llm"], ["computer-vision"], ["llm"], ["computer-vision"]):
        make_reader(slugs=slugs)
    open_deliveries(make_approved())
    editions = [due.edition for due in ledger.claim("one", 10, timezone.now())]
    assert editions[0] == editions[1] != editions[2] == editions[3]


def test_a_lease_is_renewed_only_for_rows_in_hand():
    delivery = claimed()
    with time_machine.travel(timezone.now() + dt.timedelta(seconds=20)):
        assert ledger.renew("one") == 1
        assert ledger.renew("two") == 0
    with time_machine.travel(timezone.now() + dt.timedelta(seconds=40)):
        assert not +ledger.recover_lost()
    ledger.finish([Finished(delivery.pk, Status.SENT)], "one")
    assert ledger.renew("one") == 0


def test_whoever_sent_a_row_that_was_given_up_may_still_say_how_it_went():
    delivery = claimed("one")
    ledger.begin([delivery], "one")
    with time_machine.travel(timezone.now() + LATER):
        assert ledger.recover_lost()["unknown"] == 1
        assert ledger.finish([Finished(delivery.pk, Status.SENT)], "two") == 0
        assert ledger.finish([Finished(delivery.pk, Status.SENT)], "one") == 1
    assert status_of(delivery) == Status.SENT


def test_a_reader_on_pause_is_skipped_with_the_reason():
    delivery = claimed()
    Subscriber.objects.update(paused_until=timezone.now().date() + dt.timedelta(days=3650))
    assert ledger.begin([delivery], "one") == set()
    row = Delivery.objects.get()
    assert (row.status, row.error) == (Status.SKIPPED, "The reader is on pause.")
