"""Whose fault a refusal is."""

import pytest

from subscribers.delivery.doubt import MOST_PUT_OFF_IN_A_ROW, Doubt, Verdict
from subscribers.delivery.ledger import Due

pytestmark = pytest.mark.once
FIRST, SECOND, THIRD = (Due(1, 1, 1, attempts, "r@example.org", "k", "ko", 1) for attempts in range(3))


@pytest.fixture
def doubt():
    """A run that had mails accepted."""
    made = Doubt()
    made.accepted(FIRST)
    return made


def test_a_lone_refusal_among_accepted_mails_is_the_readers(doubt):
    assert doubt.refused(FIRST, by_policy=False) is Verdict.BELIEVE


def test_a_refusal_by_policy_is_tried_again(doubt):
    assert doubt.refused(FIRST, by_policy=True) is Verdict.TRY_AGAIN


def test_a_third_refusal_is_believed(doubt):
    assert doubt.refused(SECOND, by_policy=True) is Verdict.TRY_AGAIN
    assert doubt.refused(THIRD, by_policy=True) is Verdict.BELIEVE


def test_five_refusals_in_a_row_are_about_us(doubt):
    verdicts = [doubt.refused(FIRST, by_policy=False) for _ in range(5)]
    assert verdicts == [Verdict.BELIEVE, *[Verdict.TRY_AGAIN] * 3, Verdict.STOP]


def test_a_list_of_which_every_second_address_is_dead_is_stopped(doubt):
    verdicts = []
    for _ in range(60):
        doubt.accepted(FIRST)
        verdicts.append(doubt.refused(FIRST, by_policy=False))
    assert Verdict.STOP in verdicts
    assert verdicts.index(Verdict.STOP) < 32


def test_one_dead_address_in_ten_stops_nothing(doubt):
    for _ in range(60):
        for _ in range(9):
            doubt.accepted(FIRST)
        assert doubt.refused(FIRST, by_policy=False) is Verdict.BELIEVE


def test_a_server_that_puts_everything_off_is_left_alone_for_a_while(doubt):
    told = [doubt.put_off() for _ in range(MOST_PUT_OFF_IN_A_ROW)]
    assert told == [False] * (MOST_PUT_OFF_IN_A_ROW - 1) + [True]
    doubt.accepted(FIRST)
    assert not doubt.put_off()
