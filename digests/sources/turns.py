"""One call to arXiv at a time, three seconds apart, over all workers and machines (its terms of use ask for both).

Kept in Redis where there is one, else in a row of the database.
"""

from __future__ import annotations

import datetime as dt
import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import redis
from django.conf import settings
from django.db import transaction
from django.utils import timezone
from redis.backoff import NoBackoff
from redis.exceptions import LockError
from redis.retry import Retry

from digests.models import Throttle
from newsletter.http import FetchFailed

logger = logging.getLogger(__name__)
SECONDS_APART = 3.2  # the terms say three; clocks and networks jitter
LONGEST_CALL = 45.0  # more than newsletter.http gives an answer; a worker that dies blocks the others for so long
LONGEST_QUEUE = 240.0
LONGEST_PAUSE = 120.0  # a clock that was set back must not silence us for longer
LOCK, FREE_AT = "daily-papers:arxiv:lock", "daily-papers:arxiv:free_at"


@contextmanager
def turn() -> Iterator[None]:
    """Wait until nobody else is asking arXiv and the last call is SECONDS_APART ago, then hold the turn.

    Raises FetchFailed when others keep arXiv busy for LONGEST_QUEUE seconds.
    """
    give_back = _take()
    try:
        yield
    finally:
        give_back()


def _take() -> Callable[[], None]:
    """Take the turn; returns how to give it back."""
    if settings.REDIS_URL:
        try:
            return _take_in_redis()
        except redis.RedisError as error:
            logger.warning("Redis does not hand out turns (%s); the database does.", type(error).__name__)
    return _take_row()


def _take_in_redis() -> Callable[[], None]:
    client = redis.Redis.from_url(
        settings.REDIS_URL, socket_timeout=5, socket_connect_timeout=2, retry=Retry(NoBackoff(), 0)
    )
    lock = client.lock(LOCK, timeout=LONGEST_CALL + LONGEST_PAUSE, sleep=0.25, blocking_timeout=LONGEST_QUEUE)
    if not lock.acquire():
        raise _queue_too_long()
    seconds, microseconds = client.time()  # Redis's clock, the same for all machines
    now = seconds + microseconds / 1e6
    wait = min(max(0.0, float(client.get(FREE_AT) or 0.0) - now), LONGEST_PAUSE)
    client.set(FREE_AT, now + wait + SECONDS_APART, ex=600)
    time.sleep(wait)

    def give_back() -> None:
        with suppress(redis.RedisError, LockError):  # it frees itself in a while
            lock.release()
        client.close()

    return give_back


def _take_row() -> Callable[[], None]:
    end = time.monotonic() + LONGEST_QUEUE
    while (taken := _reserve()) is None:
        if time.monotonic() > end:
            raise _queue_too_long()
        time.sleep(0.25)
    wait, until = taken
    time.sleep(wait)

    def give_back() -> None:
        Throttle.objects.filter(source="arxiv", busy_until=until).update(busy_until=None)

    return give_back


def _reserve() -> tuple[float, dt.datetime] | None:
    """(seconds until the turn begins, when it ends by itself), or None while somebody else has it.

    Taken in one transaction on one row, so that no two workers get the same.
    """
    with transaction.atomic():
        now = timezone.now()
        row, _ = Throttle.objects.select_for_update().get_or_create(source="arxiv", defaults={"free_at": now})
        longest = now + dt.timedelta(seconds=LONGEST_PAUSE)
        if row.busy_until and now < row.busy_until < longest + dt.timedelta(seconds=LONGEST_CALL):
            return None
        begin = min(max(now, row.free_at), longest)
        row.free_at = begin + dt.timedelta(seconds=SECONDS_APART)
        row.busy_until = begin + dt.timedelta(seconds=LONGEST_CALL)
        row.save()
    return max(0.0, (begin - timezone.now()).total_seconds()), row.busy_until


def _queue_too_long() -> FetchFailed:
    return FetchFailed("arXiv was not asked: other workers kept it busy all the time.")
