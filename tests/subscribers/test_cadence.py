"""Readers who change how often they read: no paper twice, and none lost."""

import datetime as dt
import itertools
import random

import pytest
import time_machine

from digests.build import NoDigest
from digests.content import shown
from digests.editions import edition_content, edition_key
from digests.models import Digest
from subscribers import lifecycle
from subscribers.delivery.opening import open_deliveries
from subscribers.models import Delivery, Subscriber
from tests.factories import make_approved, make_approved_weekly, make_reader, wishes_of

pytestmark = pytest.mark.django_db
MONDAY = dt.date(2024, 11, 18)
WEEKS = 3


@pytest.fixture(autouse=True)
def no_pictures(monkeypatch):
    monkeypatch.setattr("digests.weekly.draw_charts", lambda digest: None)


def on(day, hour):
    """That hour in Seoul."""
    return time_machine.travel(dt.datetime.combine(day, dt.time(hour), dt.timezone(dt.timedelta(hours=9))), tick=False)


def choose(reader, cadence):
    reader.refresh_from_db()
    assert lifecycle.choose(reader.key, **wishes_of(reader, cadence=cadence))


def live(days, changes, is_awake=lambda day: True):
    """Let days pass: `changes` maps (day, hour) to what readers choose then. At six the digests are approved and opened,
    on Mondays the weekly one too."""
    for day in days:
        for hour in (5, 6, 7):
            with on(day, hour):
                for reader, cadence in changes.get((day, hour), ()):
                    choose(reader, cadence)
                if hour == 6:
                    open_all(day)


def open_all(day):
    open_deliveries(make_approved(day=day, sections=["llm"]))
    if day.weekday() == 0:
        try:
            open_deliveries(make_approved_weekly(day))
        except NoDigest:
            pass  # the first Monday


def received(reader):
    """The days whose papers reached the reader, one entry for each mail that had them."""
    found = []
    for row in reader.deliveries.select_related("digest").exclude(status=Delivery.Status.SKIPPED):
        content = shown(row.digest)
        key = edition_key(content, row.digest.content_hash, row.edition, row.known_days)
        for section in edition_content(content, key)["sections"]:
            found += [paper.get("day", content["day"]) for paper in section["papers"] if section["slug"] in key.slugs]
    return sorted(found)


def days_from(first, many):
    return [first + dt.timedelta(days=n) for n in range(many)]


def names(days):
    return [day.isoformat() for day in days]


def test_one_change_in_the_middle_of_a_week_repeats_nothing_and_loses_nothing():
    """Readers with every change there is, on every day, ahead of the digest and after it; they live through the same days."""
    days, changes, readers = days_from(MONDAY, 15), {}, {}
    for before, after in (("daily", "weekly"), ("weekly", "daily"), ("weekly", "weekdays")):
        for back, hour in itertools.product(range(8), (5, 7)):
            reader = readers[before, after, back, hour] = make_reader(cadence=before)
            changes.setdefault((days[back], hour), []).append((reader, after))
    live(days, changes)
    for (before, after, back, hour), reader in readers.items():
        missed = [day for day in days[back + 1 :] if after == "weekdays" and day.weekday() >= 5]
        last = days[13] if after == "weekly" else days[14]
        expected = names(day for day in days if day not in missed and day <= last)
        assert received(reader) == expected, f"from {before} to {after} on day {back} at {hour}"


def test_whatever_readers_choose_and_when_no_paper_comes_twice_and_none_is_lost():
    draw = random.Random(7)
    days = days_from(MONDAY, 7 * WEEKS + 1)
    readers = [make_reader(cadence=draw.choice(["daily", "weekly"])) for _ in range(40)]
    changes = {}
    for reader in readers:
        for _ in range(draw.randint(1, 9)):
            when = (draw.choice(days[:-1]), draw.choice([5, 7]))
            changes.setdefault(when, []).append((reader, draw.choice(["daily", "weekly"])))
    live(days, changes)
    everything = names(days[:-1])
    for reader in readers:
        got = received(reader)
        assert len(got) == len(set(got)), reader.pk
        assert got[: len(everything)] == everything, reader.pk


def test_a_change_between_daily_and_weekdays_keeps_the_week_that_is_owed():
    reader = make_reader(cadence="weekly")
    days = days_from(MONDAY, 8)
    live(
        days,
        {(days[2], 5): [(reader, "daily")], (days[3], 7): [(reader, "weekdays")], (days[4], 5): [(reader, "daily")]},
    )
    assert received(reader) == names(days)


def test_papers_a_reader_was_not_sent_come_with_the_week():
    reader = make_reader(cadence="daily")
    days = days_from(MONDAY, 8)
    live(days[:2], {})
    lost = Delivery.objects.get(digest__day=days[0])
    Delivery.objects.filter(pk=lost.pk).update(status=Delivery.Status.EXPIRED)
    live(days[2:], {(days[2], 5): [(reader, "weekly")]})
    got = received(reader)
    assert got.count(days[0].isoformat()) == 2  # once in the mail that expired, and never arrived
    assert sorted(set(got)) == names(days[:7])


def test_weekly_readers_on_pause_get_no_weekly():
    make_reader(cadence="weekly", paused_until=dt.date(2024, 11, 26))
    live(days_from(MONDAY, 8), {})
    assert not Delivery.objects.exists()


def test_the_weekly_reader_knows_no_day_and_the_audience_is_theirs_alone():
    make_reader(cadence="daily")
    weekly = make_reader(cadence="weekly")
    live(days_from(MONDAY, 8), {})
    rows = Digest.objects.get(kind="weekly").deliveries.all()
    assert [(row.subscriber_id, row.known_days) for row in rows] == [(weekly.pk, 0)]
    assert Subscriber.objects.filter(cadence_since__isnull=False).count() == 0
