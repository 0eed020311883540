"""Erasing a person: nothing is left but a keyed hash and numbers, and neither a backup nor an old list undoes it."""

import datetime as dt
import io

import pytest
import time_machine
from django.apps import apps
from django.core import mail
from django.core.management import CommandError, call_command
from django.utils import timezone

from newsletter.models import AuditLine
from subscribers import lifecycle, links, suppression
from subscribers.delivery import guard, names
from subscribers.delivery.events import record
from subscribers.delivery.opening import open_deliveries
from subscribers.delivery.receipt import receipt
from subscribers.delivery.reports import Report
from subscribers.delivery.send import send_due
from subscribers.mail import send_letters
from subscribers.models import (
    ALL_CATEGORIES,
    AddressChange,
    Delivery,
    DeliveryEvent,
    OwnersLink,
    SignUp,
    Subscriber,
    Suppression,
)
from subscribers.owner import erasures
from subscribers.owner.erasing import erase, replay
from subscribers.suppression import Reason
from tests.factories import make_approved, make_reader

pytestmark = pytest.mark.django_db
Status = Subscriber.Status
MORNING = dt.datetime(2024, 11, 21, 22, tzinfo=dt.UTC)
ADDRESS = "kim.reader@example.org"


@pytest.fixture(autouse=True)
def var(settings, tmp_path):
    """A folder of this test's own for the files."""
    settings.VAR_DIR = tmp_path
    return tmp_path


@pytest.fixture
def reader():
    return make_reader(ADDRESS, language="en", confirmed_at=dt.datetime(2024, 1, 1, tzinfo=dt.UTC))


def rows_that_say(*words):
    """Every column of every table of ours that holds one of the words."""
    found = []
    for model in (model for app in ("subscribers", "newsletter") for model in apps.get_app_config(app).get_models()):
        for row in model.objects.values():
            found += [(model.__name__, name) for name, value in row.items() if any(w in str(value) for w in words)]
    return found


def test_nothing_in_the_database_names_an_erased_reader(reader):
    digest = make_approved()
    open_deliveries(digest)
    delivery = digest.deliveries.get()
    Delivery.objects.update(error=f"550 <{ADDRESS}> unknown", provider_id="abc-kim.reader")
    DeliveryEvent.objects.create(
        key="e1", delivery=delivery, digest=digest, kind="soft", detail=f"to {ADDRESS}", occurred_at=timezone.now()
    )
    now = timezone.now()
    OwnersLink.objects.create(subscriber=reader, asked_at=now)
    AddressChange.objects.create(subscriber=reader, former_address=ADDRESS, new_address="n@example.net", asked_at=now)
    other = make_reader("other@example.org")
    AddressChange.objects.create(subscriber=other, former_address=other.email, new_address=ADDRESS, asked_at=now)
    SignUp.objects.create(asked_at=now, email="Kim.Reader@example.org")
    assert len(rows_that_say("kim.reader", "Kim.Reader", reader.key)) >= 7
    assert erase(reader)
    assert rows_that_say("kim.reader", "Kim.Reader", reader.key, "n@example.net") == []
    assert suppression.is_suppressed(ADDRESS) == Reason.ERASED


def test_every_column_of_the_row_is_emptied_those_that_are_added_later_too(reader):
    Subscriber.objects.update(
        consent_text="I agree", signed_up_from="203.0.113.0/24", left_because="topics", send_hour=3
    )
    erase(reader)
    left = Subscriber.objects.values().get()
    told = {name: value for name, value in left.items() if value not in ("", None, 0)}
    assert set(told) == {
        "id", "email", "key", "status", "language", "time_zone", "send_hour", "cadence", "signed_up_at", "left_at"
    }  # fmt: skip
    assert (told["email"].endswith("@erased.invalid"), told["send_hour"], told["status"]) == (True, 8, Status.ERASED)


def test_receipts_still_add_up_and_what_waits_is_not_sent(reader):
    make_reader()
    with time_machine.travel(MORNING, tick=False) as clock:
        digest = make_approved()
        open_deliveries(digest)
        erase(reader)
        clock.shift(dt.timedelta(hours=2))
        send_due()
    told = receipt(digest)
    assert (told["audience"], told["sent"], told["suppressed"]) == (2, 1, 1)
    assert len(mail.outbox) == 1


def test_old_links_of_an_erased_reader_open_nothing(client, reader):
    paths = [links.path(purpose, reader.key) for purpose in (links.PREFERENCES, links.CONFIRM)]
    erase(reader)
    assert {client.get(path).status_code for path in paths} == {404}
    assert client.post(links.path(links.UNSUBSCRIBE, reader.key)).status_code == 200


def test_the_page_erases_at_a_press_and_the_link_is_gone_with_it(client, reader):
    link = OwnersLink.objects.create(subscriber=reader, asked_at=timezone.now())
    path = links.path(links.OWN, link.key)
    for method in ("get", "head", "options"):
        getattr(client, method)(f"{path}erase/")
        getattr(client, method)(path)
    assert Subscriber.objects.get().status == Status.ACTIVE
    assert "Everything is erased" in client.post(f"{path}erase/").content.decode()
    assert Subscriber.objects.get().status == Status.ERASED
    assert client.post(f"{path}erase/").status_code == 404


