"""Opening a digest: who gets a row, for when, in which edition; and what closes rows again."""

import datetime as dt

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from digests.content import shown
from digests.editions import edition_number
from digests.models import Digest
from subscribers import lifecycle
from subscribers.delivery import ledger
from subscribers.delivery.closing import close_cancelled, close_finished, expire_late, take_back_expiries
from subscribers.delivery.ledger import Finished
from subscribers.delivery.opening import open_deliveries, reschedule
from subscribers.models import Delivery, Subscriber
from tests.factories import DAY, make_approved, make_reader, wishes_of

pytestmark = pytest.mark.django_db
Status = Delivery.Status
NIGHT = "2024-11-21T20:00:00Z"  # 05:00 in Seoul on DAY


def at(moment):
    return time_machine.travel(moment, tick=False)


def opened(readers=1, **fields):
    """A digest with deliveries opened for so many readers."""
    for _ in range(readers):
        make_reader()
    digest = make_approved(**fields)
    assert open_deliveries(digest) == readers
    return digest


def audience(digest):
    """The names of those who have a row."""
    return sorted(row.subscriber.email.partition("@")[0] for row in digest.deliveries.all())


# ---- who


def test_opening_twice_adds_nobody():
    digest = opened(3)
    digest.status = Digest.Status.APPROVED  # as a second worker saw it before the first one moved it
    assert open_deliveries(digest) == 0
    assert digest.deliveries.count() == 3


def test_one_reader_and_digest_have_one_row_even_behind_the_ledgers_back():
    digest = opened()
    row = digest.deliveries.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        Delivery.objects.bulk_create(
            [Delivery(digest=digest, subscriber=row.subscriber, send_at=timezone.now(), expires_at=timezone.now())]
        )


def test_an_opening_that_fails_leaves_nothing_and_is_done_again(monkeypatch):
    make_reader()
    digest = make_approved()
    with connection.execute_wrapper(failing_on("INSERT INTO subscribers_delivery")), pytest.raises(InterruptedError):
        open_deliveries(digest)
    digest.refresh_from_db()
    assert (digest.status, digest.deliveries.count()) == (Digest.Status.APPROVED, 0)
    assert open_deliveries(digest) == 1


def failing_on(words):
    """Lets the statement happen and dies before it is committed."""

    def wrapper(execute, sql, params, many, context):
        result = execute(sql, params, many, context)
        if words in sql:
            raise InterruptedError
        return result

    return wrapper


def test_only_those_confirmed_at_approval_are_the_audience():
    make_reader("early@example.org")
    make_reader("pending@example.org", status=Subscriber.Status.PENDING)
    make_reader("gone@example.org", status=Subscriber.Status.UNSUBSCRIBED)
    digest = make_approved()
    make_reader("late@example.org", confirmed_at=timezone.now())
    open_deliveries(digest)
    assert audience(digest) == ["early"]


@pytest.mark.parametrize(
    ("day", "readers"),
    [
        (dt.date(2024, 11, 22), ["daily", "rested", "weekdays"]),  # a Friday
        (dt.date(2024, 11, 23), ["daily", "rested"]),
        (dt.date(2024, 11, 24), ["daily", "rested"]),
        (dt.date(2024, 11, 21), ["daily", "weekdays"]),  # the day before the pause ends
    ],
)
def test_a_daily_digest_is_for_those_whose_day_it_is(day, readers):
    for cadence in ("daily", "weekdays", "weekly"):
        make_reader(f"{cadence}@example.org", cadence=cadence)
    make_reader("rested@example.org", paused_until=dt.date(2024, 11, 22))
    make_reader("paused@example.org", paused_until=dt.date(2024, 12, 1))
    digest = make_approved(day=day)
    open_deliveries(digest)
    assert audience(digest) == readers


def test_deliveries_of_an_unapproved_digest_cannot_be_opened():
    with pytest.raises(ValueError, match="not approved"):
        open_deliveries(Digest(day=DAY))


