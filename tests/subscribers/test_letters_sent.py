"""Letters to subscribers: what is in them, that each goes out once, and what a failure means."""

import datetime as dt
import smtplib

import pytest
import time_machine
from django.conf import settings as django_settings
from django.core import mail
from django.core.mail.backends.base import BaseEmailBackend
from django.utils import timezone

from subscribers import lifecycle, links
from subscribers.mail import compose, send_letters
from subscribers.models import ALL_CATEGORIES, Subscriber
from tests.factories import make_approved

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2024, 11, 22, 1, tzinfo=dt.UTC)


def sign_up(email="new@example.org", language="en"):
    lifecycle.sign_up(email, language, ALL_CATEGORIES)
    return Subscriber.objects.get(email=email)


def at(moment):
    return time_machine.travel(moment, tick=False)


@pytest.mark.parametrize(("language", "words"), [("ko", "구독"), ("en", "confirm")])
def test_the_confirmation_has_a_link_that_works_and_says_it_is_automatic(language, words, settings):
    settings.REPLY_TO = "editor@papers.example.org"
    subscriber = sign_up(language=language)
    assert send_letters() == 1
    sent = mail.outbox[0]
    token = sent.body.split("/confirm/")[1].split("/")[0]
    assert links.read(links.CONFIRM, token) == subscriber.key
    assert sent.to == ["new@example.org"]
    assert sent.from_email == django_settings.FROM_EMAIL
    assert sent.reply_to == ["editor@papers.example.org"]
    assert sent.extra_headers["Auto-Submitted"] == "auto-generated"
    assert sent.extra_headers["Message-ID"].endswith("@daily-papers.example.org>")
    assert subscriber.key not in sent.extra_headers["Message-ID"]
    assert words in sent.body
    assert token in sent.alternatives[0].content
    assert len(sent.message().get_all("Date")) == 1


def test_a_confirmation_is_sent_once():
    sign_up()
    assert send_letters() == 1
    assert send_letters() == 0
    assert len(mail.outbox) == 1


def test_of_two_workers_at_once_one_sends(monkeypatch):
    sign_up()
    name = "subscribers.mail.compose"
    monkeypatch.setattr(name, second_worker_first(monkeypatch, name))
    assert send_letters() == 0
    assert len(mail.outbox) == 1


def second_worker_first(monkeypatch, name):
    """The real composing, but another worker sends everything in between."""

    def composed(subscriber):
        monkeypatch.setattr(name, compose)
        assert send_letters() == 1
        return compose(subscriber)

    return composed


class Refusing(BaseEmailBackend):
    """A mail server that fails as `error` says, for the addresses in `unwanted` or, when that is empty, for all."""

    error: Exception = smtplib.SMTPServerDisconnected()
    closed: Exception | None = None
    tries = 0
    unwanted: tuple[str, ...] = ()

    def open(self):
        if self.closed:
            raise self.closed

    def send_messages(self, messages):
        Refusing.tries += 1
        for message in messages:
            if not self.unwanted or message.to[0] in self.unwanted:
                raise self.error
        return mail.get_connection("django.core.mail.backends.locmem.EmailBackend").send_messages(messages)


@pytest.fixture
def refusing(settings, monkeypatch):
    settings.EMAIL_BACKEND = f"{__name__}.Refusing"

    def refuse(**how):
        for name, value in how.items():
            monkeypatch.setattr(Refusing, name, value)

    return refuse


def wanted():
    return set(Subscriber.objects.filter(letter_due_at__isnull=False).values_list("email", flat=True))


def test_while_the_mail_server_is_away_every_confirmation_keeps_its_place(refusing):
    sign_up("a@example.org")
    sign_up("b@example.org")
    refusing(closed=ConnectionRefusedError())
    assert send_letters() == 0
    assert wanted() == {"a@example.org", "b@example.org"}
    assert mail.outbox == []


@pytest.mark.parametrize(
    "error",
    [smtplib.SMTPSenderRefused(530, b"5.7.0 login first", "us"), smtplib.SMTPDataError(550, b"5.7.1 not you")],
)
def test_a_server_that_refuses_us_ends_the_run_and_blames_no_reader(refusing, error):
    sign_up("a@example.org")
    sign_up("b@example.org")
    refusing(error=error, tries=0)
    assert send_letters() == 0
    assert Refusing.tries == 1
    assert wanted() == {"a@example.org", "b@example.org"}


