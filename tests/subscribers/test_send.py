"""A tick of sending, over a mail backend that can fail in every way."""

import os
import smtplib
from collections import Counter

import pytest
import time_machine
from django.core import mail
from django.core.mail.backends.base import BaseEmailBackend
from django.utils import timezone

from digests.models import Digest
from newsletter.stopping import mark
from subscribers.delivery import guard
from subscribers.delivery.send import send_due
from subscribers.models import Delivery, Subscriber
from tests.factories import make_approved, make_reader

pytestmark = pytest.mark.django_db
Status = Delivery.Status


class Faulty(BaseEmailBackend):
    """Raises what the test planned for an address, on opening or on sending; takes everything else."""

    on_open: list[Exception] = []
    on_send: dict[str, Exception] = {}
    during: dict[str, object] = {}
    taken: Counter[str] = Counter()

    def open(self):
        if self.on_open:
            raise self.on_open[0]

    def send_messages(self, messages):
        for message in messages:
            [address] = message.to
            self.during.get(address, lambda: None)()
            if address in self.on_send:
                raise self.on_send[address]
            self.taken[address] += 1
        return len(messages)


@pytest.fixture
def provider(settings):
    """The faulty provider, without faults yet."""
    settings.EMAIL_BACKEND = f"{__name__}.Faulty"
    Faulty.on_open, Faulty.on_send, Faulty.during, Faulty.taken = [], {}, {}, Counter()
    return Faulty


def approved(*addresses, **fields):
    """An approved digest with these readers."""
    for address in addresses:
        make_reader(f"{address}@example.org", **fields)
    return make_approved()


def status_of(address):
    return Delivery.objects.get(subscriber__email=f"{address}@example.org").status


def test_everyone_gets_the_digest_once_and_it_closes():
    digest = approved("a", "b", "c")
    assert send_due()["sent"] == 3
    assert sorted(message.to[0] for message in mail.outbox) == ["a@example.org", "b@example.org", "c@example.org"]
    digest.refresh_from_db()
    assert digest.status == Digest.Status.SENT
    assert send_due() == Counter()
    assert len(mail.outbox) == 3


def test_nobody_is_mailed_before_an_editor_approved():
    approved("a")
    Digest.objects.update(status=Digest.Status.DRAFT)
    assert send_due() == Counter()
    assert mail.outbox == []


def test_a_reader_whose_categories_are_empty_today_gets_no_mail():
    approved("a", slugs=["audio"])
    assert send_due()["skipped"] == 1
    assert mail.outbox == []
    assert status_of("a") == Status.SKIPPED


def test_what_is_sent_is_what_was_approved_even_if_the_rows_changed_since(provider):
    digest = approved("a")
    paper = digest.sections.first().entries.first().paper
    type(paper).objects.filter(pk=paper.pk).update(title="Changed behind the editor's back")
    send_due()
    assert provider.taken["a@example.org"] == 1
    assert "Changed" not in str(Digest.objects.get().approved_content)


def test_an_unknown_address_bounces_and_the_others_get_their_mail(provider):
    approved("a", "b", "c")
    provider.on_send = {"b@example.org": smtplib.SMTPRecipientsRefused({"b@example.org": (550, b"5.1.1 unknown")})}
    counts = send_due()
    assert (counts["sent"], counts["bounced"]) == (2, 1)
    assert status_of("b") == Status.BOUNCED
    assert Subscriber.objects.get(email="b@example.org").status == Subscriber.Status.BOUNCED


def test_a_lost_answer_is_unknown_and_never_sent_again(provider):
    approved("a", "b")
    provider.on_send = {"a@example.org": smtplib.SMTPServerDisconnected("gone")}
    assert send_due()["unknown"] == 1
    assert status_of("a") == Status.UNKNOWN
    provider.on_send = {}
    assert send_due(timezone.now() + timezone.timedelta(hours=2)) == Counter()
    assert provider.taken == {"b@example.org": 1}


