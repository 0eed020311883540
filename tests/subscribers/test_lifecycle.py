"""How subscribers move, and what strangers cannot do by typing an address."""

import datetime as dt

import kombu.exceptions
import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from digests.models import Category
from newsletter import waking
from subscribers import choices, lifecycle
from subscribers.mail import send_letters
from subscribers.models import ALL_CATEGORIES, Delivery, Subscriber
from tests.factories import make_approved, make_reader, wishes_of

pytestmark = pytest.mark.django_db
Status = Subscriber.Status
NOW = dt.datetime(2024, 11, 22, 1, tzinfo=dt.UTC)


def sign_up(email="new@example.org", language="en", categories=ALL_CATEGORIES, **more):
    lifecycle.sign_up(email, language, categories, **more)
    return Subscriber.objects.filter(email__iexact=email).get()


def fields(subscriber):
    """All that is stored of a subscriber."""
    return Subscriber.objects.filter(pk=subscriber.pk).values().get()


def at(moment):
    return time_machine.travel(moment, tick=False)


# ---- signing up


def test_a_new_address_waits_for_its_owner_with_wishes_and_consent_kept():
    with translation.override("en"):
        subscriber = sign_up(categories=0b101, time_zone="Europe/Paris")
    assert subscriber.status == Status.PENDING
    assert (subscriber.language, subscriber.categories, subscriber.time_zone) == ("en", 0b101, "Europe/Paris")
    assert subscriber.letter_due_at is not None
    assert subscriber.consent_text.startswith("I want the digest by e-mail")


def test_one_address_in_two_spellings_is_one_subscriber():
    sign_up("Kim@example.org")
    sign_up("kim@EXAMPLE.org")
    assert Subscriber.objects.count() == 1


def test_someone_still_waiting_who_signs_up_again_gets_the_later_wishes():
    sign_up(categories=0b1)
    assert sign_up(language="ko", categories=0b10).categories == 0b10


def test_signing_up_changes_nothing_about_an_active_reader():
    reader = make_reader("active@example.org", ["llm"], language="ko")
    before = fields(reader)
    lifecycle.sign_up("ACTIVE@example.org", "en", ALL_CATEGORIES, "Europe/Paris")
    assert fields(reader) == before
    assert send_letters() == 0


def test_who_complained_is_never_written_to_again():
    reader = make_reader("angry@example.org", status=Status.COMPLAINED)
    before = fields(reader)
    lifecycle.sign_up("angry@example.org", "en", ALL_CATEGORIES)
    assert fields(reader) == before


@pytest.mark.parametrize("status", [Status.UNSUBSCRIBED, Status.BOUNCED])
def test_who_left_or_bounced_comes_back_only_by_confirming(status):
    reader = make_reader("back@example.org", status=status)
    assert sign_up("back@example.org").status == Status.PENDING
    assert send_letters() == 1
    assert lifecycle.confirm(reader.key)
    reader.refresh_from_db()
    assert (reader.status, reader.left_at) == (Status.ACTIVE, None)


# ---- confirming


def test_confirming_makes_a_reader_active_once():
    subscriber = sign_up()
    assert lifecycle.confirm(subscriber.key)
    confirmed_at = Subscriber.objects.get().confirmed_at
    assert not lifecycle.confirm(subscriber.key)
    assert Subscriber.objects.get().status == Status.ACTIVE
    assert Subscriber.objects.get().confirmed_at == confirmed_at


@pytest.mark.parametrize("status", [Status.UNSUBSCRIBED, Status.BOUNCED, Status.COMPLAINED])
def test_an_old_confirmation_brings_nobody_back(status):
    reader = make_reader(status=status)
    assert not lifecycle.confirm(reader.key)
    reader.refresh_from_db()
    assert reader.status == status


def test_confirming_an_unknown_subscriber_does_nothing():
    assert not lifecycle.confirm("nobody")


# ---- leaving


@pytest.mark.parametrize("status", [Status.PENDING, Status.ACTIVE, Status.BOUNCED])
def test_leaving_works_from_any_state_and_twice(status):
    reader = make_reader(status=status)
    assert lifecycle.leave(reader.key)
    assert not lifecycle.leave(reader.key)
    reader.refresh_from_db()
    assert reader.status == Status.UNSUBSCRIBED
    assert reader.left_at is not None


