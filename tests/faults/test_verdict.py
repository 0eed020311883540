"""The drills' judge: it must find every kind of wrong, or `make faults` proves nothing."""

import pytest

from tests.faults.verdict import judge, slowest_recovery

pytestmark = pytest.mark.once
AUDIENCE = ["a@example.org", "b@example.org", "c@example.org"]


def mails(*people: str) -> list[dict[str, object]]:
    return [{"to": f"{who}@example.org", "t": float(turn)} for turn, who in enumerate(people)]


def ledger(**statuses: str) -> dict[str, str]:
    return {f"{who}@example.org": status for who, status in statuses.items()}


def test_a_clean_run_holds() -> None:
    verdict = judge(AUDIENCE, ledger(a="sent", b="delivered", c="skipped"), mails("a", "b"))
    assert verdict.holds
    assert (verdict.audience, verdict.accepted, verdict.duplicates, verdict.lost) == (3, 2, 0, 0)


def test_a_second_mail_is_found() -> None:
    verdict = judge(AUDIENCE, ledger(a="sent", b="sent", c="sent"), mails("a", "b", "c", "b"))
    assert verdict.duplicates == 1
    assert not verdict.holds


@pytest.mark.parametrize("status", ["sent", "delivered", "queued", "claimed", "sending"])
def test_a_reader_without_mail_and_without_a_reason_is_lost(status: str) -> None:
    verdict = judge(AUDIENCE, ledger(a="sent", b="sent", c=status), mails("a", "b"))
    assert verdict.lost == 1
    assert not verdict.holds


def test_a_reader_without_a_row_is_lost() -> None:
    verdict = judge(AUDIENCE, ledger(a="sent", b="sent"), mails("a", "b"))
    assert verdict.lost == 1


def test_a_reader_who_is_unknown_is_not_lost_whether_the_mail_came_or_not() -> None:
    verdict = judge(AUDIENCE, ledger(a="sent", b="unknown", c="unknown"), mails("a", "b"), bound=2)
    assert verdict.holds
    assert verdict.unknown == 2


def test_more_unknown_than_was_promised_is_found() -> None:
    assert not judge(AUDIENCE, ledger(a="sent", b="unknown", c="unknown"), mails("a"), bound=1).holds


@pytest.mark.parametrize("status", ["bounced", "failed", "suppressed", "expired", "cancelled", "skipped", "queued"])
def test_a_mail_that_the_ledger_denies_is_found(status: str) -> None:
    assert not judge(AUDIENCE, ledger(a="sent", b="sent", c=status), mails("a", "b", "c")).holds


def test_a_mail_to_a_stranger_is_found() -> None:
    assert not judge(AUDIENCE, ledger(a="sent", b="sent", c="sent"), mails("a", "b", "c", "z")).holds


def test_recovery_is_the_longest_wait_and_what_was_in_the_sockets_does_not_count() -> None:
    assert slowest_recovery([1.0, 10.1, 12.0, 20.0, 25.5], [10.0, 20.5]) == 5.0
    assert slowest_recovery([1.0], [10.0]) is None
