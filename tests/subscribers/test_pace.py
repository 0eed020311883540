"""Limits hold over all workers, and what is over a limit waits."""

import datetime as dt
from collections import Counter

import pytest
import time_machine
from django.core.exceptions import ImproperlyConfigured

from newsletter.env import Rate, named_rates, rates
from subscribers.delivery import pace
from subscribers.delivery.ledger import Due
from subscribers.delivery.send import send_due
from subscribers.models import Delivery
from tests.factories import make_approved, make_reader

pytestmark = pytest.mark.django_db
NOON = "2026-12-01T12:00:00Z"


def dues(*addresses):
    return [Due(n, 1, n, 0, address, "k", "ko", 1) for n, address in enumerate(addresses)]


def take(wanted):
    """How many of so many may go."""
    granted = pace.grant(dues(*(f"r{n}@example.org" for n in range(wanted))))
    assert len(granted.now) + len(granted.in_hand) == wanted
    return len(granted.now)


def test_without_limits_everything_may_go():
    assert pace.grant(dues("a@naver.com")) == (dues("a@naver.com"), [], {})


def test_a_window_gives_no_more_than_its_limit_whoever_asks(settings):
    settings.SEND_RATE = [Rate(50, 1)]
    with time_machine.travel(NOON, tick=False) as clock:
        assert [take(30), take(30), take(30)] == [30, 20, 0]
        clock.shift(1)
        assert take(30) == 30


def test_the_tightest_of_several_limits_decides(settings):
    settings.SEND_RATE = [Rate(50, 1), Rate(60, 60)]
    with time_machine.travel(NOON, tick=False) as clock:
        assert take(50) == 50
        clock.shift(1)
        assert take(50) == 10


def test_a_warm_up_doubles_each_day(settings):
    settings.SEND_WARM_UP_SINCE = dt.date(2026, 12, 1)
    with time_machine.travel(NOON, tick=False) as clock:
        assert take(600) == 500
        assert take(1) == 0
        clock.shift(dt.timedelta(days=2))
        assert take(2100) == 2000
        clock.shift(dt.timedelta(days=30))
        assert take(3000) == 3000


def test_a_domain_over_its_limit_waits_and_the_others_go(settings):
    settings.SEND_DOMAIN_RATES = {"naver.com": Rate(2, 1)}
    with time_machine.travel(NOON, tick=False):
        granted = pace.grant(dues(*(f"r{n}@Naver.com" for n in range(7)), "x@example.org"))
    assert Counter(_domain(due) for due in granted.now) == {"naver.com": 2, "example.org": 1}
    assert {seconds: len(waiting) for seconds, waiting in granted.later.items()} == {1: 1, 2: 2, 3: 2}


def _domain(due):
    return due.email.lower().rpartition("@")[2]


def test_a_limit_is_not_used_up_by_mails_that_another_limit_holds_back(settings):
    settings.SEND_RATE = [Rate(2, 1)]
    settings.SEND_DOMAIN_RATES = {"naver.com": Rate(20, 3600)}
    sent = 0
    with time_machine.travel(NOON, tick=False) as clock:
        for _ in range(12):
            sent += len(pace.grant(dues(*(f"r{n}@naver.com" for n in range(60)))).now)
            clock.shift(1)
    assert sent == 20


def test_readers_with_nothing_for_them_use_up_no_limit(settings, mailoutbox):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    settings.SEND_RATE = [Rate(3, 86_400)]
    for _ in range(6):
        make_reader(slugs=["audio"])
    for _ in range(3):
        make_reader()
    make_approved()
    counts = send_due()
    assert (counts["sent"], counts["skipped"]) == (3, 6)


def test_a_machine_whose_clock_is_a_little_behind_gets_no_window_of_its_own(settings):
    settings.SEND_RATE = [Rate(10, 1)]
    with time_machine.travel(NOON, tick=False) as clock:
        assert take(10) == 10
        clock.shift(-1)
        assert take(10) == 0
        clock.shift(dt.timedelta(hours=-2))
        assert take(10) == 10


def test_a_limited_run_sends_everything_in_the_end(settings, mailoutbox):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    settings.SEND_RATE = [Rate(3, 1)]
    for _ in range(7):
        make_reader()
    make_approved()
    assert send_due()["sent"] == 7
    assert len(mailoutbox) == 7


def test_a_limit_of_the_day_leaves_the_rest_in_the_queue(settings, mailoutbox):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    settings.SEND_RATE = [Rate(3, 86_400)]
    for _ in range(7):
        make_reader()
    make_approved()
    assert send_due()["sent"] == 3
    assert len(mailoutbox) == 3
    assert Delivery.objects.filter(status=Delivery.Status.QUEUED).count() == 4


@pytest.mark.parametrize(
    ("given", "meant"),
    [("", []), ("50", [Rate(50, 1)]), ("50/s, 2000/m", [Rate(50, 1), Rate(2000, 60)]), ("9/d", [Rate(9, 86_400)])],
)
def test_limits_are_read_as_written(monkeypatch, given, meant):
    monkeypatch.setenv("X", given)
    assert rates("X") == meant


@pytest.mark.parametrize("given", ["fast", "0/s", "-3", "5/y", "/s", "5/s/m"])
def test_a_limit_that_is_none_stops_the_start(monkeypatch, given):
    monkeypatch.setenv("X", given)
    with pytest.raises(ImproperlyConfigured, match="50/s"):
        rates("X")


def test_limits_by_domain_are_read_as_written(monkeypatch):
    monkeypatch.setenv("X", "Naver.com=20/s, gmail.com=100/m")
    assert named_rates("X") == {"naver.com": Rate(20, 1), "gmail.com": Rate(100, 60)}
    monkeypatch.setenv("X", "naver.com")
    with pytest.raises(ImproperlyConfigured, match="naver"):
        named_rates("X")
