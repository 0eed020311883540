"""Lists in and out: what a file may hold, who is added, and that a list comes back as it went out."""

import csv
import datetime as dt
import io
import re
import time

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.urls import reverse

from newsletter.models import AuditLine
from subscribers import suppression
from subscribers.lists.cells import bare, guarded
from subscribers.lists.exporting import exported
from subscribers.lists.importing import Cut, Fate, Report, import_file
from subscribers.lists.reading import BadFile
from subscribers.mail import send_letters
from subscribers.models import ALL_CATEGORIES, Subscriber, Suppression
from subscribers.owner.erasing import erase
from tests.factories import make_reader, make_staff

pytestmark = pytest.mark.django_db
Reason = Suppression.Reason
EXPORT = "/admin/subscribers/subscriber/export/"
HEAD = "email,language,time_zone,send_hour,cadence,categories,consent_at,consent_text,consent_source\n"
ATTESTED = "2024-05-01T09:00:00+09:00,I want it,conference desk\n"


@pytest.fixture
def brought(tmp_path):
    """Import a text, or bytes; the report and the complaints."""

    def bring(content: str | bytes, **options) -> tuple[Report, dict[int, str]]:
        path = tmp_path / "list.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        told: dict[int, str] = {}
        return import_file(path, told.__setitem__, **options), told

    return bring


def reader(email: str) -> Subscriber:
    return Subscriber.objects.get(email=email)


# ---- who is added


def test_attested_line_makes_an_active_reader_with_the_choices_of_the_line(brought):
    report, told = brought(HEAD + "Kim@Example.ORG,en,Europe/Paris,7,weekly,llm;computer-vision," + ATTESTED)
    found = reader("Kim@example.org")
    assert (told, report.added) == ({}, {"active": 1})
    assert (found.status, found.language, found.time_zone, found.send_hour) == ("active", "en", "Europe/Paris", 7)
    assert found.cadence == "weekly"
    assert found.categories == make_reader(slugs=["llm", "computer-vision"]).categories
    assert found.signed_up_at == found.confirmed_at == dt.datetime(2024, 5, 1, tzinfo=dt.UTC)
    assert (found.consent_text, found.consent_source) == ("I want it", "conference desk")


@pytest.mark.parametrize(
    "evidence", [",,", "2024-05-01,,", ",I want it,desk", ",,conference desk"], ids=["none", "when", "how", "where"]
)
def test_line_without_whole_evidence_of_consent_is_pending_and_gets_no_mail(brought, mailoutbox, evidence):
    report, _told = brought(HEAD + f"kim@example.org,ko,Asia/Seoul,8,daily,,{evidence}\n")
    assert report.added == {"pending": 1}
    send_letters()
    assert mailoutbox == []


def test_pending_readers_are_asked_to_confirm_when_told_to_one_after_the_other(brought, mailoutbox):
    brought("email\nkim@example.org\nlee@example.org\n", confirm=True)
    send_letters()
    assert [mail.to for mail in mailoutbox] == [["kim@example.org"]], "the second one's turn is seconds later"


def test_columns_that_are_missing_have_the_sites_defaults(brought, settings):
    report, told = brought("email,name\nkim@example.org,Kim\n")
    found = reader("kim@example.org")
    assert (report.unused, told) == (["name"], {})
    assert (found.language, found.time_zone, found.send_hour) == ("ko", "Asia/Seoul", 8)
    assert (found.cadence, found.categories) == ("daily", ALL_CATEGORIES)


def test_address_twice_in_the_file_is_added_once_whatever_its_case(brought):
    report, _told = brought("email\nkim@example.org\nKIM@example.org\n")
    assert (report.fates[Fate.ADDED], report.fates[Fate.TWICE]) == (1, 1)
    assert brought("email\nlee@example.org\nLEE@example.org\n", dry_run=True)[0].fates[Fate.TWICE] == 1


def test_who_is_here_already_keeps_status_and_choices(brought):
    make_reader("kim@example.org", language="en", status=Subscriber.Status.UNSUBSCRIBED)
    report, _told = brought(HEAD + "KIM@example.org,ko,Asia/Seoul,8,daily,all," + ATTESTED)
    assert report.fates == {Fate.KNOWN: 1}
    assert (reader("kim@example.org").status, reader("kim@example.org").language) == ("unsubscribed", "en")


