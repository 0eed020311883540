"""Old consent is asked after: off by default, once a day, nobody twice, and silence keeps the reader."""

import datetime as dt

import pytest
import time_machine
from django.utils import timezone

from subscribers import links, renewal
from subscribers.mail import send_letters
from subscribers.models import Subscriber
from tests.factories import make_reader

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2024, 11, 22, 3, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def in_time(settings, tmp_path):
    settings.CONSENT_RENEWAL_MONTHS, settings.VAR_DIR = 24, tmp_path
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


def years_ago(years: float) -> dt.datetime:
    return NOW - dt.timedelta(days=365.25 * years)


def test_reader_whose_consent_is_old_is_mailed_when_it_was_given_and_how_to_keep_or_withdraw_it(mailoutbox):
    reader = make_reader(confirmed_at=years_ago(3), language="en")
    make_reader(confirmed_at=years_ago(1))
    assert renewal.ask() == 1
    send_letters()
    [mail] = mailoutbox
    assert mail.to == [reader.email] and "still want" in mail.subject
    for way in (links.RENEW, links.UNSUBSCRIBE):
        assert links.path(way, reader.key) in mail.body
    assert "2021" in mail.body


def test_nobody_is_asked_unless_the_operator_wants_it(settings):
    settings.CONSENT_RENEWAL_MONTHS = 0
    make_reader(confirmed_at=years_ago(9))
    assert renewal.ask() == 0


def test_who_was_asked_or_has_renewed_is_left_alone_until_it_is_old_again(in_time):
    make_reader(confirmed_at=years_ago(5), consent_renewed_at=years_ago(1))
    make_reader(confirmed_at=years_ago(5), renewal_asked_at=years_ago(1))
    make_reader(confirmed_at=years_ago(5), status=Subscriber.Status.UNSUBSCRIBED)
    assert renewal.ask() == 0
    in_time.shift(dt.timedelta(days=500))
    assert renewal.ask() == 2


def test_only_so_many_are_asked_in_a_day_the_oldest_first(monkeypatch, in_time):
    monkeypatch.setattr(renewal, "A_DAY", 1)
    younger, older = (make_reader(confirmed_at=years_ago(years)) for years in (3, 4))
    assert (renewal.ask(), renewal.ask()) == (1, 0)
    older.refresh_from_db()
    assert older.letter == Subscriber.Letter.RENEWAL
    in_time.shift(dt.timedelta(days=1))
    assert renewal.ask() == 1
    younger.refresh_from_db()
    assert younger.letter == Subscriber.Letter.RENEWAL


def test_press_renews_the_consent_and_looking_does_not(client):
    reader = make_reader(confirmed_at=years_ago(3))
    page = links.path(links.RENEW, reader.key)
    assert client.get(page).status_code == 200
    reader.refresh_from_db()
    assert reader.consent_renewed_at is None
    assert client.post(page).status_code == 200
    reader.refresh_from_db()
    assert reader.consent_renewed_at == timezone.now()


def test_consent_is_not_renewed_by_a_press_that_no_hand_did(client):
    reader = make_reader(confirmed_at=years_ago(3))
    page = client.post(links.path(links.RENEW, reader.key) + "?pressed=script").content.decode()
    reader.refresh_from_db()
    assert reader.consent_renewed_at is None
    assert 'role="alert"' in page and "pressing" not in page


def test_link_of_somebody_who_left_brings_nobody_back(client):
    reader = make_reader(confirmed_at=years_ago(3), status=Subscriber.Status.UNSUBSCRIBED)
    client.post(links.path(links.RENEW, reader.key))
    reader.refresh_from_db()
    assert (reader.status, reader.consent_renewed_at) == ("unsubscribed", None)
    assert client.post(f"/renew/{links.token(links.PREFERENCES, reader.key)}/").status_code == 404