def test_a_greylisted_reader_gets_the_mail_later(provider):
    approved("a")
    provider.on_send = {"a@example.org": smtplib.SMTPRecipientsRefused({"a@example.org": (450, b"4.2.0 later")})}
    assert send_due()["deferred"] == 1
    assert status_of("a") == Status.QUEUED
    provider.on_send = {}
    assert send_due() == Counter()
    assert send_due(timezone.now() + timezone.timedelta(minutes=10))["sent"] == 1
    assert Delivery.objects.get().attempts == 2


def everybody_refused(provider, names, error):
    provider.on_send = {f"{name}@example.org": error for name in names}


NOT_YOU = smtplib.SMTPRecipientsRefused({"x": (550, b"5.7.515 Access denied")})
NO_RELAY = smtplib.SMTPRecipientsRefused({"x": (550, b"relay not permitted")})
NO_CONTENT = smtplib.SMTPDataError(554, b"5.6.0 content")


@pytest.mark.parametrize("error", [NOT_YOU, NO_RELAY, NO_CONTENT])
def test_a_server_that_refuses_everyone_pauses_the_run_and_blames_no_reader(provider, error):
    digest = approved(*"abcdefgh")
    everybody_refused(provider, "abcdefgh", error)
    send_due()
    digest.refresh_from_db()
    assert digest.status == Digest.Status.PAUSED
    assert "Sending paused" in digest.notes[-1]
    assert set(Delivery.objects.values_list("status", flat=True)) == {Status.QUEUED}
    assert sum(Delivery.objects.values_list("attempts", flat=True)) == 5
    assert not Subscriber.objects.exclude(status=Subscriber.Status.ACTIVE).exists()


def test_a_server_that_turns_against_us_halfway_strikes_off_one_reader_at_most(provider):
    digest = approved(*"abcdefgh")
    everybody_refused(provider, "bcdefgh", NO_RELAY)
    send_due()
    digest.refresh_from_db()
    assert digest.status == Digest.Status.PAUSED
    assert Subscriber.objects.filter(status=Subscriber.Status.BOUNCED).count() <= 1


def test_after_the_pause_everyone_gets_the_mail_once(provider):
    digest = approved(*"abcdef")
    everybody_refused(provider, "abcdef", NOT_YOU)
    send_due()
    everybody_refused(provider, "", NOT_YOU)
    digest.refresh_from_db()
    digest.advance(Digest.Status.SENDING)
    send_due(timezone.now() + timezone.timedelta(minutes=10))
    assert provider.taken == {f"{name}@example.org": 1 for name in "abcdef"}


def test_one_reader_whose_server_refuses_us_holds_up_nobody_and_fails_in_the_end(provider):
    digest = approved("a", "b", "c")
    everybody_refused(provider, "a", NOT_YOU)
    for hours in range(4):
        send_due(timezone.now() + timezone.timedelta(hours=hours))
    digest.refresh_from_db()
    assert digest.status == Digest.Status.SENT
    assert provider.taken == {"b@example.org": 1, "c@example.org": 1}
    assert status_of("a") == Status.FAILED
    assert Delivery.objects.get(subscriber__email="a@example.org").attempts == 3


def test_a_row_is_tried_once_in_a_run_whatever_time_it_plays(provider):
    approved("a")
    greylisted = smtplib.SMTPRecipientsRefused({"x": (450, b"4.2.0 later")})
    provider.on_send = {"a@example.org": greylisted}
    send_due(timezone.now() + timezone.timedelta(days=3))
    assert Delivery.objects.get().attempts == 1


def test_a_digest_approved_before_a_long_outage_is_not_sent_days_late(provider):
    make_reader("a@example.org")
    with time_machine.travel("2024-11-22T00:00:00Z", tick=False):
        make_approved()
    with time_machine.travel("2024-11-25T08:00:00Z", tick=False):
        assert send_due()["expired"] == 1
    assert provider.taken == {}


def test_a_worker_that_is_told_to_stop_finishes_the_mail_in_hand_and_leaves_the_rest(provider):
    approved("a", "b", "c")
    stopping = mark(os.getpid())
    provider.during = {"a@example.org": stopping.touch}
    try:
        send_due()
        assert provider.taken == {"a@example.org": 1}
        assert (status_of("a"), status_of("b"), status_of("c")) == (Status.SENT, Status.QUEUED, Status.QUEUED)
    finally:
        stopping.unlink()
    send_due()
    assert provider.taken == {f"{name}@example.org": 1 for name in "abc"}