@pytest.mark.parametrize("reason", [Reason.ERASED, Reason.BOUNCED, Reason.COMPLAINED])
def test_suppressed_address_is_not_added_even_with_evidence_of_consent(brought, reason):
    suppression.suppress("kim@example.org", reason)
    report, _told = brought(HEAD + "Kim@Example.org,ko,Asia/Seoul,8,daily,all," + ATTESTED)
    assert (report.fates, Subscriber.objects.count()) == ({Fate.SUPPRESSED: 1}, 0)


def test_erased_address_stays_erased_when_a_list_from_before_is_imported(brought, settings, tmp_path):
    settings.VAR_DIR = tmp_path
    gone = make_reader("kim@example.org")
    old_list = "".join(exported())
    erase(gone)
    report, _told = brought(old_list)
    assert report.fates == {Fate.SUPPRESSED: 1}
    assert not Subscriber.objects.exclude(status="erased").exists()


def test_restored_database_that_forgot_an_erasure_does_not_let_the_address_in_again(brought, settings, tmp_path):
    settings.VAR_DIR = tmp_path
    gone = make_reader("kim@example.org")
    old_list = "".join(exported())
    erase(gone)
    Suppression.objects.all().delete()  # as in a backup from before
    assert brought(old_list)[0].fates == {Fate.SUPPRESSED: 1}


def test_a_no_in_the_file_is_kept_and_suppressed(brought):
    report, _told = brought(
        "email,status\na@example.org,unsubscribed\nb@example.org,complained\nc@example.org,bounced\n"
    )
    assert report.added == {"unsubscribed": 1, "complained": 1, "bounced": 1}
    assert suppression.is_suppressed("b@example.org") == Reason.COMPLAINED
    assert suppression.is_suppressed("c@example.org") == Reason.BOUNCED


def test_second_run_adds_nobody(brought):
    lines = HEAD + "kim@example.org,ko,Asia/Seoul,8,daily,all," + ATTESTED + "lee@example.org,,,,,,,,\n"
    assert brought(lines)[0].fates == {Fate.ADDED: 2}
    assert brought(lines)[0].fates == {Fate.KNOWN: 2}


def test_dry_run_tells_the_same_and_changes_nothing(brought):
    make_reader("known@example.org")
    suppression.suppress("gone@example.org", Reason.ERASED)
    lines = "email\nkim@example.org\nknown@example.org\ngone@example.org\nkim@example.org\nnobody\n"
    dry, dry_told = brought(lines, dry_run=True)
    assert Subscriber.objects.count() == 1
    real, told = brought(lines)
    assert (dry.fates, dry_told) == (real.fates, told)
    assert real.fates == {Fate.ADDED: 1, Fate.KNOWN: 1, Fate.SUPPRESSED: 1, Fate.TWICE: 1, Fate.WRONG: 1}


# ---- what is wrong


@pytest.mark.parametrize(
    ("cells", "why"),
    [
        ("nobody,,,,,,,,", "whole address"),
        ('"=HYPERLINK(""http://x"")",,,,,,,,', "must not begin with ="),
        ("'=cmd|calc@example.org,,,,,,,,", "must not begin with ="),
        ("kim@example.org,fr,,,,,,,", "ko or en"),
        ("kim@example.org,,Mars/Olympus,,,,,,", "Asia/Seoul"),
        ("kim@example.org,,,24,,,,,", "0 to 23"),
        ("kim@example.org,,,,hourly,,,,", "daily, weekdays or weekly"),
        ("kim@example.org,,,,,llm;chess,,,", "chess.*Known are"),
        ("kim@example.org,,,,,,yesterday,,", "2024-11-22T08:00:00"),
        ("kim@example.org,,,,,,9999-12-31,,", "future"),
        (f"kim@example.org,,,,,,,{'x' * 301},", "300 characters"),
    ],
)
def test_wrong_line_is_named_with_what_to_write_and_the_others_go_in(brought, cells, why):
    report, told = brought(HEAD + "first@example.org,,,,,,,,\n" + cells + "\nlast@example.org,,,,,,,,\n")
    assert (report.fates[Fate.ADDED], report.fates[Fate.WRONG]) == (2, 1)
    assert list(told) == [3]
    assert re.search(why, told[3])


