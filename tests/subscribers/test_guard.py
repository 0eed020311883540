"""Nothing is sent from a database that was restored or copied, nor while a person has stopped all sending."""

import contextlib
import datetime as dt
import fcntl
import os
import shutil
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import time_machine
from django.contrib.auth.models import Permission
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.utils import timezone

from digests.models import Digest
from newsletter.models import AuditLine
from subscribers import lifecycle
from subscribers.delivery import guard, ledger
from subscribers.delivery.opening import open_deliveries
from subscribers.delivery.run import Run
from subscribers.delivery.send import send_due
from subscribers.mail import send_letters
from subscribers.models import ALL_CATEGORIES, Delivery, Sending, Subscriber
from subscribers.tasks import tick
from tests.factories import make_approved, make_editor, make_reader, make_staff

pytestmark = pytest.mark.django_db
Status = Delivery.Status


@pytest.fixture(autouse=True)
def var(settings, tmp_path):
    """A folder of this test's own for the file."""
    settings.VAR_DIR = tmp_path
    return tmp_path


def file():
    return guard._file()


def saved():
    """The row as a backup has it."""
    return Sending.objects.values().get()


def restored(row):
    Sending.objects.update(**row)


def row():
    return Sending.objects.get()


# ---- the guard


def test_a_fresh_installation_may_send_and_has_row_and_file_from_then_on():
    assert guard.may_send() is None
    assert file().read_text().split() == [row().epoch, "0"]


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_many_first_callers_at_once_found_one_installation_that_all_of_them_trust(monkeypatch):
    really_write = guard._write

    def write_slowly(kept):
        time.sleep(0.2)
        really_write(kept)

    def ask(_turn):
        try:
            return guard.may_send()
        finally:
            connection.close()

    monkeypatch.setattr(guard, "_write", write_slowly)
    with ThreadPoolExecutor(6) as crowd:
        assert list(crowd.map(ask, range(6))) == [None] * 6
    assert Sending.objects.count() == 1


def test_each_run_moves_row_and_file_on():
    for _ in range(3):
        assert guard.begin_run() is None
    assert file().read_text().split() == [row().epoch, "3"]
    assert row().runs == 3


def test_a_restored_backup_sends_nothing(mailoutbox):
    make_reader()
    make_approved()
    guard.begin_run()
    backup = saved()
    guard.begin_run()
    restored(backup)
    assert "restored from a backup" in guard.may_send()
    assert not send_due()
    assert (mail.outbox, Delivery.objects.count()) == ([], 0)


def test_a_backup_of_the_middle_of_a_run_is_told_by_the_next_second():
    guard.begin_run()  # the run begins
    backup = saved()
    guard.begin_run()  # a second of sending later
    restored(backup)
    assert guard.begin_run() is not None


def test_a_backup_of_the_last_second_of_a_run_is_told_by_the_runs_end(monkeypatch):
    make_reader()
    make_approved()
    backups = []
    really_finish = ledger.finish

    def finish(outcomes, owner):
        backups.append((saved(), list(Delivery.objects.values())))  # the mail is out, and not written down
        return really_finish(outcomes, owner)

    monkeypatch.setattr(ledger, "finish", finish)
    send_due()
    assert len(mail.outbox) == 1
    row_then, [delivery_then] = backups[-1]
    restored(row_then)
    Delivery.objects.update(**delivery_then | {"status": Status.QUEUED, "owner": ""})
    Digest.objects.update(status=Digest.Status.SENDING)
    assert "restored from a backup" in guard.may_send()
    send_due()
    assert len(mail.outbox) == 1


def test_a_run_that_sends_nothing_moves_nothing_on():
    guard.may_send()
    send_due()
    assert row().runs == 0


def test_a_copy_on_another_machine_sends_nothing(var, settings, tmp_path):
    guard.begin_run()
    settings.VAR_DIR = tmp_path / "elsewhere"
    assert "missing" in guard.may_send()


