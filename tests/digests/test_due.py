"""When the clock builds a digest, and when it leaves it alone."""

import datetime as dt
import logging
from zoneinfo import ZoneInfo

import pytest
import time_machine

from digests.due import build_due_digest, due_day, today
from digests.models import Digest
from digests.tasks import tick
from tests.factories import DAY, make_digest
from tests.fakes import FakePaper

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def one_language(settings):
    """Half the words to write and half the pictures to draw; a test that needs both languages asks for them."""
    settings.DIGEST_LANGUAGES = ["en"]


def at(moment, zone="+09:00"):
    return dt.datetime.fromisoformat(f"{moment}{zone}")


@pytest.mark.parametrize(
    ("zone", "day"),
    [
        ("Asia/Seoul", DAY),
        ("UTC", DAY - dt.timedelta(days=1)),
        ("Pacific/Kiritimati", DAY),
        ("America/Los_Angeles", dt.date(2024, 11, 21)),
    ],
)
def test_the_digests_day_is_the_one_of_its_own_time_zone(settings, zone, day):
    settings.DIGEST_TIME_ZONE = zone
    with time_machine.travel(at("2024-11-22T02:00:00"), tick=False):
        assert today() == day


@pytest.mark.parametrize(
    ("now", "day"),
    [
        (at("2024-11-22T00:00:00"), None),
        (at("2024-11-22T04:59:59"), None),
        (at("2024-11-22T05:00:00"), DAY),
        (at("2024-11-22T23:59:59"), DAY),
        (at("2024-11-21T20:00:00", "+00:00"), DAY),
        (at("2024-11-21T19:59:59", "+00:00"), None),
    ],
)
def test_a_digest_is_due_from_the_hour_of_building_to_the_end_of_the_day(now, day):
    assert due_day(now) == day


@pytest.mark.parametrize(("status", "is_due"), [("building", True), ("draft", False), ("discarded", False)])
def test_a_digest_is_due_until_it_is_there(status, is_due):
    Digest.objects.create(day=DAY, status=status)
    assert (due_day(at("2024-11-22T06:00:00")) == DAY) == is_due


def test_yesterdays_digest_does_not_stand_for_todays():
    make_digest(day=DAY - dt.timedelta(days=1))
    assert due_day(at("2024-11-22T06:00:00")) == DAY


@time_machine.travel(at("2024-11-22T05:00:00"), tick=False)
def test_the_tick_builds_the_digest_once_however_often_it_comes(sources):
    sources.add(FakePaper("2411.00001", "A paper"))
    for _ in range(3):
        tick()
    assert Digest.objects.get().status == "draft"
    assert len(sources.asked("huggingface")) == 1


@time_machine.travel(at("2024-11-22T04:45:00"), tick=False)
def test_before_the_hour_nobody_is_asked(sources):
    tick()
    assert sources.calls == []


@pytest.mark.parametrize(
    ("minute", "asks"), [(0, True), (1, False), (14, False), (15, True), (30, True), (45, True), (59, False)]
)
def test_a_day_without_papers_is_asked_about_each_quarter_of_an_hour(sources, minute, asks):
    with time_machine.travel(at(f"2024-11-22T10:{minute:02}:00"), tick=False):
        tick()
    assert bool(sources.calls) == asks


@time_machine.travel(at("2024-11-22T05:07:00"), tick=False)
def test_a_digest_that_was_begun_is_finished_without_waiting_for_the_quarter(sources):
    make_digest(status="building")
    tick()
    assert Digest.objects.get().status == "draft"
    assert sources.calls == []


def break_all(sources):
    sources.break_all()


def stay_quiet(sources):
    sources.broken.pop("deeplearn", None)


@time_machine.travel(at("2024-11-22T05:00:00"), tick=False)
@pytest.mark.parametrize(("trouble", "level"), [(break_all, logging.ERROR), (stay_quiet, logging.INFO)])
def test_a_day_without_a_digest_is_logged_and_only_a_failed_one_as_an_error(sources, settings, caplog, trouble, level):
    settings.DIGEST_SOURCES = ["huggingface"]
    trouble(sources)
    with caplog.at_level(logging.INFO, "digests.due"):
        build_due_digest()
    assert [record.levelno for record in caplog.records if record.name == "digests.due"] == [level]
    assert Digest.objects.count() == 0


def test_after_a_dead_day_the_next_one_is_normal(sources):
    sources.add(FakePaper("2411.00001", "A paper"))
    sources.break_all()
    with time_machine.travel(at("2024-11-22T05:00:00"), tick=False):
        tick()
    sources.broken.clear()
    with time_machine.travel(at("2024-11-23T05:00:00"), tick=False):
        tick()
    assert Digest.objects.get().day == DAY + dt.timedelta(days=1)


def test_a_build_that_was_lost_before_midnight_is_finished_the_next_day(sources):
    sources.add(FakePaper("2411.00001", "A paper"))
    Digest.objects.create(day=DAY)
    with time_machine.travel(dt.datetime(DAY.year, DAY.month, DAY.day + 1, 0, 1, tzinfo=ZoneInfo("Asia/Seoul"))):
        build_due_digest()
    assert Digest.objects.get(day=DAY).status == Digest.Status.DRAFT
