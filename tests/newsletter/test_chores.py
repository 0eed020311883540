"""One chore that fails keeps no other from its turn."""

import pytest
from billiard.exceptions import SoftTimeLimitExceeded
from django.db import OperationalError, connection

from newsletter.chores import in_turn


def failing(error):
    def fail():
        raise error

    return fail


@pytest.mark.django_db
def test_chores_after_one_that_failed_are_done_and_the_first_failure_is_told(caplog):
    done = []
    with pytest.raises(ValueError, match="first"):
        in_turn(
            lambda: done.append(1),
            failing(ValueError("first")),
            lambda: done.append(2),
            failing(KeyError("second")),
            lambda: done.append(3),
        )
    assert done == [1, 2, 3]
    assert [type(record.exc_info[1]) for record in caplog.records] == [ValueError, KeyError]


def test_without_a_database_the_others_need_not_try(monkeypatch):
    monkeypatch.setattr("newsletter.chores._has_database", lambda: False)
    done = []
    with pytest.raises(OperationalError):
        in_turn(failing(OperationalError("gone")), lambda: done.append(1))
    assert done == []


@pytest.mark.django_db
def test_a_lock_that_was_not_to_be_had_is_one_chores_trouble():
    connection.ensure_connection()
    done = []
    with pytest.raises(OperationalError):
        in_turn(failing(OperationalError("lock timeout")), lambda: done.append(1))
    assert done == [1]


def test_when_the_time_is_up_nothing_more_is_begun():
    done = []
    with pytest.raises(SoftTimeLimitExceeded):
        in_turn(failing(SoftTimeLimitExceeded()), lambda: done.append(1))
    assert done == []


def test_nothing_failed_and_nothing_is_raised():
    done = []
    in_turn(lambda: done.append(1), lambda: done.append(2))
    assert done == [1, 2]
