"""The trial's past: believable, the same each time, and nothing that could be mailed to anybody."""

import datetime as dt
from collections import Counter
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core import mail as django_mail
from django.core.management import call_command
from django.db.models import F, Q

from digests.models import Correction, Digest
from digests.sample import past as sample_past
from newsletter.models import AuditLine
from subscribers.delivery.receipt import receipt
from subscribers.delivery.send import send_due
from subscribers.demo import crowd, past, trial
from subscribers.models import Delivery, DeliveryEvent, DigestCount, Feedback, ReaderCount, Subscriber, Suppression
from subscribers.statistics.series import plots_of
from tests.factories import make_digest

pytestmark = pytest.mark.django_db
SUNDAY = "2026-11-29T04:30:00+09:00"


@pytest.fixture
def trial_of(settings, tmp_path, monkeypatch):
    """A trial with a past of so many digests, made on a Sunday morning."""
    settings.DEBUG = True
    settings.VAR_DIR = tmp_path
    settings.OUTBOX_DIR = tmp_path / "outbox"
    settings.EMAIL_BACKEND = past.OUTBOX
    papers = sample_past.papers_by_day()

    def make(days: int) -> list[Digest]:
        monkeypatch.setattr(sample_past, "papers_by_day", lambda: papers[-days:])
        trial.prepare()
        past.make(trial.editor(), trial.ADMINISTRATOR, trial.oldest_readers())
        return list(Digest.objects.order_by("day"))

    with time_machine.travel(SUNDAY, tick=False):
        yield make


def test_nothing_of_the_past_can_be_mailed_to_anybody(trial_of, settings):
    digests = trial_of(2)
    assert all(digest.is_sample and digest.status == Digest.Status.SENT for digest in digests)
    assert all(email.endswith(crowd.DOMAINS) for email in Subscriber.objects.values_list("email", flat=True))
    assert not Subscriber.objects.exclude(consent_text=crowd.CONSENT).exists()
    assert not Subscriber.objects.exclude(letter_due_at=None).exists()
    assert not any(send_due(dt.datetime.now(dt.UTC)).values())
    assert not settings.OUTBOX_DIR.exists() and not django_mail.outbox


def test_mails_of_the_past_went_to_those_who_were_readers_then(trial_of):
    trial_of(4)
    mails = Delivery.objects.select_related("subscriber", "digest")
    assert not mails.filter(subscriber__confirmed_at__gt=F("digest__approved_at")).exists()
    assert not mails.filter(subscriber__left_at__lt=F("send_at")).exists()
    struck = DeliveryEvent.objects.exclude(reader_was="").values_list("delivery__subscriber", "digest__day")
    assert struck and not any(mails.filter(subscriber=who, digest__day__gt=day).exists() for who, day in struck)
    assert not mails.filter(Q(finished_at__lt=F("send_at")) | Q(finished_at=None)).exists()
    weekly = mails.filter(subscriber__cadence=Subscriber.Cadence.WEEKLY)
    assert not weekly.exists()


def test_the_past_has_every_kind_of_end_and_what_follows_from_it(trial_of):
    trial_of(len(sample_past.papers_by_day()))
    ends = Counter(Delivery.objects.values_list("status", flat=True))
    assert {"sent", "delivered", "bounced", "complained", "failed", "unknown", "skipped"} == set(ends)
    assert ends["delivered"] > 0.9 * (ends["delivered"] + ends["sent"])
    assert not DeliveryEvent.objects.exclude(state=DeliveryEvent.State.APPLIED).exists()
    readers = Counter(Subscriber.objects.values_list("status", flat=True))
    assert readers["active"] > 200 and all(readers[status] for status in ("pending", "unsubscribed", "bounced", "complained"))  # fmt: skip
    assert Suppression.objects.count() == readers["bounced"] + readers["complained"]
    assert set(Subscriber.objects.exclude(left_because="").values_list("left_because", flat=True)) <= set(
        Subscriber.Why
    )
    assert set(Subscriber.objects.values_list("language", flat=True)) == {"ko", "en"}
    assert set(Feedback.objects.values_list("kind", flat=True)) == set(Feedback.Kind.values)
    assert Correction.objects.get().status == Correction.Status.PUBLISHED
    assert not AuditLine.objects.filter(at__lt=dt.datetime.now(dt.UTC) - dt.timedelta(hours=1)).exclude(facts__demo="made up").exists()  # fmt: skip
    assert [plot.key for plot in plots_of(30) if plot.is_empty] == []


