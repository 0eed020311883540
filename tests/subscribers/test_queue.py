"""The queue: rows go from waiting straight to the wire, and take along what was accepted."""

import datetime as dt

import pytest
from django.core import mail
from django.db import OperationalError
from django.utils import timezone

from digests.models import Digest
from subscribers.delivery import ledger
from subscribers.delivery.ledger import Finished
from subscribers.delivery.opening import open_deliveries
from subscribers.delivery.queue import Queue
from subscribers.delivery.run import Run
from subscribers.delivery.send import send_due
from subscribers.models import Delivery, Subscriber
from tests.factories import DAY, make_approved, make_reader

pytestmark = pytest.mark.django_db
Status = Delivery.Status


def opened(readers, day=DAY):
    """A digest with deliveries opened for so many new readers."""
    for _ in range(readers):
        make_reader()
    digest = make_approved(day=day)
    open_deliveries(digest)
    return digest


def queue(owner="one"):
    return Queue(owner, timezone.now())


def standing():
    """How many rows stand where."""
    rows = Delivery.objects.values_list("status", flat=True)
    return {status: list(rows).count(status) for status in set(rows)}


def test_rows_are_marked_as_they_are_taken_and_the_try_counts():
    opened(3)
    dues = queue().take(2)
    assert [due.attempts for due in dues] == [0, 0]
    rows = Delivery.objects.filter(pk__in=[due.pk for due in dues])
    assert set(rows.values_list("status", "attempts", "owner")) == {(Status.SENDING, 1, "one")}
    assert standing() == {Status.SENDING: 2, Status.QUEUED: 1}


def test_what_was_accepted_is_written_with_the_next_marks():
    opened(3)
    line = queue()
    [first] = line.take(1)
    [second] = line.take(1, [Finished(first.pk, Status.SENT, "", "<id@provider>")])
    row = Delivery.objects.get(pk=first.pk)
    assert (row.status, row.provider_id, row.finished_at is not None) == (Status.SENT, "<id@provider>", True)
    assert Delivery.objects.get(pk=second.pk).status == Status.SENDING


def test_what_was_accepted_is_written_when_nothing_is_left_to_take():
    opened(1)
    line = queue()
    [due] = line.take(1)
    assert line.take(1, [Finished(due.pk, Status.SENT)]) == []
    assert standing() == {Status.SENT: 1}


def test_nothing_is_written_for_rows_of_another_worker():
    opened(2)
    [due] = queue("one").take(1)
    queue("two").take(1, [Finished(due.pk, Status.SENT)])
    assert standing() == {Status.SENDING: 2}


def test_two_workers_never_take_the_same_row():
    opened(5)
    first, second = queue("one").take(3), queue("two").take(3)
    assert (len(first), len(second)) == (3, 2)
    assert not {due.pk for due in first} & {due.pk for due in second}


def test_readers_who_left_or_pause_get_their_outcome_and_those_behind_them_are_taken():
    opened(4)
    gone, away, *_ = Subscriber.objects.order_by("pk")
    Subscriber.objects.filter(pk=gone.pk).update(status=Subscriber.Status.UNSUBSCRIBED)
    Subscriber.objects.filter(pk=away.pk).update(paused_until=timezone.now().date() + dt.timedelta(days=3650))
    line = queue()
    taken = [due for _ in range(4) for due in line.take(1)]
    assert len({due.pk for due in taken}) == 2
    assert standing() == {Status.SENDING: 2, Status.SUPPRESSED: 1, Status.SKIPPED: 1}


def test_nothing_is_taken_from_a_digest_that_was_paused():
    opened(2)
    line = queue()
    [first] = line.take(1)
    Digest.objects.update(status=Digest.Status.PAUSED)
    assert line.take(1, [Finished(first.pk, Status.SENT)]) == []
    assert standing() == {Status.SENT: 1, Status.QUEUED: 1}


def test_rows_that_came_back_are_found_when_nothing_is_left_ahead():
    opened(3)
    line = queue()
    [first] = line.take(1)
    ledger.put_back([first], "one", tried=False)
    taken = [due for _ in range(3) for due in line.take(1)]
    assert {due.pk for due in taken} == set(Delivery.objects.values_list("pk", flat=True))
    assert set(Delivery.objects.values_list("attempts", flat=True)) == {1}
    assert line.take(1) == []


def test_one_digest_follows_the_other():
    later, sooner = opened(1), opened(1, DAY - dt.timedelta(days=1))
    line = queue()
    taken = [due.digest_id for _ in range(3) for due in line.take(1)]
    assert taken == [sooner.pk, sooner.pk, later.pk]


def test_what_is_not_due_is_not_taken():
    opened(1)
    Delivery.objects.update(send_at=timezone.now() + dt.timedelta(hours=1))
    assert queue().take(1) == []


def test_marks_whose_answer_was_lost_are_taken_back_and_nobody_was_mailed_for_them(monkeypatch):
    opened(4)

    def lost(line, most, accepted=(), take=Queue.take):
        if line.owner in broken:
            take(line, most, accepted)
            raise OperationalError("the connection went away after the commit")
        broken.add(line.owner)
        return take(line, most, accepted)

    broken = set()
    monkeypatch.setattr(Queue, "take", lost)
    with pytest.raises(OperationalError):
        send_due()
    assert len(mail.outbox) == Delivery.objects.filter(status=Status.SENT).count() == 2
    assert set(Delivery.objects.exclude(status=Status.SENT).values_list("status", "attempts")) == {(Status.QUEUED, 0)}
    monkeypatch.undo()
    send_due()
    assert len(mail.outbox) == len({message.to[0] for message in mail.outbox}) == 4


def test_no_more_rows_are_marked_than_the_transport_has_room_for(monkeypatch):
    opened(5)
    marked = []

    def submit(run, letters, submit=Run.submit):
        if letters:
            marked.append(Delivery.objects.filter(status=Status.SENDING).count())
        submit(run, letters)

    monkeypatch.setattr(Run, "submit", submit)
    send_due()
    assert marked == [1] * 5  # this backend takes one at a time
    assert len(mail.outbox) == 5