def test_a_digest_without_an_audience_opens_and_closes_and_the_log_says_so(caplog):
    caplog.set_level("INFO", "subscribers.delivery.closing")
    digest = opened(0)
    assert [closed.pk for closed in close_finished()] == [digest.pk]
    assert caplog.messages[-1] == "Digest 2024-11-22 daily: sent, every reader has an outcome"


# ---- when


def test_a_reader_is_due_at_the_hour_of_their_own_zone():
    make_reader("seoul@example.org", time_zone="Asia/Seoul", send_hour=8)
    make_reader("london@example.org", time_zone="Europe/London", send_hour=7)
    with at(NIGHT):
        digest = make_approved(day=DAY)
        open_deliveries(digest)
    due = {row.subscriber.email: row.send_at.isoformat() for row in digest.deliveries.all()}
    assert due == {
        "seoul@example.org": "2024-11-21T23:00:00+00:00",
        "london@example.org": "2024-11-22T07:00:00+00:00",
    }


def test_a_slot_that_was_missed_becomes_the_approval():
    make_reader(time_zone="Asia/Seoul", send_hour=8)
    with at("2024-11-22T05:30:00Z"):
        digest = make_approved(day=DAY)
        open_deliveries(digest)
    assert digest.deliveries.get().send_at.isoformat() == "2024-11-22T05:30:00+00:00"


def test_an_unknown_time_zone_keeps_nobodys_mail():
    make_reader("lost@example.org", time_zone="Asia/Soul")
    make_reader("other@example.org")
    assert open_deliveries(make_approved()) == 2


def test_who_moves_to_an_unheard_of_hour_during_the_opening_gets_the_usual_one():
    reader = make_reader(time_zone="Asia/Seoul", send_hour=8)
    digest = make_approved(day=DAY)

    def meanwhile(execute, sql, params, many, context):
        if "INSERT INTO subscribers_delivery" in sql:
            Subscriber.objects.filter(pk=reader.pk).update(time_zone="Asia/Kathmandu", send_hour=3)
        return execute(sql, params, many, context)

    with at(NIGHT), connection.execute_wrapper(meanwhile):
        Digest.objects.update(approved_at=timezone.now())
        digest.refresh_from_db()
        assert open_deliveries(digest) == 1
    assert digest.deliveries.get().send_at.isoformat() == "2024-11-21T23:00:00+00:00"


def test_more_hours_than_a_statement_has_parameters_are_no_trouble():
    Subscriber.objects.bulk_create(
        Subscriber(email=f"r{n}@example.org", key=f"k{n}", status="active", confirmed_at=dt.datetime(2020, 1, 1, tzinfo=dt.UTC),
                   time_zone=f"Etc/Nowhere{n}", send_hour=n % 24)
        for n in range(1100)
    )  # fmt: skip
    assert open_deliveries(make_approved()) == 1100


def test_a_reader_who_changes_the_hour_is_moved_and_not_sent_twice():
    reader = make_reader(time_zone="Asia/Seoul", send_hour=8)
    with at(NIGHT):
        digest = make_approved(day=DAY)
        open_deliveries(digest)
        lifecycle.choose(reader.key, **wishes_of(reader, send_hour=10))
    assert digest.deliveries.get().send_at.isoformat() == "2024-11-22T01:00:00+00:00"


def test_a_reader_who_moves_to_an_hour_long_past_gets_the_mail_now():
    reader = make_reader(time_zone="America/Los_Angeles", send_hour=20)
    with at("2024-11-22T00:00:00Z"):
        open_deliveries(make_approved(day=DAY))
    with at("2024-11-23T01:00:00Z"):
        reader.time_zone, reader.send_hour = "Asia/Seoul", 6
        reader.save()
        reschedule(reader)
        assert expire_late() == 0
        assert len(ledger.claim("one", 10, timezone.now())) == 1


# ---- what