def test_counts_of_the_past_agree_with_what_the_clock_counts(trial_of):
    [*_, last] = trial_of(2)
    counted = dict(DigestCount.objects.filter(digest=last).values_list("what", "count"))
    stands = {what: count for what, count in receipt(last).items() if what != "audience"}
    assert {what: counted[what] for what in stands} == stands

    def told(day: str) -> dict[Any, int]:
        rows = ReaderCount.objects.filter(day=day).exclude(facet=ReaderCount.Facet.FLOW)
        return {(facet, value): count for facet, value, count in rows.values_list("facet", "value", "count") if count}

    assert told("2026-11-28") == told("2026-11-29") != {}  # the one in retrospect, the other by the clock's own hand
    joined = ReaderCount.objects.filter(facet="flow", value="joined").values_list("count", flat=True)
    assert sum(joined) == Subscriber.objects.filter(confirmed_at__gte="2026-11-10T00:00:00Z").count()


def test_many_read_at_the_hour_at_which_the_trial_begins(trial_of):
    trial_of(1)
    now = dt.datetime.now(dt.UTC)
    at_once = [reader for reader in Subscriber.objects.filter(status="active", email__in=crowd.addresses()) if now.astimezone(ZoneInfo(reader.time_zone)).hour == reader.send_hour]  # fmt: skip
    assert len(at_once) >= crowd.MANY // crowd.EVERY // 2


def test_readers_say_things_of_papers_that_they_were_sent(trial_of):
    trial_of(2)
    for word in Feedback.objects.select_related("digest"):
        delivery = Delivery.objects.get(digest=word.digest, subscriber=word.subscriber)
        content = word.digest.approved_content
        assert content is not None
        [section] = [each for each in content["sections"] if each["slug"] == word.category]
        assert delivery.edition >> 1 >> section["bit"] & 1
        assert delivery.finished_at is not None and word.said_at >= delivery.finished_at


def test_the_past_is_the_same_each_time(trial_of):
    def made() -> list[Any]:
        trial_of(2)
        outcomes = Delivery.objects.order_by("digest__day", "subscriber__email").values_list(
            "digest__day", "subscriber__email", "status"
        )
        said = Feedback.objects.order_by("pk").values_list("subscriber__email", "kind", "said_at")
        readers = Subscriber.objects.filter(email__in=crowd.addresses()).order_by("pk")
        return [list(outcomes), list(said), list(readers.values_list("email", "status", "signed_up_at", "categories"))]

    first = made()
    for model in (Feedback, DeliveryEvent, Delivery, Correction, Subscriber, Suppression, Digest):
        model.objects.all().delete()
    assert made() == first


def test_a_mail_whose_hour_is_still_to_come_is_left_to_the_clock(trial_of, settings):
    with time_machine.travel("2026-11-27T00:30:00+09:00", tick=False):  # in America it is the 26th's morning
        [*_, last] = trial_of(2)
        waiting = last.deliveries.filter(status=Delivery.Status.QUEUED)
        assert last.status == Digest.Status.SENDING
        assert waiting.count() == waiting.filter(send_at__gt=dt.datetime.now(dt.UTC)).count() > 0
        assert not last.deliveries.exclude(status="queued").filter(send_at__gt=dt.datetime.now(dt.UTC)).exists()


@pytest.fixture
def without_a_network(trial_of, sources):
    """A trial whose sources are out of reach, with a short past."""
    sources.break_all()
    return trial_of


def test_the_preparation_makes_the_past_once(without_a_network, monkeypatch, capsys):
    papers = sample_past.papers_by_day()
    monkeypatch.setattr(sample_past, "papers_by_day", lambda: papers[-2:])
    call_command("demo", prepare=True)
    assert "all made up" in capsys.readouterr().out
    before = Delivery.objects.count(), Subscriber.objects.count(), Digest.objects.count()
    call_command("demo", prepare=True)
    assert "all made up" not in capsys.readouterr().out
    assert (Delivery.objects.count(), Subscriber.objects.count(), Digest.objects.count()) == before


def test_the_past_is_never_made_beside_digests_of_ones_own(without_a_network, capsys):
    make_digest(dt.date(2026, 11, 3))
    call_command("demo", prepare=True)
    assert "all made up" not in capsys.readouterr().out
    assert Digest.objects.count() == 1


def test_the_past_is_never_made_where_mails_leave_the_machine(without_a_network, settings, capsys):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    call_command("demo", prepare=True)
    assert "all made up" not in capsys.readouterr().out
    assert not Subscriber.objects.filter(email__in=crowd.addresses()).exists()