def test_line_numbers_count_lines_of_the_file_and_not_records(brought):
    _report, told = brought('email,consent_text\nkim@example.org,"two\nlines"\nnobody,\n')
    assert list(told) == [4]


def test_file_without_a_column_for_addresses_is_refused(brought):
    with pytest.raises(BadFile, match="no column “email”"):
        brought("name\nKim\n")


def test_file_that_names_a_column_twice_is_refused(brought):
    with pytest.raises(BadFile, match="status twice"):
        brought("email,status,status\n")


def test_empty_file_is_refused(brought):
    with pytest.raises(BadFile, match="first line"):
        brought("")


def test_file_in_another_encoding_is_refused_with_its_line_and_what_to_do(brought):
    with pytest.raises(BadFile, match="Line 3 is neither UTF-8.*Save it as CSV in UTF-8"):
        brought(b"email,consent_text\nkim@example.org,\nlee@example.org," + "구독".encode("cp949"))
    assert not Subscriber.objects.exists()


def test_what_stood_before_a_broken_line_is_done_and_a_second_run_does_the_rest(brought, monkeypatch):
    monkeypatch.setattr("subscribers.lists.importing.CHUNK", 100)
    rows = "".join(f"reader{n}@example.org\n" for n in range(600))
    with pytest.raises(Cut, match="Line 602 is neither UTF-8") as cut:
        brought(f"email\n{rows}".encode() + "김@example.org\n".encode("cp949"))
    done = Subscriber.objects.count()
    assert 100 <= done < 600 and cut.value.report.last_line == done + 1
    assert brought(f"email\n{rows}")[0].fates == {Fate.KNOWN: done, Fate.ADDED: 600 - done}


def test_quotation_mark_that_is_never_closed_is_found(brought):
    with pytest.raises(BadFile, match="Line 3 .*quotation mark"):
        brought('email,consent_text\nkim@example.org,\nlee@example.org,"oh\nmin@example.org,\n')


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_encodings_and_delimiters_of_spreadsheets_are_understood(brought, encoding, delimiter):
    rows = [["email", "consent_text", "language"], ["kim@example.org", "구독합니다; 네, 매일", "en"]]
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter).writerows(rows)
    report, told = brought(text.getvalue().encode(encoding))
    assert (told, report.fates) == ({}, {Fate.ADDED: 1})
    assert reader("kim@example.org").consent_text == "구독합니다; 네, 매일"


# ---- and out again

FORMULAS = [
    "=HYPERLINK(1)",
    "+1",
    "-1",
    "@SUM(A1)",
    "\tx",
    "\rx",
    "＝1+1",
    "'=already",
    "'plain",
    " =x",
    "plain",
    "''=",
    "'",
]


@pytest.mark.parametrize("value", FORMULAS)
def test_formula_is_guarded_and_comes_back_as_it_was(value):
    cell = guarded(value)
    assert bare(cell) == value
    assert cell == value or cell == f"'{value}"
    assert cell.strip()[:1] not in ("=", "+", "-", "@", "＝") and cell[:1] not in ("\t", "\r")


def test_list_comes_back_exactly_as_it_went_out(brought, settings):
    for number, text in enumerate(FORMULAS):
        make_reader(f"r{number}@example.org", consent_text=text, consent_source=text)
    make_reader("some@example.org", slugs=["llm", "robotics"], cadence="weekly", paused_until=dt.date(2099, 1, 1))
    make_reader("none@example.org", categories=0, language="en", time_zone="America/Lima", send_hour=0)
    make_reader("left@example.org", status="unsubscribed", left_at=dt.datetime(2024, 1, 2, 3, 4, 5, 678, dt.UTC))
    make_reader(
        "old@example.org",
        signed_up_from="192.0.2.0/24",
        confirmed_from="2001:db8::/48",
        consent_renewed_at=dt.datetime(2024, 5, 6, tzinfo=dt.UTC),
    )
    make_reader("new@example.org", status="pending", confirmed_at=None)
    make_reader("back@example.org", status="bounced")
    out = "".join(exported())
    assert "\n" in out and all(line.startswith('"') for line in out.splitlines() if "@example.org" in line[:40])
    Subscriber.objects.all().delete()
    report, told = brought(out)
    assert (told, report.fates) == ({}, {Fate.ADDED: len(FORMULAS) + 6})
    assert "".join(exported()) == out


