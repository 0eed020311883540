"""A lease is prolonged while its holder works, whatever that waits for, and ends with it."""

import threading

import pytest
from django.db import OperationalError

from newsletter.lease import Lease

LONG = 3600.0


def test_a_lease_is_prolonged_again_and_again_while_the_work_takes_its_time():
    prolonged = threading.Semaphore(0)

    def prolong():
        prolonged.release()
        return True

    with Lease(prolong, 0.001):
        assert all(prolonged.acquire(timeout=60) for _ in range(3))


def test_when_the_work_is_done_nobody_prolongs_any_more():
    with Lease(lambda: True, LONG) as lease:
        thread = lease._thread
        assert thread.is_alive()
    assert not thread.is_alive()


def test_the_thread_ends_with_work_that_fails():
    lease = Lease(lambda: True, LONG)
    with pytest.raises(ValueError, match="the work"), lease:
        raise ValueError("the work")
    assert not lease._thread.is_alive()


def test_a_database_that_is_away_for_a_moment_ends_no_lease(caplog):
    tries = threading.Semaphore(0)

    def prolong():
        tries.release()
        raise OperationalError("the database is away")

    with Lease(prolong, 0.001):
        assert all(tries.acquire(timeout=60) for _ in range(2)), "it was tried again"
    assert "could not be prolonged" in caplog.text


@pytest.mark.parametrize("answer", [True, False])
def test_who_asks_learns_whether_the_lease_is_still_theirs(answer):
    with Lease(lambda: answer, LONG) as lease:
        assert lease.still_held() is answer
