"""What the health page tells, and what makes it say no."""

import datetime as dt

import pytest
import time_machine
from celery import Celery
from django.utils import timezone

from newsletter import health
from newsletter.health import Finding
from newsletter.health import broker as ask_broker
from subscribers.delivery import guard
from subscribers.delivery.opening import open_deliveries
from subscribers.models import Delivery, SignUp
from tests.factories import make_approved, make_reader

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def broker_answers(monkeypatch, settings, tmp_path):
    settings.VAR_DIR = tmp_path
    monkeypatch.setattr("newsletter.health.broker", lambda: Finding("broker", "ok"))


def ready(client, strict=False):
    answer = client.get("/readyz?strict" if strict else "/readyz")
    return answer.status_code, answer.json()


def test_a_site_without_a_worker_is_ready(client):
    assert ready(client) == (200, {"ok": True, "broker": "ok", "worries": []})


def test_a_running_site_tells_its_figures(client):
    guard.note_tick()
    status, told = ready(client, strict=True)
    assert (status, told["worries"]) == (200, [])
    assert (told["beat_age_seconds"], told["oldest_due_seconds"], told["unknown"], told["may_send"]) == (0, 0, 0, True)


def test_a_clock_that_stands_still_is_a_worry_and_no_reason_to_take_the_web_away(client):
    guard.note_tick()
    with time_machine.travel(timezone.now() + dt.timedelta(minutes=4), tick=False):
        status, told = ready(client)
        assert (status, told["ok"], told["beat_age_seconds"]) == (200, True, 240)
        assert "do beat and a worker run?" in told["worries"][0]
        assert ready(client, strict=True)[0] == 503


def test_a_clock_a_moment_ahead_is_no_negative_silence(client):
    with time_machine.travel(timezone.now() + dt.timedelta(seconds=20), tick=False):
        guard.note_tick()
    _status, told = ready(client, strict=True)
    assert (told["beat_age_seconds"], told["worries"]) == (0, [])


def test_a_clock_far_ahead_is_a_worry_for_it_hides_every_silence(client):
    with time_machine.travel(timezone.now() + dt.timedelta(days=1), tick=False):
        guard.note_tick()
    _status, told = ready(client)
    assert told["beat_age_seconds"] == 0
    assert "seconds ahead of this machine's" in told["worries"][0]


def test_mail_that_waits_too_long_is_a_worry(client):
    make_reader()
    open_deliveries(make_approved())
    with time_machine.travel(timezone.now() + dt.timedelta(minutes=45), tick=False):
        guard.note_tick()
        _status, told = ready(client)
    assert told["oldest_due_seconds"] == pytest.approx(45 * 60, abs=60)
    assert "minutes ago still waits" in told["worries"][0]


def test_mail_that_is_not_due_yet_is_none(client):
    guard.note_tick()
    make_reader()
    open_deliveries(make_approved())
    Delivery.objects.update(send_at=timezone.now() + dt.timedelta(hours=5))
    assert ready(client)[1]["oldest_due_seconds"] == 0


def test_unknown_deliveries_are_a_worry_for_a_week_after_the_approval_of_whatever_day(client):
    make_reader()
    digest = make_approved(day=timezone.localdate() - dt.timedelta(days=30))
    open_deliveries(digest)
    Delivery.objects.update(status=Delivery.Status.UNKNOWN)
    for days, count in ((1, 1), (6, 1), (8, 0)):
        with time_machine.travel(digest.approved_at + dt.timedelta(days=days), tick=False):
            guard.note_tick()
            assert ready(client)[1]["unknown"] == count


def test_too_many_sign_ups_are_a_worry(client, settings):
    settings.SIGN_UP_ALARM = settings.SIGN_UP_ALARM._replace(mails=2)
    guard.note_tick()
    for state in ("confirm", "already", "waiting"):
        SignUp.objects.create(asked_at=timezone.now(), decided_at=timezone.now(), state=state)
    _status, told = ready(client)
    assert told["sign_ups_waiting"] == 1
    assert "SIGN_UP_ALARM" in told["worries"][0]


def test_stopped_sending_is_told(client):
    guard.note_tick()
    guard.stop("kim", "a bad link")
    status, told = ready(client)
    assert (status, told["may_send"]) == (200, False)
    assert "a bad link" in told["worries"][0]


def test_a_broker_that_is_away_is_a_worry(monkeypatch):
    monkeypatch.setattr(health, "current_app", Celery(broker="redis://127.0.0.1:1/0", set_as_current=False))
    found = ask_broker()
    assert found.value != "ok"
    assert "does not answer" in found.worry