def test_export_asks_the_database_as_often_for_many_readers_as_for_one(django_assert_num_queries):
    for _each in range(3):
        make_reader()
    with django_assert_num_queries(2):
        assert len(list(exported())) == 4


# ---- the commands


def test_command_tells_the_sum_and_ends_with_an_error_when_a_line_is_wrong(tmp_path, capsys):
    path = tmp_path / "list.csv"
    path.write_text("email\nkim@example.org\nnobody\n")
    with pytest.raises(CommandError, match="1 lines are wrong"):
        call_command("import_subscribers", path)
    told = capsys.readouterr().out
    assert "line 3: Enter the whole address" in told
    assert "2 lines: added 1, wrong 1" in told and "added: pending 1" in told


def test_command_that_cannot_read_the_file_did_nothing(tmp_path):
    with pytest.raises(CommandError, match="No such file.*Nothing was done"):
        call_command("import_subscribers", tmp_path / "nowhere.csv")


def test_export_to_a_file_is_its_owners_alone_and_overwrites_nothing(tmp_path, capsys):
    make_reader("kim@example.org")
    path = tmp_path / "out.csv"
    call_command("export_subscribers", out=path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert "1 subscribers written" in capsys.readouterr().out
    with pytest.raises(CommandError, match="cannot be written"):
        call_command("export_subscribers", out=path)
    call_command("export_subscribers")
    assert capsys.readouterr().out == path.read_bytes().decode()


# ---- the page in admin


def signed_in(client, user, seconds_ago: float = 0):
    client.force_login(user)
    session = client.session
    session["fresh_at"] = time.time() - seconds_ago
    session.save()


def test_list_is_handed_out_to_administrators_and_that_is_noted(client):
    make_reader("lee@example.org", consent_text="=1+1")
    signed_in(client, make_staff("kim", "administrator"))
    assert EXPORT in client.get(reverse("admin:subscribers_subscriber_changelist")).content.decode()
    assert b"lee@example.org" not in client.get(EXPORT).content
    answer = client.post(EXPORT)
    text = b"".join(answer.streaming_content).decode()
    assert text.startswith('\ufeff"email"') and '"lee@example.org"' in text and '"\'=1+1"' in text
    assert answer["Content-Disposition"].startswith("attachment") and "no-store" in answer["Cache-Control"]
    line = AuditLine.objects.get(act=AuditLine.Act.EXPORT)
    assert (line.who, line.facts) == ("kim", {"count": 1})


def test_who_signed_in_long_ago_is_asked_again_before_the_list_is_handed_out(client):
    signed_in(client, make_staff("kim", "administrator"), seconds_ago=3600)
    for answer in (client.get(EXPORT), client.post(EXPORT)):
        assert answer.status_code == 302 and "again" in answer["Location"]
    assert not AuditLine.objects.filter(act=AuditLine.Act.EXPORT).exists()


@pytest.mark.parametrize("role", ["viewer", "editor", "operator"])
def test_list_is_not_handed_out_without_the_right(client, role):
    signed_in(client, make_staff("lee", role))
    assert EXPORT not in client.get(reverse("admin:subscribers_subscriber_changelist")).content.decode()
    for answer in (client.get(EXPORT), client.post(EXPORT)):
        assert answer.status_code == 403


def test_commands_leave_a_line_in_the_audit_log(tmp_path, capsys):
    path = tmp_path / "list.csv"
    path.write_text("email\nkim@example.org\n")
    call_command("import_subscribers", path, dry_run=True)
    assert not AuditLine.objects.exists()
    call_command("import_subscribers", path)
    call_command("export_subscribers")
    told = [(line.act, line.who, line.facts) for line in AuditLine.objects.order_by("pk")]
    assert told == [("import", "command line", {"count": 1, "active": 0}), ("export", "command line", {"count": 1})]