def test_one_refused_address_does_not_keep_the_others_from_their_mail(refusing):
    for name in "abc":
        sign_up(f"{name}@example.org")
    refusal = smtplib.SMTPRecipientsRefused({"b@example.org": (550, b"5.1.1 no such user")})
    refusing(error=refusal, unwanted=("b@example.org",))
    assert send_letters() == 2
    assert [message.to for message in mail.outbox] == [["a@example.org"], ["c@example.org"]]
    assert wanted() == set()


def test_a_server_that_says_later_is_asked_again_for_a_day(refusing):
    refusing(error=smtplib.SMTPRecipientsRefused({"new@example.org": (451, b"4.7.1 later")}))
    with at(NOW):
        sign_up()
        send_letters()
    assert wanted() == {"new@example.org"}
    with at(NOW + dt.timedelta(hours=25)):
        send_letters()
    assert wanted() == set()


def test_a_connection_lost_half_way_is_not_tried_again_as_the_mail_may_have_arrived(refusing):
    sign_up()
    refusing(error=smtplib.SMTPServerDisconnected("gone"))
    assert send_letters() == 0
    assert wanted() == set()


def test_someone_who_left_between_the_sign_up_and_the_mail_gets_none():
    subscriber = sign_up()
    Subscriber.objects.filter(pk=subscriber.pk).update(status=Subscriber.Status.UNSUBSCRIBED)
    assert send_letters() == 0


def test_addresses_that_are_put_off_let_others_have_their_turn(monkeypatch):
    monkeypatch.setattr("subscribers.mail.LETTERS_A_RUN", 1)
    first, second = (
        Subscriber.objects.create(
            email=f"{name}@example.org",
            letter="confirmation",
            letter_due_at=timezone.now(),
            letter_since=timezone.now(),
        )
        for name in ("a", "b")
    )
    greylisted = smtplib.SMTPRecipientsRefused({"x": (450, b"later")})
    monkeypatch.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", raising(greylisted))
    send_letters()
    monkeypatch.undo()
    send_letters()
    assert [message.to for message in mail.outbox] == [[second.email]]
    first.refresh_from_db()
    assert first.letter_due_at > timezone.now()


def raising(error):
    def send(self, messages):
        raise error

    return send


# ---- the welcome


def confirmed(language="en", **fields):
    subscriber = sign_up(language=language)
    Subscriber.objects.filter(pk=subscriber.pk).update(**fields)
    assert lifecycle.confirm(subscriber.key)
    return Subscriber.objects.get(pk=subscriber.pk)


@pytest.mark.parametrize(
    ("language", "when"), [("ko", "11월 25일 월요일 오전 8시"), ("en", "on Monday, November 25, at 08:00.")]
)
def test_the_welcome_says_when_the_first_mail_comes_and_leads_to_the_latest_digest(language, when, settings):
    settings.REPLY_TO = "editor@papers.example.org"
    with at(dt.datetime(2024, 11, 23, 3, tzinfo=dt.UTC)):
        make_approved(day=dt.date(2024, 11, 22))
        reader = confirmed(language, cadence="weekdays")
        assert send_letters() == 1
    sent = mail.outbox[0]
    for part in (sent.body, sent.alternatives[0].content):
        assert when in " ".join(part.split())
        assert "/2024-11-22/" in part
        assert links.url(links.PREFERENCES, reader.key) in part
    assert links.url(links.UNSUBSCRIBE, reader.key) in sent.extra_headers["List-Unsubscribe"]
    assert sent.reply_to == ["editor@papers.example.org"]


def test_the_welcome_comes_once_however_often_the_button_is_pressed():
    reader = confirmed()
    send_letters()
    lifecycle.confirm(reader.key)
    assert send_letters() == 0
    assert len(mail.outbox) == 1


def test_without_any_digest_the_welcome_leads_to_the_archive():
    confirmed()
    send_letters()
    assert f"{django_settings.SITE_URL}/\n" in mail.outbox[0].body


def test_who_leaves_at_once_is_not_welcomed():
    lifecycle.leave(confirmed().key)
    assert send_letters() == 0


def test_of_two_workers_one_welcomes(monkeypatch):
    confirmed()
    name = "subscribers.mail.compose"
    monkeypatch.setattr(name, second_worker_first(monkeypatch, name))
    assert send_letters() == 0
    assert len(mail.outbox) == 1


def test_a_reminder_does_not_take_the_welcomes_place():
    reader = confirmed()
    assert not lifecycle.remind(reader.email)
    send_letters()
    assert "Welcome" in mail.outbox[0].subject
    assert lifecycle.remind(reader.email)