def test_readers_who_want_the_same_have_the_same_number():
    for email, language, slugs in [
        ("a@example.org", "ko", ["llm"]),
        ("b@example.org", "ko", ["llm", "audio"]),  # no audio today
        ("c@example.org", "en", ["llm"]),
        ("d@example.org", "ko", ["llm", "computer-vision"]),
        ("e@example.org", "ko", None),
        ("f@example.org", "ko", ["audio"]),
    ]:
        make_reader(email, slugs, language=language)
    digest = make_approved()
    open_deliveries(digest)
    rows = digest.deliveries.select_related("subscriber").order_by("subscriber__email")
    a, b, c, d, e, f = (row.edition for row in rows)
    assert a == b and d == e and len({a, c, d, f}) == 4
    content = shown(digest)
    assert [row.edition for row in rows] == [
        edition_number(content, row.subscriber.language, row.subscriber.categories) for row in rows
    ]


def test_a_change_of_categories_reaches_the_mail_that_waits():
    reader = make_reader(slugs=["llm"], language="ko")
    digest = make_approved()
    open_deliveries(digest)
    other = make_reader(slugs=["computer-vision"]).categories
    lifecycle.choose(reader.key, **wishes_of(reader, categories=other, language="en"))
    assert digest.deliveries.get().edition == edition_number(shown(digest), "en", other)


def test_a_mail_that_was_tried_keeps_its_words():
    reader = make_reader(slugs=["llm"], language="ko")
    digest = make_approved()
    open_deliveries(digest)
    before = digest.deliveries.get().edition
    Delivery.objects.update(attempts=1)
    lifecycle.choose(reader.key, **wishes_of(reader, language="en"))
    assert digest.deliveries.get().edition == before


# ---- closing


def test_a_row_past_the_deadline_expires():
    digest = opened()
    expires_at = digest.deliveries.get().expires_at
    with at(expires_at - dt.timedelta(minutes=1)):
        assert expire_late() == 0
    with at(expires_at + dt.timedelta(minutes=1)):
        assert expire_late() == 1
    assert digest.deliveries.get().status == Status.EXPIRED


def test_a_paused_digest_expires_too():
    digest = opened()
    digest.advance(Digest.Status.PAUSED)
    with at(digest.deliveries.get().expires_at + dt.timedelta(minutes=1)):
        assert expire_late() == 1


def test_a_clock_that_was_a_day_ahead_loses_nobodys_mail():
    digest = opened(2)
    [sent, _other] = ledger.claim("one", 2, timezone.now())
    ledger.begin([sent], "one")
    ledger.finish([Finished(sent.pk, Status.SENT)], "one")
    with at(timezone.now() + dt.timedelta(days=1)):
        ledger.recover_lost()
        assert expire_late() == 1
        assert [closed.pk for closed in close_finished()] == [digest.pk]
    assert take_back_expiries() == 1
    digest.refresh_from_db()
    assert digest.status == Digest.Status.SENDING
    assert [row.subscriber_id for row in ledger.claim("two", 10, timezone.now())] == [_other.subscriber_id]


def test_what_expired_rightly_stays_expired():
    digest = opened()
    with at(digest.deliveries.get().expires_at + dt.timedelta(minutes=1)):
        expire_late()
        assert take_back_expiries() == 0


def test_a_cancelled_digest_closes_its_queue_and_what_comes_back_to_it():
    digest = opened(2)
    [held, _waiting] = ledger.claim("one", 2, timezone.now())
    ledger.put_back([_waiting], "one")
    digest.advance(Digest.Status.PAUSED)
    digest.advance(Digest.Status.CANCELLED)
    assert close_cancelled() == 1
    ledger.put_back([held], "one")
    assert close_cancelled() == 1
    assert set(digest.deliveries.values_list("status", flat=True)) == {Status.CANCELLED}


def test_a_digest_closes_when_every_row_has_an_outcome():
    opened()
    assert close_finished() == []
    [due] = ledger.claim("one", 1, timezone.now())
    assert close_finished() == []
    ledger.begin([due], "one")
    assert close_finished() == []
    ledger.finish([Finished(due.pk, Status.SENT)], "one")
    assert [digest.status for digest in close_finished()] == [Digest.Status.SENT]
