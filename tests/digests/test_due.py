"""When the clock builds a digest, when it waits, and what it catches up on."""

import datetime as dt
import logging
from zoneinfo import ZoneInfo

import httpx
import pytest
import time_machine
from django.core import mail
from django.db import DatabaseError

from digests import due
from digests.collecting.days import LATER, SOON, retry_at, today
from digests.due import build_due_digests, due_days
from digests.models import DayReport, Digest, Entry
from digests.tasks import tick
from tests.factories import DAY, make_digest, make_editor
from tests.fakes import FakePaper

pytestmark = pytest.mark.django_db
FRIDAY, SATURDAY, MONDAY, TUESDAY = DAY, *(DAY + dt.timedelta(days=n) for n in (1, 3, 4))


@pytest.fixture(autouse=True)
def one_language(settings):
    """Half the words to write and half the pictures to draw; a test that needs both languages asks for them."""
    settings.DIGEST_LANGUAGES = ["en"]


def at(moment, zone="+09:00"):
    return dt.datetime.fromisoformat(f"{moment}{zone}")


def days_built():
    return sorted(Digest.objects.exclude(status="building").values_list("day", flat=True))


def states():
    return {report.day: report.state for report in DayReport.objects.all()}


def refuse(request):
    raise httpx.ConnectError("refused", request=request)


# ---- when


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
    ("now", "days"),
    [
        (at("2024-11-22T00:00:00"), []),
        (at("2024-11-22T04:59:59"), []),
        (at("2024-11-22T05:00:00"), [DAY]),
        (at("2024-11-22T23:59:59"), [DAY]),
        (at("2024-11-21T20:00:00", "+00:00"), [DAY]),
        (at("2024-11-21T19:59:59", "+00:00"), []),
    ],
)
def test_a_digest_is_due_from_the_hour_of_building_to_the_end_of_the_day(now, days):
    assert due_days(now) == days


@pytest.mark.parametrize(("status", "is_due"), [("building", True), ("draft", False), ("discarded", False)])
def test_a_digest_is_due_until_it_is_there(status, is_due):
    Digest.objects.create(day=DAY, status=status)
    assert (DAY in due_days(at("2024-11-22T06:00:00"))) == is_due


def test_yesterdays_digest_does_not_stand_for_todays():
    make_digest(day=DAY - dt.timedelta(days=1))
    assert due_days(at("2024-11-22T06:00:00")) == [DAY]


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


@time_machine.travel(at("2024-11-22T05:00:00"), tick=False)
def test_the_clock_takes_the_newest_list_that_has_begun(sources):
    sources.add(FakePaper("2411.00001", "A paper"))
    tick()
    assert sources.asked("huggingface")[0].url.params["date"] == "2024-11-21"


# ---- while there is time


def ticks(since, until, minutes=5):
    """Let the clock tick from one moment to another."""
    now = since
    while now <= until:
        with time_machine.travel(now, tick=False):
            tick()
        now += dt.timedelta(minutes=minutes)


def test_a_list_that_fails_is_waited_for_and_asked_each_quarter_of_an_hour(sources):
    sources.add(FakePaper("2411.00001", "A paper"))
    sources.broken["huggingface"] = lambda _: httpx.Response(404)
    ticks(at("2024-11-22T05:00:00"), at("2024-11-22T05:55:00"))
    assert states() == {DAY: "waiting"}
    assert len(sources.asked("huggingface")) == 4
    sources.broken.clear()
    ticks(at("2024-11-22T06:00:00"), at("2024-11-22T06:05:00"))
    assert states() == {DAY: "fresh"}
    assert days_built() == [DAY]


def test_at_the_hour_of_alarm_the_clock_makes_do_with_what_there_is(sources):
    sources.add(FakePaper("2411.00001", "A hot paper"), daily=False, hot=True)
    sources.broken["huggingface"] = lambda _: httpx.Response(404)
    ticks(at("2024-11-22T05:00:00"), at("2024-11-22T06:55:00"))
    assert days_built() == []
    ticks(at("2024-11-22T07:00:00"), at("2024-11-22T07:05:00"))
    assert days_built() == [DAY]
    assert any(note.startswith("huggingface: ") for note in Digest.objects.get().notes)


