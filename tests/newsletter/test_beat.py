"""The clock keeps ticking when the machine's is put forward and back."""

import datetime as dt

import pytest
import time_machine
from celery import Celery

from newsletter.beat import Every, Scheduler

pytestmark = pytest.mark.once
NOON = dt.datetime(2026, 12, 1, 12, tzinfo=dt.UTC)
SECOND = dt.timedelta(seconds=1)


@pytest.fixture
def clock(tmp_path):
    """A scheduler with two entries, and the names of the tasks it sent."""
    app = Celery("clock", broker="memory://", set_as_current=False)
    app.conf.timezone = "UTC"
    app.conf.beat_schedule = {name: {"task": name, "schedule": Every(15)} for name in ("one", "two")}
    app.conf.beat_schedule_filename = str(tmp_path / "schedule")
    made = Scheduler(app, schedule_filename=app.conf.beat_schedule_filename)
    made.sent = []
    made.apply_async = lambda entry, **_kwargs: made.sent.append(entry.task)
    yield made
    made.close()


def run(clock, start, seconds):
    """Let it tick through so many seconds; what it sent."""
    clock.sent.clear()
    for second in range(seconds):
        with time_machine.travel(start + second * SECOND, tick=False):
            while clock.tick() == 0:
                pass
    return sorted(set(clock.sent))


def test_everything_is_asked_at_its_interval(clock):
    run(clock, NOON, 20)
    assert run(clock, NOON + 20 * SECOND, 60) == ["one", "two"]
    assert 6 <= len(clock.sent) <= 10


def test_a_clock_that_was_a_day_ahead_stops_nothing(clock):
    run(clock, NOON, 20)
    run(clock, NOON + dt.timedelta(days=1), 20)
    assert run(clock, NOON + 40 * SECOND, 20) == ["one", "two"]


def test_a_last_time_in_the_future_is_due_now():
    with time_machine.travel(NOON, tick=False):
        is_due, _seconds = Every(15, app=Celery(set_as_current=False)).is_due(NOON + dt.timedelta(days=1))
    assert is_due