def test_a_copy_on_a_machine_with_an_installation_of_its_own_sends_nothing():
    guard.begin_run()
    Sending.objects.update(epoch="another", runs=99)
    assert "another database" in guard.may_send()


@pytest.mark.parametrize("content", ["", "nonsense", "a b c", "epoch many"])
def test_a_broken_file_stops_sending_and_can_be_replaced(content):
    guard.begin_run()
    file().write_text(content)
    assert "cannot be read" in guard.may_send()
    guard.confirm()
    assert guard.may_send() is None


def test_a_worker_that_died_between_row_and_file_is_no_backup():
    guard.begin_run()
    Sending.objects.update(runs=5)
    assert guard.begin_run() is None
    assert file().read_text().split()[1] == "6"


def test_the_file_never_goes_back_whoever_writes_last():
    guard.begin_run()
    epoch = row().epoch
    guard._write(guard.Kept(epoch, 9))
    guard._write(guard.Kept(epoch, 4))
    assert guard._read() == (epoch, 9)


def test_a_worker_that_waits_for_the_disk_keeps_no_other_from_writing(monkeypatch):
    guard.begin_run()
    epoch, fsync = row().epoch, os.fsync

    def slow(handle):
        monkeypatch.setattr(guard.os, "fsync", fsync)
        with file().with_suffix(".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)  # raises BlockingIOError while anybody has it
        fsync(handle)

    monkeypatch.setattr(guard.os, "fsync", slow)
    guard._write(guard.Kept(epoch, 9))
    assert guard._read() == (epoch, 9)
    assert [path.name for path in file().parent.glob("*.draft")] == []


def test_another_workers_progress_between_two_looks_is_no_alarm(monkeypatch):
    guard.begin_run()
    read = guard._read

    def meanwhile():
        kept = read()
        monkeypatch.undo()
        Sending.objects.update(runs=7)
        guard._write(guard.Kept(row().epoch, 7))
        return kept

    monkeypatch.setattr(guard, "_read", meanwhile)
    assert guard.refusal_of_guard() is None


def test_a_file_that_cannot_be_written_ends_the_run(monkeypatch):
    make_reader()
    make_approved()
    guard.may_send()

    def full(*args):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(guard.os, "replace", full)
    with pytest.raises(OSError, match="No space"):
        send_due()
    assert mail.outbox == []
    assert Delivery.objects.get().status == Status.QUEUED


# ---- trusting a restored database


def mid_run():
    """A digest in the middle of being sent: one row sent, one on the way, one claimed, one due, one still to come."""
    for name in ("sent", "sending", "claimed", "due"):
        make_reader(f"{name}@example.org")
    digest = make_approved()
    open_deliveries(digest)
    later = make_reader("later@example.org")
    soon = timezone.now() + dt.timedelta(hours=3)
    Delivery.objects.create(digest=digest, subscriber=later, send_at=soon, expires_at=soon + dt.timedelta(hours=12))
    for status in ("sent", "sending", "claimed"):
        Delivery.objects.filter(subscriber__email=f"{status}@example.org").update(status=status, owner="gone")
    return digest


def statuses():
    return {row.subscriber.email.partition("@")[0]: row.status for row in Delivery.objects.select_related("subscriber")}


def a_restored_database():
    guard.begin_run()
    backup = saved()
    guard.begin_run()
    restored(backup)


def test_confirming_doubts_all_that_may_have_been_sent_since():
    mid_run()
    a_restored_database()
    assert guard.confirm() == {"unknown": 3}
    assert guard.may_send() is None
    assert statuses() == {
        "sent": Status.SENT,
        "sending": Status.UNKNOWN,
        "claimed": Status.UNKNOWN,
        "due": Status.UNKNOWN,
        "later": Status.QUEUED,
    }
    send_due()
    assert mail.outbox == []


def test_confirming_takes_back_approvals_that_may_have_been_acted_upon():
    digest = make_approved()
    a_restored_database()
    assert guard.confirm() == {"taken_back": 1}
    digest.refresh_from_db()
    assert digest.status == Digest.Status.DRAFT
    assert "restored" in digest.notes[-1]


def test_whoever_knows_that_nothing_was_sent_keeps_the_queue():
    mid_run()
    a_restored_database()
    assert not guard.confirm(keep_queue=True)
    assert statuses()["due"] == Status.QUEUED
    assert guard.may_send() is None


def test_the_confirmed_copy_and_the_original_do_not_trust_each_others_file(tmp_path):
    guard.begin_run()
    original = saved()
    theirs = shutil.copy(file(), tmp_path / "original")
    Sending.objects.update(runs=0)
    guard.confirm()
    restored(original)
    assert guard.may_send() is not None
    shutil.copy(theirs, file())
    assert guard.may_send() is None


# ---- the switch


def test_stopped_sending_stops_everything_and_goes_on_where_it_was():
    make_reader()
    make_approved()
    lifecycle.sign_up("new@example.org", "en", ALL_CATEGORIES)
    assert guard.stop("kim", "the wrong template")
    assert not guard.stop("lee", "me too")
    assert "kim stopped all sending" in guard.may_send() and "the wrong template" in guard.may_send()
    assert (send_due().total(), send_letters()) == (0, 0)
    assert mail.outbox == []
    assert guard.start()
    assert (send_due()["sent"], send_letters()) == (1, 1)


def test_a_run_notices_the_switch_within_a_second(monkeypatch, settings):
    settings.SEND_CHUNK = settings.SEND_CONNECTIONS = 1
    monkeypatch.setattr("subscribers.delivery.run.LOOK_UP_SECONDS", 0.0)
    for _ in range(6):
        make_reader()
    make_approved()
    begun = []

    def submit(run, letters, submit=Run.submit):
        begun.append(len(letters))
        if len(begun) == 2:
            guard.stop("kim", "")
        submit(run, letters)

    monkeypatch.setattr(Run, "submit", submit)
    send_due()
    assert len(mail.outbox) == sum(begun) < 6
    assert Delivery.objects.filter(status=Status.QUEUED).count() == 6 - sum(begun)


def test_the_command_tells_stops_and_starts(capsys):
    call_command("sending", "status")
    call_command("sending", "stop", reason="a bad link")
    with pytest.raises(CommandError, match="a bad link"):
        call_command("sending", "status")
    call_command("sending", "start")
    said = capsys.readouterr().out
    assert said.count("Mails may be sent.") == 2


def test_the_command_confirms_once(capsys):
    mid_run()
    a_restored_database()
    with pytest.raises(CommandError, match="restored from a backup"):
        call_command("sending", "status")
    call_command("sending", "confirm")
    assert "3 deliveries may have been sent since it was saved" in capsys.readouterr().out
    epoch = row().epoch
    call_command("sending", "confirm")
    assert "nothing to confirm" in capsys.readouterr().out
    assert row().epoch == epoch


def test_send_due_says_why_it_sends_nothing(capsys):
    guard.stop("kim", "")
    call_command("send_due")
    assert "kim stopped all sending" in capsys.readouterr().out


# ---- in admin


def logged_in(*rights):
    editor = make_editor("operator")
    editor.user_permissions.add(*Permission.objects.filter(codename__in=rights))
    browser = Client()
    browser.force_login(editor)
    return browser


def seen_on(page):
    """What the switch's page carries of the stop that it shows."""
    return page.context["stop_mark"]


def test_a_page_that_shows_another_stop_lets_nothing_go_on():
    browser, page = logged_in("stop_sending", "view_sending"), "/admin/subscribers/sending/"
    guard.stop("kim", "a bad link")
    stale = seen_on(browser.get(page))
    assert guard.start()
    told = browser.post(page, {"decision": "start", "seen": stale})
    assert told.status_code == 409, "nothing is stopped any more"
    guard.stop("lee", "a worse link")
    for seen in ({"seen": stale}, {"seen": ""}, {}):
        told = browser.post(page, {"decision": "start"} | seen)
        assert told.status_code == 409 and "a worse link" in told.content.decode()
    assert guard.may_send() is not None
    assert not AuditLine.objects.filter(act="start").exists()
    assert browser.post(page, {"decision": "start", "seen": seen_on(told)}).status_code == 302
    assert guard.may_send() is None and AuditLine.objects.filter(act="start").count() == 1


def test_an_operator_stops_and_starts_on_a_page_and_every_page_of_admin_says_so():
    browser = logged_in("stop_sending", "view_sending")
    page = "/admin/subscribers/sending/"
    browser.post(page, {"decision": "stop", "reason": "a bad link"})
    assert "operator stopped all sending" in browser.get("/admin/").content.decode()
    assert "a bad link" in browser.get(page).content.decode()
    assert browser.post(page, {"decision": "start", "seen": seen_on(browser.get(page))}).status_code == 302
    assert guard.may_send() is None
    assert "stopped all sending" not in browser.get("/admin/").content.decode()


def test_who_may_only_look_cannot_switch():
    browser = logged_in("view_sending")
    assert browser.get("/admin/subscribers/sending/").status_code == 200
    assert browser.post("/admin/subscribers/sending/", {"decision": "stop"}).status_code == 403
    assert guard.may_send() is None


def test_who_may_not_even_look_does_not():
    browser = Client()
    browser.force_login(make_staff("viewer", "viewer"))
    assert browser.get("/admin/subscribers/sending/").status_code == 403


# ---- only some are mailed


@pytest.mark.parametrize(
    ("only", "address", "is_allowed"),
    [
        (set(), "a@example.org", True),
        ({"example.org"}, "A@Example.ORG", True),
        ({"a@example.org"}, "A@example.org", True),
        ({"a@example.org"}, "b@example.org", False),
        ({"example.org"}, "a@sub.example.org", False),
        ({"example.org"}, "a@notexample.org", False),
    ],
)
def test_send_only_to_names_addresses_and_domains(settings, only, address, is_allowed):
    settings.SEND_ONLY_TO = only
    assert guard.may_be_mailed(address) is is_allowed


def test_on_staging_everybody_else_is_suppressed_with_the_reason(settings):
    settings.SEND_ONLY_TO = {"staff@example.org"}
    make_reader("staff@example.org")
    make_reader("reader@example.org")
    lifecycle.sign_up("stranger@example.org", "en", ALL_CATEGORIES)
    make_approved()
    send_due()
    assert send_letters() == 0
    assert [message.to for message in mail.outbox] == [["staff@example.org"]]
    other = Delivery.objects.get(subscriber__email="reader@example.org")
    assert (other.status, other.error) == (Status.SUPPRESSED, "SEND_ONLY_TO does not name this address.")
    assert Subscriber.objects.get(email="reader@example.org").status == "active"


# ---- the clock


def test_a_tick_is_noted_and_a_clock_that_went_back_is_told():
    assert not guard.note_tick()
    assert not guard.note_tick()
    with time_machine.travel(timezone.now() - dt.timedelta(hours=3)):
        assert guard.note_tick()
        assert not guard.note_tick()


def test_after_a_jump_of_the_clock_and_back_everybody_gets_one_mail(embedded_turns):
    make_reader(time_zone="Asia/Seoul", send_hour=8)
    with time_machine.travel("2024-11-21T22:00:00Z", tick=False):
        open_deliveries(make_approved(day=dt.date(2024, 11, 22)))
    with time_machine.travel("2024-11-23T22:00:00Z", tick=False):  # two days ahead: all of it looks too late
        tick()
        assert mail.outbox == []
    with time_machine.travel("2024-11-21T23:00:00Z", tick=False):
        tick()
        tick()
    with time_machine.travel("2024-11-21T20:00:00Z", tick=False):
        tick()
    assert len(mail.outbox) == 1


@pytest.fixture
def embedded_turns(monkeypatch):
    """A tick does all of its work here."""
    monkeypatch.setattr("subscribers.tasks.only_child", lambda name: contextlib.nullcontext(True))