def test_erasing_twice_is_harmless(reader):
    assert erase(reader)
    before = Subscriber.objects.values().get()
    assert not erase(reader)
    assert Subscriber.objects.values().get() == before


def test_a_complaint_stays_the_stronger_no(reader):
    suppression.suppress(ADDRESS, Reason.COMPLAINED)
    erase(reader)
    assert suppression.is_suppressed(ADDRESS) == Reason.COMPLAINED


@pytest.mark.parametrize("kind", ["complained", "bounced", "left"])
def test_a_late_report_about_an_erased_reader_changes_nobody(reader, kind):
    digest = make_approved()
    open_deliveries(digest)
    delivery = digest.deliveries.get()
    erase(reader)
    record([Report(f"late {kind}", "mailgun", DeliveryEvent.Kind(kind), names.name_of(delivery.pk), "", "", None, "")])
    assert Subscriber.objects.get().status == Status.ERASED
    assert Suppression.objects.count() == 1


def test_who_signs_up_again_and_confirms_is_a_reader_again(reader):
    erase(reader)
    lifecycle.sign_up(ADDRESS, "en", ALL_CATEGORIES)
    anew = Subscriber.objects.get(email=ADDRESS)
    assert send_letters() == 1
    lifecycle.confirm(anew.key)
    assert suppression.is_suppressed(ADDRESS) is None
    assert anew.pk != reader.pk


def test_nothing_is_erased_that_cannot_be_written_down_outside(reader, monkeypatch):
    def full(address_hash, at):
        raise OSError("No space left on device")

    monkeypatch.setattr(erasures, "note", full)
    with pytest.raises(OSError, match="No space"):
        erase(reader)
    assert Subscriber.objects.get().email == ADDRESS


# ---- afterwards: a backup, an old list


def restore(row):
    """The database as a backup from before the erasure has it."""
    Suppression.objects.all().delete()
    Subscriber.objects.all().delete()
    Subscriber.objects.bulk_create([Subscriber(**row)])


def test_a_restored_backup_and_an_old_list_bring_back_nobody(reader, tmp_path):
    row = Subscriber.objects.values().get()
    erase(reader)
    restore(row)
    assert Subscriber.objects.get().email == ADDRESS
    assert replay() == 1
    assert rows_that_say("kim.reader") == []
    listed = tmp_path / "old.csv"
    listed.write_text(f"email,confirmed_at\n{ADDRESS},2024-01-01T00:00:00Z\n")
    call_command("import_subscribers", str(listed), stdout=io.StringIO(), stderr=io.StringIO())
    assert not Subscriber.objects.exclude(status=Status.ERASED).exists()
    with time_machine.travel(MORNING, tick=False):
        digest = make_approved()
        assert open_deliveries(digest) == 0
    assert (send_letters(), mail.outbox) == (0, [])


def test_a_backup_without_the_person_keeps_the_address_suppressed_all_the_same(reader):
    erase(reader)
    Subscriber.objects.all().delete()
    Suppression.objects.all().delete()
    assert replay() == 0
    assert suppression.is_suppressed(ADDRESS) == Reason.ERASED


def test_who_signed_up_again_after_the_erasure_is_not_erased_by_a_restore(reader):
    with time_machine.travel(MORNING, tick=False) as clock:
        erase(reader)
        clock.shift(dt.timedelta(days=1))
        lifecycle.sign_up(ADDRESS, "en", ALL_CATEGORIES)
        lifecycle.confirm(Subscriber.objects.get(email=ADDRESS).key)
        assert replay() == 0
    assert Subscriber.objects.get(email=ADDRESS).status == Status.ACTIVE
    assert suppression.is_suppressed(ADDRESS) is None


def test_trusting_a_restored_database_erases_again_before_anything_is_sent(reader):
    guard.may_send()
    row = Subscriber.objects.values().get()
    erase(reader)
    restore(row)
    (guard._file()).unlink()
    told = io.StringIO()
    call_command("sending", "confirm", stdout=told)
    assert "1 people who had been erased" in told.getvalue()
    assert rows_that_say("kim.reader") == []


def test_a_torn_line_of_the_file_harms_no_other(reader, var):
    erasures.note("a" * 64, MORNING)
    with (var / "erasures").open("a") as file:
        file.write("torn 2024-11-\nbare\n\n")
    erase(reader)
    assert set(erasures.noted()) == {"a" * 64, suppression.hashes(ADDRESS)[0]}
    assert "example.org" not in (var / "erasures").read_text()


def test_an_operator_erases_by_address_and_the_audit_log_does_not_name_it(reader):
    call_command("erase", "KIM.reader@example.org", stdout=io.StringIO())
    assert Subscriber.objects.get().status == Status.ERASED
    assert AuditLine.objects.filter(act="erase").count() == 1
    with pytest.raises(CommandError, match="Nobody here"):
        call_command("erase", ADDRESS)


def test_a_key_that_was_replaced_still_finds_who_was_erased(reader, settings):
    settings.SUPPRESSION_KEYS = ["old"]
    row = Subscriber.objects.values().get()
    erase(reader)
    restore(row)
    settings.SUPPRESSION_KEYS = ["new", "old"]
    assert replay() == 1
