"""The trial: a whole day on a machine that reaches nothing."""

import datetime as dt
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import httpx
import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from digests.models import Digest, Entry, Paper
from subscribers.demo import past
from subscribers.models import Delivery, Subscriber
from tests.factories import DAY, make_reader
from tests.fakes import FakePaper

pytestmark = pytest.mark.django_db


@pytest.fixture
def trial(settings, tmp_path, sources):
    """A trial installation with a file outbox; returns the mails in it."""
    settings.DEBUG = True
    settings.VAR_DIR = tmp_path
    settings.OUTBOX_DIR = tmp_path / "outbox"
    settings.EMAIL_BACKEND = "newsletter.outbox.EmailBackend"
    return lambda: list(Path(settings.OUTBOX_DIR).glob("*.eml"))


def test_without_any_source_the_day_is_the_sample_and_says_so(trial, sources, capsys):
    sources.break_all()
    call_command("demo", date=DAY)
    digest = Digest.objects.get()
    assert (digest.is_sample, digest.status) == (True, Digest.Status.SENT)
    assert "sample" in capsys.readouterr().out
    assert (len(trial()), Subscriber.objects.count()) == (5, 10)
    subjects = [str(message_from_bytes(mail.read_bytes(), policy=default)["Subject"]).strip() for mail in trial()]
    assert subjects and all(subject.startswith(("[SAMPLE]", "[샘플]")) for subject in subjects), subjects


def test_a_second_run_mails_nobody_twice(trial, sources, capsys):
    sources.break_all()
    call_command("demo", date=DAY)
    call_command("demo", date=DAY)
    assert len(trial()) == 5
    assert "nobody is mailed twice" in capsys.readouterr().out


def test_a_samples_papers_may_still_come_on_their_real_day(trial, sources):
    sources.break_all()
    call_command("demo", date=DAY)
    sources.broken = {}
    sources.add(FakePaper("2411.10442", "The real title"))
    call_command("build_digest", date=DAY + dt.timedelta(days=3))
    assert Paper.objects.get(arxiv_id="2411.10442").title == "The real title"
    assert Entry.objects.filter(paper__arxiv_id="2411.10442", kind="daily").exists()


def test_the_preparation_leaves_a_draft_and_says_where_to_look(trial, sources, monkeypatch, capsys):
    monkeypatch.setattr(past, "fits", lambda: False)  # its own tests are in test_demo_past
    sources.break_all()
    call_command("demo", prepare=True)
    assert Digest.objects.get().status == Digest.Status.DRAFT
    assert trial() == []
    said = capsys.readouterr().out
    assert "/admin/digests/digest/" in said and "/outbox/" in said and "password" in said


def test_a_quiet_day_falls_back_to_the_day_before(trial, sources, settings, capsys):
    settings.DIGEST_SOURCES = ["huggingface", "arxiv"]
    sources.add(FakePaper("2411.00001", "A paper"))
    days = []

    def only_on_the_second_day(request):
        days.append(request.url.params["date"])
        return httpx.Response(200, json=[]) if len(days) == 1 else sources.daily_papers(request)

    sources.broken = {"huggingface": only_on_the_second_day}
    call_command("demo")
    assert "Looking at the day before" in capsys.readouterr().out
    assert [Digest.objects.get().day.isoformat()] == days[1:], days


def test_it_refuses_a_database_with_readers_of_its_own(trial, sources):
    make_reader("somebody@example.com")
    with pytest.raises(CommandError, match="would mail them"):
        call_command("demo", date=DAY)
    assert not Delivery.objects.exists()


def test_it_refuses_a_site_that_is_not_being_tried(trial, settings):
    settings.DEBUG = False
    with pytest.raises(CommandError, match="DEBUG=True"):
        call_command("demo", date=DAY)
