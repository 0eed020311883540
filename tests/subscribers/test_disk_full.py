"""A full disk: nothing goes out that could not be written down, people are told, and afterwards it goes on by itself."""

import contextlib
from collections import Counter

import pytest
from django.core import mail
from django.db import OperationalError, connection
from django.urls import reverse

from newsletter.health import Finding
from subscribers.delivery import guard
from subscribers.delivery.opening import open_deliveries
from subscribers.delivery.send import send_due
from subscribers.models import Delivery, Subscriber
from subscribers.room import look_after_disk
from tests.factories import make_approved, make_reader, make_staff

pytestmark = pytest.mark.django_db
Status = Delivery.Status


@pytest.fixture(autouse=True)
def place(settings, tmp_path):
    settings.VAR_DIR = tmp_path


def outcomes():
    return Counter(Delivery.objects.values_list("status", flat=True))


def make_due(readers=3):
    for _ in range(readers):
        make_reader()
    open_deliveries(make_approved())
    Delivery.objects.update(send_at="2024-01-01T00:00Z", expires_at="2100-01-01T00:00Z")


def test_nothing_is_sent_while_the_disk_is_full_and_everything_once_there_is_room(room):
    make_due()
    room(96)
    assert send_due() == Counter()
    assert (outcomes(), mail.outbox) == ({Status.QUEUED: 3}, [])
    room(50)
    send_due()
    assert outcomes() == {Status.SENT: 3}
    assert len({message.to[0] for message in mail.outbox}) == len(mail.outbox) == 3


def test_a_run_ends_when_the_disk_gets_full(room):
    guard.begin_run()
    room(96)
    assert "The disk is full" in guard.begin_run()


def test_operators_are_told_once_a_day_before_it_is_too_late(room):
    operator = make_staff("operator", "operator", email="operator@example.org")
    make_staff("editor", "editor", email="editor@example.org")
    assert look_after_disk() == 0
    room(85)
    assert (look_after_disk(), look_after_disk()) == (1, 0)
    assert [message.to for message in mail.outbox] == [[operator.email]]
    assert "85%" in mail.outbox[0].body and "VAR_DIR" in mail.outbox[0].body


def test_health_page_and_every_page_of_admin_say_so(room, client, monkeypatch):
    monkeypatch.setattr("newsletter.health.broker", lambda: Finding("broker", "ok"))
    guard.note_tick()
    client.force_login(make_staff("operator", "operator"))
    room(85)
    assert client.get("/readyz").json()["disk_used_percent"] == 85
    assert client.get("/readyz?strict").status_code == 503
    assert b"85 %" in client.get(reverse("admin:index"), headers={"accept-language": "en"}).content
    room(97)
    assert "The disk is full" in " ".join(client.get("/readyz").json()["worries"])
    page = client.get(reverse("admin:digests_paper_changelist"), headers={"accept-language": "en"})
    assert b"The disk is full" in page.content
    assert client.get("/healthz").status_code == 200


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
@pytest.mark.skipif(connection.vendor != "sqlite", reason="only SQLite lets its database be made full")
def test_a_database_that_cannot_write_sends_nothing_unwritten_and_goes_on_without_doubles():
    make_due(readers=5)
    with connection.cursor() as cursor:
        pages = cursor.execute("PRAGMA page_count").fetchone()[0]
        cursor.execute(f"PRAGMA max_page_count = {pages}")
        try:
            with pytest.raises(OperationalError, match="full"):
                for n in range(10_000):  # there is room in the pages that are there
                    Subscriber.objects.create(email=f"{n:0200d}@example.org", consent_text="x" * 300)
            with contextlib.suppress(OperationalError):
                send_due()
            written = Delivery.objects.exclude(status=Status.QUEUED).count()
            assert len(mail.outbox) <= written
        finally:
            cursor.execute("PRAGMA max_page_count = 1073741823")
    send_due()
    sent = [message.to[0] for message in mail.outbox]
    assert len(sent) == len(set(sent)) == 5
    assert outcomes() == {Status.SENT: 5}
