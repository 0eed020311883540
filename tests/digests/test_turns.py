"""One call to arXiv at a time, three seconds apart, whoever makes it."""

import datetime as dt
import os
import threading
import time

import httpx
import pytest
import redis
import time_machine
from django.db import connection

from digests.models import Throttle
from digests.sources import arxiv, turns
from newsletter.http import FetchFailed
from tests.fakes import FakePaper

PAPERS = [FakePaper(f"2411.{n:05d}", f"Paper number {n}") for n in range(1, 131)]


@pytest.fixture
def in_the_database(settings):
    settings.REDIS_URL = ""


@pytest.fixture
def in_redis(settings):
    """A Redis without a turn taken."""
    if not os.environ.get("REDIS_URL"):
        pytest.skip("REDIS_URL names no server; `python -m tests.services` starts one")
    settings.REDIS_URL = os.environ["REDIS_URL"]
    client = redis.Redis.from_url(settings.REDIS_URL)
    client.delete(turns.LOCK, turns.FREE_AT)
    yield client
    client.delete(turns.LOCK, turns.FREE_AT)
    client.close()


# ---- in the database


@pytest.mark.django_db
@time_machine.travel("2024-11-22T05:00:00+00:00", tick=False)
def test_calls_are_three_seconds_apart_whoever_makes_them(sources, in_the_database):
    sources.add(*PAPERS)
    arxiv.fetch_records([paper.id for paper in PAPERS])
    arxiv.find_titles(["Paper number 1"])
    assert sources.naps == pytest.approx([0, turns.SECONDS_APART, 2 * turns.SECONDS_APART])
    assert turns.SECONDS_APART > 3


@pytest.mark.django_db
@time_machine.travel("2024-11-22T05:00:00+00:00", tick=False)
def test_a_repeated_call_waits_for_its_turn_as_well(sources, in_the_database):
    sources.broken["arxiv"] = lambda _: httpx.Response(503)
    with pytest.raises(FetchFailed):
        arxiv.fetch_records(["2411.00001"])
    assert sources.naps == pytest.approx([0, turns.SECONDS_APART, 2 * turns.SECONDS_APART])


@pytest.mark.django_db
def test_a_call_long_after_the_last_waits_for_nothing(sources, in_the_database):
    with time_machine.travel("2024-11-22T05:00:00+00:00", tick=False):
        arxiv.find_titles(["x"])
    with time_machine.travel("2024-11-22T05:00:04+00:00", tick=False):
        arxiv.find_titles(["x"])
    assert sources.naps == [0, 0]


@pytest.mark.django_db
@time_machine.travel("2024-11-22T05:00:00+00:00", tick=False)
def test_a_clock_set_back_silences_nobody_for_long(sources, in_the_database):
    far = dt.datetime(2024, 11, 23, tzinfo=dt.UTC)
    Throttle.objects.create(source="arxiv", free_at=far, busy_until=far)
    arxiv.find_titles(["x"])
    assert sources.naps == [turns.LONGEST_PAUSE]


@pytest.mark.django_db
@time_machine.travel("2024-11-22T05:00:00+00:00", tick=False)
def test_while_another_worker_is_asking_nobody_else_does(sources, in_the_database, monkeypatch):
    busy_until = dt.datetime(2024, 11, 22, 5, 0, 30, tzinfo=dt.UTC)
    Throttle.objects.create(source="arxiv", free_at=busy_until - dt.timedelta(seconds=30), busy_until=busy_until)
    with time_machine.travel("2024-11-22T05:00:00+00:00", tick=False) as clock:
        monkeypatch.setattr(turns.time, "sleep", lambda seconds: clock.shift(seconds))
        arxiv.find_titles(["x"])
        assert dt.datetime.now(dt.UTC) >= busy_until, "the other worker was lost; its turn ended by itself"
    assert len(sources.asked("arxiv")) == 1


@pytest.mark.django_db
@time_machine.travel("2024-11-22T05:00:00+00:00", tick=False)
def test_a_queue_without_end_is_a_failure_in_a_sentence(sources, in_the_database, monkeypatch):
    busy_until = dt.datetime(2024, 11, 22, 5, 1, tzinfo=dt.UTC)
    Throttle.objects.create(source="arxiv", free_at=busy_until, busy_until=busy_until)
    passed = iter([0.0, turns.LONGEST_QUEUE + 1])
    monkeypatch.setattr(turns.time, "monotonic", lambda: next(passed))
    with pytest.raises(FetchFailed, match="other workers kept it busy"):
        arxiv.find_titles(["x"])
    assert sources.calls == []


# ---- in Redis


@pytest.mark.django_db
def test_redis_keeps_the_distance_where_there_is_one(sources, in_redis):
    sources.add(*PAPERS)
    arxiv.fetch_records([paper.id for paper in PAPERS])
    first, second = sources.naps
    assert first == 0
    assert turns.SECONDS_APART - 1 < second <= turns.SECONDS_APART
    assert not Throttle.objects.exists()
    assert in_redis.get(turns.LOCK) is None, "a turn is given back"


@pytest.mark.django_db
def test_in_redis_two_workers_never_ask_at_once(in_redis):
    in_redis.set(turns.FREE_AT, 0)
    inside, most = [], []

    def work():
        with turns.turn():
            inside.append(1)
            most.append(len(inside))
            in_redis.set(turns.FREE_AT, 0)  # only the lock is looked at here
            time.sleep(0.02)
            inside.pop()

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == [1, 1, 1]


@pytest.mark.django_db
def test_a_redis_that_is_away_leaves_it_to_the_database(sources, settings):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    arxiv.find_titles(["x"])
    assert Throttle.objects.filter(source="arxiv", busy_until=None).exists()


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_in_the_database_two_workers_never_ask_at_once(in_the_database, monkeypatch):
    monkeypatch.setattr(turns, "SECONDS_APART", 0.0)
    inside, most = [], []

    def work():
        try:
            with turns.turn():
                inside.append(1)
                most.append(len(inside))
                time.sleep(0.02)
                inside.pop()
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == [1, 1, 1]
