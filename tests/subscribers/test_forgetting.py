"""What is not kept: people who never confirmed, and sign-ups that no limit counts any more."""

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from subscribers import lifecycle
from subscribers.models import SignUp, Subscriber
from subscribers.signing_up import forgetting
from tests.factories import make_reader

pytestmark = pytest.mark.django_db
Status = Subscriber.Status


def ago(**time: float) -> dt.datetime:
    return timezone.now() - dt.timedelta(**time)


def pending(email: str, **fields: Any) -> Subscriber:
    return Subscriber.objects.create(email=email, status=Status.PENDING, **fields)


def test_who_did_not_confirm_within_two_weeks_is_deleted_and_nobody_else() -> None:
    pending("old@example.org", signed_up_at=ago(days=15))
    pending("fresh@example.org", signed_up_at=ago(days=13))
    for status in [status for status in Status if status != Status.PENDING]:
        make_reader(f"{status}@example.org", status=status, signed_up_at=ago(days=400))
    assert forgetting.forget() == 1
    assert not Subscriber.objects.filter(email="old@example.org").exists()
    assert Subscriber.objects.count() == len(Status)


def test_a_reader_of_before_who_did_not_confirm_again_has_left_as_before() -> None:
    reader = make_reader(status=Status.PENDING, signed_up_at=ago(days=15))
    forgetting.forget()
    reader.refresh_from_db()
    assert reader.status == Status.UNSUBSCRIBED


def test_who_asked_to_be_taken_off_and_was_never_a_reader_is_deleted_too() -> None:
    for email, days in (("long-ago@example.org", 15), ("lately@example.org", 13)):
        lifecycle.leave(pending(email).key)
        Subscriber.objects.filter(email=email).update(left_at=ago(days=days))
    reader = make_reader("reader@example.org")
    lifecycle.leave(reader.key)
    Subscriber.objects.filter(pk=reader.pk).update(left_at=ago(days=400))
    assert forgetting.forget() == 1
    assert set(Subscriber.objects.values_list("email", flat=True)) == {"lately@example.org", "reader@example.org"}


def test_it_is_done_in_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forgetting, "A_RUN", 2)
    for n in range(5):
        pending(f"{n}@example.org", signed_up_at=ago(days=20))
    assert [forgetting.forget() for _ in range(4)] == [2, 2, 1, 0]


def test_sign_ups_are_forgotten_when_no_limit_counts_them(settings: Any) -> None:
    settings.SIGN_UP_MEMORY_DAYS = 30
    for days in (29, 31):
        SignUp.objects.create(asked_at=ago(days=days), visitor_hash="v", network_hash="n", state="refused")
    assert forgetting.forget() == 1
    assert SignUp.objects.get().asked_at > ago(days=30)