def test_a_list_that_is_far_too_short_is_waited_for(sources):
    for back in range(1, 7):
        report = {"huggingface": {"listed": 20}}
        DayReport.objects.create(
            day=DAY - dt.timedelta(days=back),
            list_day=DAY - dt.timedelta(days=back + 1),
            state="fresh",
            sources=report,
        )
    sources.add(FakePaper("2411.00001", "The first of many"))
    ticks(at("2024-11-22T05:00:00"), at("2024-11-22T05:00:00"))
    assert states()[DAY] == "waiting"


# ---- days without a digest


def break_all(sources):
    sources.break_all()


def stay_quiet(sources):
    sources.broken.pop("deeplearn", None)


@pytest.mark.parametrize(
    ("now", "trouble", "level"),
    [
        (at("2024-11-22T07:00:00"), break_all, logging.ERROR),
        (at("2024-11-25T07:00:00"), stay_quiet, logging.INFO),
    ],
)
def test_a_day_without_a_digest_is_logged_and_only_a_failed_one_as_an_error(sources, caplog, now, trouble, level):
    trouble(sources)
    with caplog.at_level(logging.INFO, "digests.due"), time_machine.travel(now, tick=False):
        build_due_digests()
    assert [record.levelno for record in caplog.records if record.name == "digests.due"] == [level]
    assert Digest.objects.count() == 0


def test_a_quiet_day_is_asked_about_once(sources):
    sources.add(FakePaper("2411.00001", "Of last week"))
    with time_machine.travel(at("2024-11-23T05:00:00"), tick=False):
        tick()
    sources.calls.clear()
    ticks(at("2024-11-24T05:00:00"), at("2024-11-24T20:00:00"), minutes=30)
    assert states()[dt.date(2024, 11, 24)] == "quiet"
    assert len(sources.asked("deeplearn")) == 1


def test_monday_in_seoul_is_quiet_and_tuesday_has_mondays_list(sources):
    sources.add(FakePaper("2411.00001", "Of Monday"))
    sources.lists = {"2024-11-24": [], "2024-11-25": ["2411.00001"]}
    ticks(at("2024-11-25T05:00:00"), at("2024-11-25T20:00:00"), minutes=60)
    assert states() == {MONDAY: "quiet"}
    ticks(at("2024-11-26T05:00:00"), at("2024-11-26T05:00:00"))
    assert days_built() == [TUESDAY]


def test_a_failed_day_is_asked_about_each_hour(sources):
    sources.break_all()
    ticks(at("2024-11-22T07:00:00"), at("2024-11-22T09:55:00"))
    assert states() == {DAY: "failed"}
    assert len(sources.asked("deeplearn")) == 3 * 3, "three times an hour, as each failed attempt is repeated"


@pytest.mark.parametrize(
    ("state", "now", "again"),
    [
        ("fresh", "2024-11-22T07:00:00", None),
        ("quiet", "2024-11-22T07:00:00", None),
        ("waiting", "2024-11-22T06:00:00", SOON),
        ("stalled", "2024-11-22T07:00:00", LATER),
        ("stalled", "2024-11-22T23:30:00", None),
        ("failed", "2024-11-22T23:30:00", LATER),
        ("failed", "2024-11-25T12:00:00", LATER),
        ("failed", "2024-11-25T23:30:00", None),
    ],
)
def test_how_long_a_day_is_asked_about(state, now, again):
    assert retry_at(DAY, state, at(now)) == (at(now) + again if again else None)


# ---- missed days


def listed_by_day(sources, *days):
    """Let each day's list have a paper of its own."""
    for number, day in enumerate(days, start=1):
        paper = FakePaper(f"2411.9{number:04d}", f"A paper of day {number}")
        sources.add(paper, daily=False)
        sources.lists[day.isoformat()] = [paper.id]


def test_days_that_were_missed_are_caught_up_oldest_first_one_at_each_tick(sources):
    thursday = dt.date(2024, 11, 21)
    week = [thursday - dt.timedelta(days=back) for back in (3, 2, 1, 0)]
    listed_by_day(sources, *(day - dt.timedelta(days=1) for day in week))
    make_digest(day=week[0] - dt.timedelta(days=3))
    built = []
    for minute in range(5):
        with time_machine.travel(at(f"2024-11-21T06:{minute:02}:00"), tick=False):
            tick()
        built.append(sorted({*days_built()} & {*week}))
    assert built == [week[:1], week[:2], week[:3], week, week]
    own = {e.section.digest.day: e.paper.title for e in Entry.objects.exclude(reason="#1: 7 votes")}
    assert own == {day: f"A paper of day {n}" for n, day in enumerate(week, start=1)}