def test_who_complained_and_then_leaves_still_counts_as_one_who_complained():
    reader = make_reader(status=Status.COMPLAINED)
    lifecycle.leave(reader.key)
    reader.refresh_from_db()
    assert reader.status == Status.COMPLAINED


def test_leaving_takes_back_the_wish_for_a_confirmation():
    subscriber = sign_up()
    lifecycle.leave(subscriber.key)
    subscriber.refresh_from_db()
    assert subscriber.letter_due_at is None
    assert send_letters() == 0


def test_mails_that_wait_for_a_leaver_are_suppressed_and_those_of_others_are_not():
    leaver, stayer, digest = make_reader(), make_reader(), make_approved()
    for reader in (leaver, stayer):
        Delivery.objects.create(digest=digest, subscriber=reader, send_at=NOW, expires_at=NOW)
    lifecycle.leave(leaver.key)
    assert leaver.deliveries.get().status == Delivery.Status.SUPPRESSED
    assert leaver.deliveries.get().finished_at is not None
    assert stayer.deliveries.get().status == Delivery.Status.QUEUED


def test_leaving_asks_a_waiting_mail_where_it_stands_at_that_moment():
    """Not where it stood when it was looked up: it may be on the wire by then."""
    reader = make_reader()
    with CaptureQueriesContext(connection) as queries:
        lifecycle.leave(reader.key)
    [update] = [query["sql"] for query in queries if query["sql"].startswith('UPDATE "subscribers_delivery"')]
    assert "JOIN" not in update and 'FROM "subscribers_delivery"' not in update


def test_leaving_does_not_touch_the_record_of_what_was_sent():
    reader = make_reader()
    Delivery.objects.create(
        digest=make_approved(), subscriber=reader, send_at=NOW, expires_at=NOW, status=Delivery.Status.SENT
    )
    lifecycle.leave(reader.key)
    assert reader.deliveries.get().status == Delivery.Status.SENT


# ---- choosing


def test_an_active_reader_can_choose():
    reader = make_reader()
    pause = dt.date(2026, 1, 1)
    wishes = {
        "categories": 0b11,
        "language": "en",
        "send_hour": 6,
        "time_zone": "Asia/Tokyo",
        "cadence": "weekdays",
        "paused_until": pause,
        "highlights": "diffusion",
    }
    assert lifecycle.choose(reader.key, **wishes)
    reader.refresh_from_db()
    assert wishes_of(reader) == wishes


@pytest.mark.parametrize("status", [status for status in Status if status != Status.ACTIVE])
def test_nobody_else_can(status):
    reader = make_reader(status=status)
    before = fields(reader)
    assert not lifecycle.choose(reader.key, **wishes_of(reader, categories=0b11, cadence="weekly"))
    assert fields(reader) == before


def test_all_boxes_mean_later_categories_too():
    slugs = [category.slug for category in choices.offered()]
    assert choices.mask_of(slugs) == ALL_CATEGORIES
    newcomer = Category.objects.create(slug="newcomer", emoji="🆕", name_ko="새 분야", name_en="Newcomer")
    assert newcomer in choices.chosen(ALL_CATEGORIES)
    assert newcomer not in choices.chosen(choices.mask_of(slugs))


def test_some_boxes_mean_those_and_unknown_names_nothing():
    mask = choices.mask_of(["llm", "robotics", "no-such-thing"])
    assert [category.slug for category in choices.chosen(mask)] == ["llm", "robotics"]


def test_a_category_out_of_use_is_not_offered():
    Category.objects.filter(slug="llm").update(is_active=False)
    assert "llm" not in [category.slug for category in choices.chosen(ALL_CATEGORIES)]


# ---- waking the crew


@pytest.mark.parametrize("error", [kombu.exceptions.OperationalError("refused"), ConnectionRefusedError()])
def test_a_broker_that_is_away_is_no_error(monkeypatch, error, caplog):
    def refuse(*args, **kwargs):
        raise error

    monkeypatch.setattr("celery.app.base.Celery.send_task", refuse)
    waking.wake("subscribers.letters")
    assert "was not woken" in caplog.text
