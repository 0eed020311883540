"""What has served is forgotten, in pieces, and nothing else is."""

import datetime as dt

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.utils import timezone

from subscribers import retention
from subscribers.delivery.opening import open_deliveries
from subscribers.models import Delivery, DeliveryEvent, UnusedReports, Upkeep
from tests.factories import DAY, make_approved, make_reader

pytestmark = pytest.mark.django_db
State = DeliveryEvent.State


def at(days: int) -> dt.datetime:
    """Noon, so many days after the digest's day."""
    return dt.datetime.combine(DAY, dt.time(12), dt.UTC) + dt.timedelta(days=days)


def sent(readers: int = 1, **fields) -> list[Delivery]:
    """A digest's deliveries, each with a server's words."""
    for _each in range(readers):
        make_reader()
    with time_machine.travel(at(0), tick=False):
        open_deliveries(make_approved())
    told = {"status": "bounced", "error": "550 no such user kim@example.org", "provider_id": "x1"}
    Delivery.objects.update(**told | fields)
    return list(Delivery.objects.all())


def event(delivery: Delivery, number: int, **fields) -> DeliveryEvent:
    given = {
        "key": str(number),
        "digest": delivery.digest,
        "provider": "mailgun",
        "kind": "bounced",
        "detail": "no such user",
        "received_at": at(0),
    }
    return DeliveryEvent.objects.create(delivery=delivery, occurred_at=at(0), **given | fields)


def prune_at(days: int, **options) -> bool:
    with time_machine.travel(at(days), tick=False):
        return retention.prune(**options)


def test_servers_words_are_forgotten_after_a_month_and_the_outcome_is_not():
    sent()
    assert prune_at(29)
    assert Delivery.objects.get().error
    assert prune_at(31)
    delivery = Delivery.objects.get()
    assert (delivery.error, delivery.provider_id, delivery.status) == ("", "", "bounced")


def test_the_setting_says_how_long(settings):
    settings.DETAIL_DAYS = 3
    sent()
    prune_at(4)
    assert Delivery.objects.get().error == ""


def test_mail_that_is_still_to_come_keeps_its_words():
    sent(status="queued")
    prune_at(40)
    assert Delivery.objects.get().error


def test_every_reader_of_a_digest_has_their_turn_whatever_the_size_of_a_piece(monkeypatch):
    monkeypatch.setattr(retention, "CHUNK", 2)
    sent(readers=5)
    prune_at(40)
    assert not Delivery.objects.exclude(error="").exists()


def test_run_without_time_does_nothing_and_the_next_one_does_it(monkeypatch):
    sent()
    assert not prune_at(40, seconds=-1)
    assert Delivery.objects.get().error
    assert not Upkeep.objects.filter(name=retention.DELIVERIES).exists()
    assert prune_at(40)
    assert Delivery.objects.get().error == ""


def test_second_run_of_a_day_asks_only_how_far_it_is(django_assert_num_queries):
    sent()
    prune_at(40)
    with django_assert_num_queries(len(retention._chores())):
        assert prune_at(40)


def test_events_lose_their_words_but_those_that_an_editor_must_settle():
    [delivery] = sent()
    event(delivery, 1)
    event(delivery, 2, state=State.HELD)
    event(delivery, 3, received_at=at(20))
    prune_at(31)
    assert list(DeliveryEvent.objects.order_by("pk").values_list("detail", flat=True)) == [
        "",
        "no such user",
        "no such user",
    ]


def test_counts_of_unused_reports_and_ended_sessions_go():
    for day in (DAY, DAY + dt.timedelta(days=50)):
        UnusedReports.objects.create(day=day, provider="mailgun", why="old", count=3)
    Session.objects.create(session_key="old", session_data="", expire_date=at(99))
    Session.objects.create(session_key="new", session_data="", expire_date=at(101))
    prune_at(100)
    assert UnusedReports.objects.get().day == DAY + dt.timedelta(days=50)
    assert Session.objects.get().session_key == "new"


def test_clock_prunes(monkeypatch, settings, tmp_path):
    settings.VAR_DIR = tmp_path
    from subscribers.tasks import tick

    tick()
    assert Upkeep.objects.filter(name="sessions", through=timezone.now().date()).exists()