def test_a_new_installation_has_missed_nothing():
    assert due_days(at("2024-11-22T06:00:00")) == [DAY]


def test_days_long_gone_are_not_caught_up():
    make_digest(day=DAY - dt.timedelta(days=6))
    assert due_days(at("2024-11-22T06:00:00")) == [DAY - dt.timedelta(days=back) for back in (3, 2, 1, 0)]


def test_a_digest_built_by_hand_for_a_day_long_ago_makes_nothing_missed():
    make_digest(day=DAY - dt.timedelta(days=60))
    assert due_days(at("2024-11-22T06:00:00")) == [DAY]


def test_after_a_dead_day_the_next_one_is_normal_and_the_dead_one_is_caught_up(sources):
    thursday, friday = dt.date(2024, 11, 21), FRIDAY
    listed_by_day(sources, thursday - dt.timedelta(days=1), friday - dt.timedelta(days=1))
    sources.break_all()
    ticks(at("2024-11-21T05:00:00"), at("2024-11-21T23:00:00"), minutes=60)
    assert states() == {thursday: "failed"}
    sources.broken.clear()
    ticks(at("2024-11-22T05:00:00"), at("2024-11-22T06:00:00"), minutes=30)
    assert days_built() == [thursday, friday]
    assert Entry.objects.values("paper").distinct().count() == 2


@time_machine.travel(at("2024-11-22T05:07:00"), tick=False)
def test_a_digest_that_was_begun_is_finished_without_asking_anybody(sources):
    make_digest(status="building")
    tick()
    assert Digest.objects.get().status == "draft"
    assert sources.calls == []


def test_a_build_that_was_lost_before_midnight_is_finished_the_next_day(sources):
    sources.add(FakePaper("2411.00001", "A paper"))
    Digest.objects.create(day=DAY)
    with time_machine.travel(dt.datetime(DAY.year, DAY.month, DAY.day + 1, 0, 1, tzinfo=ZoneInfo("Asia/Seoul"))):
        build_due_digests()
    assert Digest.objects.get(day=DAY).status == Digest.Status.DRAFT


@time_machine.travel(at("2024-11-22T07:00:00"), tick=False)
def test_a_day_that_breaks_the_build_does_not_keep_the_others_from_theirs(sources, monkeypatch):
    sources.add(FakePaper("2411.00001", "A paper"))
    make_digest(day=DAY - dt.timedelta(days=2))
    right = due.build_digest

    def break_on_thursday(day, **options):
        if day == DAY - dt.timedelta(days=1):
            raise DatabaseError("locked")
        return right(day, **options)

    monkeypatch.setattr(due, "build_digest", break_on_thursday)
    build_due_digests()
    assert DAY in days_built()


# ---- editors are told


@pytest.fixture
def editor():
    return make_editor(email="editor@example.org")


def told():
    return [message.to[0] for message in mail.outbox]


def test_editors_are_told_of_a_failed_day_once_and_not_before_the_hour_of_alarm(sources, editor):
    sources.break_all()
    ticks(at("2024-11-22T05:00:00"), at("2024-11-22T06:55:00"))
    assert told() == []
    ticks(at("2024-11-22T07:00:00"), at("2024-11-22T12:00:00"))
    assert told() == ["editor@example.org"]


def test_editors_are_told_when_a_digest_is_missing_and_nothing_says_why(sources, editor, monkeypatch):
    def break_down(*args, **options):
        raise DatabaseError("locked")

    monkeypatch.setattr(due, "build_digest", break_down)
    ticks(at("2024-11-22T06:50:00"), at("2024-11-22T06:55:00"))
    assert told() == []
    ticks(at("2024-11-22T07:00:00"), at("2024-11-22T07:30:00"))
    assert told() == ["editor@example.org"]


@time_machine.travel(at("2024-11-22T07:00:00"), tick=False)
def test_a_digest_that_is_being_built_is_not_missing(sources, editor):
    assert Digest.objects.create(day=DAY).lease_build(600)
    tick()
    assert told() == []


@time_machine.travel(at("2024-11-25T09:00:00"), tick=False)
def test_nobody_is_told_of_a_quiet_day(sources, editor):
    tick()
    assert (told(), states()) == ([], {MONDAY: "quiet"})