def test_a_server_that_is_away_leaves_everyone_queued(provider):
    approved("a", "b")
    provider.on_open = [ConnectionRefusedError()]
    assert send_due()["deferred"] == 2
    assert set(Delivery.objects.values_list("status", "attempts")) == {(Status.QUEUED, 0)}


def test_a_refused_login_pauses_the_run(provider):
    digest = approved("a")
    provider.on_open = [smtplib.SMTPAuthenticationError(535, b"bad credentials")]
    send_due()
    digest.refresh_from_db()
    assert digest.status == Digest.Status.PAUSED


def test_one_row_that_cannot_be_composed_stops_nobody_else(provider):
    approved("a", "b")
    Subscriber.objects.filter(email="a@example.org").update(email="a@exam\nple.org")
    counts = send_due()
    assert (counts["failed"], counts["sent"]) == (1, 1)


def test_a_reader_who_leaves_while_the_run_goes_on_gets_nothing(provider):
    approved("a", "b")
    leaver = Subscriber.objects.filter(email="b@example.org")
    provider.during = {"a@example.org": lambda: leaver.update(status=Subscriber.Status.UNSUBSCRIBED)}
    send_due()
    assert provider.taken == {"a@example.org": 1}
    assert status_of("b") == Status.SUPPRESSED


def test_a_pause_takes_effect_in_the_middle_of_a_chunk(provider):
    approved("a", "b", "c")
    digests = Digest.objects.all()
    provider.during = {"a@example.org": lambda: digests.update(status=Digest.Status.PAUSED)}
    send_due()
    assert provider.taken == {"a@example.org": 1}
    digests.update(status=Digest.Status.SENDING)
    provider.during = {}
    send_due()
    assert provider.taken == {"a@example.org": 1, "b@example.org": 1, "c@example.org": 1}


def test_an_unexpected_error_after_sending_began_is_unknown(provider):
    approved("a")
    provider.on_send = {"a@example.org": KeyError("surprise")}
    assert send_due()["unknown"] == 1


def test_the_providers_id_is_kept(settings):
    settings.EMAIL_BACKEND = "anymail.backends.test.EmailBackend"
    approved("a")
    send_due()
    assert Delivery.objects.get().provider_id == "0"  # that backend's name for its first mail


def test_a_mail_that_cannot_be_made_pauses_the_digest_and_blames_nobody(provider, monkeypatch):
    digest = approved("a", "b")

    def broken(*args):
        raise KeyError("a template's")

    monkeypatch.setattr("subscribers.delivery.letters.render", broken)
    send_due()
    digest.refresh_from_db()
    assert digest.status == Digest.Status.PAUSED and "cannot be made" in digest.notes[-1]
    assert {status_of("a"), status_of("b")} == {Status.QUEUED}


def test_what_one_reader_typed_pauses_nobodys_mail(provider, monkeypatch, caplog):
    def stumbles(papers, text):
        raise IndexError("odd highlights")

    approved("a")
    make_reader("b@example.org", highlights="odd")
    monkeypatch.setattr("digests.editions.marks_in", stumbles)
    send_due()
    assert provider.taken == {"a@example.org": 1, "b@example.org": 1}
    assert "cannot be looked up" in caplog.text


def test_the_switch_that_stops_everything_is_seen_in_the_middle_of_a_run(provider, monkeypatch):
    approved(*"abcdef")
    monkeypatch.setattr("subscribers.delivery.run.LOOK_UP_SECONDS", 0)
    provider.during = {"b@example.org": lambda: guard.stop("operator", "drill")}
    send_due()
    assert sum(provider.taken.values()) == 2
    assert Delivery.objects.filter(status=Status.QUEUED).count() == 4


def test_what_a_server_says_with_unprintable_characters_can_be_written_down(provider):
    approved("a")
    provider.on_send = {"a@example.org": smtplib.SMTPDataError(450, b"odd\x00words")}
    send_due()
    assert status_of("a") == Status.QUEUED
    assert "words" in Delivery.objects.get().error
