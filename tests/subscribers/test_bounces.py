"""Mails that come back: what they say, which mail they are about, and who cannot make them say it."""

import io
import json
import mailbox
import os
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.core.checks import run_checks
from django.core.management import CommandError, call_command

from subscribers.checks import check_bounce_mailbox
from subscribers.delivery import bounces, mailboxes, names
from subscribers.models import DeliveryEvent, UnusedReports
from tests.subscribers.came_back import Kind, make_delivery, reader_of, status_of

RECORDED = os.environ.get("RECORDED_DATA", "")
NAME = names.name_of(7)


@pytest.fixture(autouse=True)
def with_return_path(settings):
    settings.RETURN_PATH = "bounces@papers.example.com"


def bounce(*, to="", own_id="", status="5.1.1", action="failed", diagnostic="550 5.1.1 no such user", **headers):
    """A bounce as Postfix makes it. `to` and `own_id` may name a mail of ours."""
    extra = "".join(f"{name.replace('_', '-')}: {value}\n" for name, value in headers.items())
    return f"""\
Return-Path: <>
To: {to or "digest@papers.example.com"}
From: MAILER-DAEMON@mx.example.com (Mail Delivery System)
Subject: Undelivered Mail Returned to Sender
Message-ID: <20241122.1@mx.example.com>
Auto-Submitted: auto-replied
{extra}MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="B"

--B
Content-Type: text/plain; charset=us-ascii

I'm sorry to have to inform you that your message could not be delivered.

--B
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.com

Final-Recipient: rfc822; reader@example.com
Action: {action}
Status: {status}
Diagnostic-Code: smtp; {diagnostic}

--B
Content-Type: message/rfc822

From: digest@papers.example.com
To: reader@example.com
Message-ID: {own_id or "<x@elsewhere>"}
Subject: Papers

text
--B--
""".encode()


def verp(name=NAME):
    return f"bounces+{name}@papers.example.com"


@pytest.mark.parametrize(
    ("status", "diagnostic", "kind"),
    [
        ("5.1.1", "550 5.1.1 <reader@example.com>: user unknown", Kind.BOUNCED),
        ("5.4.4", "Host or domain name not found", Kind.BOUNCED),
        ("5.0.0", "550 5.4.1 Recipient address rejected: Access denied", Kind.BOUNCED),
        ("5.2.1", "550 disabled", Kind.BOUNCED),
        ("5.2.2", "552 5.2.2 mailbox full", Kind.SOFT_BOUNCE),
        ("5.0.0", "554 5.7.1 message looks like spam", Kind.SOFT_BOUNCE),
        ("5.0.0", "550 go away", Kind.SOFT_BOUNCE),
        ("4.4.1", "connection timed out", Kind.SOFT_BOUNCE),
    ],
)
def test_only_a_code_about_the_address_is_for_good(status, diagnostic, kind):
    assert bounces.read(bounce(to=verp(), status=status, diagnostic=diagnostic)).kind == kind


def test_delay_is_no_bounce():
    assert bounces.read(bounce(to=verp(), action="delayed", status="4.4.1")).kind == Kind.ACCEPTED


@pytest.mark.parametrize("header", ["Delivered-To", "X-Original-To", "Envelope-To"])
def test_return_path_names_the_mail_wherever_the_server_keeps_it_and_in_any_case(header):
    assert bounces.read(bounce(**{header.replace("-", "_"): verp(NAME.upper())})).name == NAME


def test_message_id_of_the_returned_mail_names_it_too():
    assert bounces.read(bounce(own_id=names.message_id(3, 7))).name == NAME


def test_what_a_stranger_knows_names_nothing():
    spoofed = bounce(
        From="reader@example.com", In_Reply_To=names.message_id(3, 7), References=names.message_id(3, 7), Cc=verp()
    )
    assert bounces.read(spoofed).name == ""
    assert bounces.read(bounce(to=f"bounces+{NAME}@elsewhere.example")).name == ""


def test_return_path_is_the_senders_address_unless_set(settings):
    assert names.return_path(7) == verp()
    settings.RETURN_PATH, settings.FROM_EMAIL = "", "Papers <digest@papers.example.com>"
    assert names.return_path(7) == "digest@papers.example.com"
    assert names.named_in_return_path(verp()) == ""


@pytest.mark.parametrize("wrong", ["bounces", "@example.com", "x" * 40 + "@example.com", "bounces@localhost"])
def test_return_path_that_cannot_carry_a_name_is_an_error_at_start(settings, wrong):
    settings.RETURN_PATH = wrong
    assert "subscribers.E001" in {error.id for error in run_checks()}


@pytest.mark.parametrize(
    "text",
    [
        "Subject: Automatic reply: Papers\nAuto-Submitted: auto-replied\n\nI am away until Monday. unsubscribe\n",
        "Subject: 부재중\nX-Autoreply: yes\nContent-Type: text/plain; charset=utf-8\n\n휴가 중입니다.\n",
        "Subject: Re: Papers\nFrom: reader@example.com\n\nunsubscribe me please\n",
        "",
        "Content-Type: multipart/mixed; boundary=x\n\n" + "--x\nContent-Type: multipart/mixed; boundary=x\n\n" * 3000,
        "Content-Type: message/rfc822\n\n" * 3000,
        "".join(f"Content-Type: multipart/mixed; boundary=b{n}\n\n--b{n}\n" for n in range(2000)),
    ],
)
def test_answers_letters_and_nonsense_are_no_bounces(text):
    assert bounces.report_in(f"To: {verp()}\n{text}".encode()) is None


def test_body_that_a_parser_stumbles_over_is_no_bounce(monkeypatch):
    def stumbles(message):
        raise LookupError("unknown encoding")

    monkeypatch.setattr(bounces, "all_failures", stumbles)
    assert bounces.report_in(bounce(to=verp())) is None


def feedback(kind, own_id):
    """A complaint as a large provider mails it."""
    return f"""\
To: complaints@papers.example.com
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary="B"

--B
Content-Type: message/feedback-report

Feedback-Type: {kind}
User-Agent: Loop/1.0
Version: 1

--B
Content-Type: text/rfc822-headers

From: digest@papers.example.com
Message-ID: {own_id}

--B--
""".encode()


def test_feedback_report_is_a_complaint_and_not_spam_is_none():
    own = names.message_id(3, 7)
    assert bounces.read(feedback("abuse", own))[:2] == (NAME, Kind.COMPLAINED)
    assert bounces.report_in(feedback("not-spam", own)) is None


# ---- the ways in


def piped(monkeypatch, raw):
    """What the command says of a mail on its standard input."""
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(raw)))
    said = io.StringIO()
    call_command("record_bounce", stdout=said)
    return said.getvalue()


@pytest.mark.django_db
def test_piped_bounce_strikes_the_reader_off_once(monkeypatch):
    delivery = make_delivery()
    raw = bounce(to=verp(names.name_of(delivery.pk)))
    assert "applied" in piped(monkeypatch, raw)
    assert "repeated" in piped(monkeypatch, raw.replace(b"20241122.1", b"20241122.2"))
    assert (status_of(delivery), reader_of(delivery)) == ("bounced", "bounced")
    assert DeliveryEvent.objects.get().detail.startswith("smtp; 550 5.1.1")


@pytest.mark.django_db
def test_piped_mail_that_is_none_of_ours_is_counted_and_no_error(monkeypatch):
    assert "unmatched" in piped(monkeypatch, bounce())
    assert "No bounce" in piped(monkeypatch, b"Subject: hello\n\nhello\n")
    assert UnusedReports.objects.get().count == 1


@pytest.mark.django_db
def test_mail_that_no_parser_bears_hides_none_of_the_others_in_the_maildir(tmp_path):
    delivery = make_delivery()
    folder = mailbox.Maildir(tmp_path / "box")
    nested, good = b"Content-Type: message/rfc822\n\n" * 3000, bounce(to=verp(names.name_of(delivery.pk)))
    for name, raw in {"a": nested, "b": good}.items():
        (tmp_path / "box" / "new" / name).write_bytes(raw)
    assert mailboxes.read_mailbox(f"maildir://{tmp_path}/box") == {"no bounce": 1, "applied": 1}
    assert mailboxes.read_mailbox(f"maildir://{tmp_path}/box") == {}
    assert reader_of(delivery) == "bounced"
    assert sorted(folder.keys()) == ["a", "b"], "they are kept for people to look at"


@pytest.mark.django_db
def test_flags_that_others_set_in_the_maildir_stay(tmp_path):
    mailbox.Maildir(tmp_path / "box")
    (tmp_path / "box" / "cur" / "a:2,F").write_bytes(b"Subject: hello\n\nhello\n")
    assert mailboxes.read_mailbox(f"maildir://{tmp_path}/box") == {"no bounce": 1}
    assert [file.name for file in (tmp_path / "box" / "cur").iterdir()] == ["a:2,FS"]


@pytest.mark.django_db
def test_maildir_is_read_once_and_kept(settings, tmp_path):
    delivery = make_delivery()
    folder = mailbox.Maildir(tmp_path / "box")
    folder.add(bounce(to=verp(names.name_of(delivery.pk))))
    folder.add(b"Subject: hello\n\nhello\n")
    settings.BOUNCE_MAILBOX = f"maildir://{tmp_path}/box"
    said = io.StringIO()
    call_command("read_bounces", stdout=said)
    assert said.getvalue().strip() == "applied 1, no bounce 1"
    assert reader_of(delivery) == "bounced"
    assert mailboxes.read_mailbox(settings.BOUNCE_MAILBOX) == {}
    assert len(mailbox.Maildir(tmp_path / "box")) == 2


class Imap:
    """An IMAP server with one unread mail."""

    def __init__(self, raw):
        self.raw, self.calls = raw, []

    def __call__(self, host, port, **options):
        self.calls.append((host, port))
        return self

    def __enter__(self):
        return self

    def __exit__(self, *error):
        return None

    def login(self, user, password):
        self.calls.append((user, password))

    def select(self, folder):
        self.calls.append(folder)
        return "OK", [b"1"]

    def uid(self, command, *arguments):
        self.calls.append((command, *arguments))
        return "OK", {"SEARCH": [b"41"], "FETCH": [(b"1 (UID 41 BODY[]<0> {9}", self.raw), b")"]}.get(command, [])


@pytest.mark.django_db
def test_imap_mailbox_is_read_and_marked_after_recording(settings, monkeypatch):
    delivery = make_delivery()
    server = Imap(bounce(to=verp(names.name_of(delivery.pk))))
    monkeypatch.setattr(mailboxes.imaplib, "IMAP4_SSL", server)
    assert mailboxes.read_mailbox("imaps://bounces%40x:p%3Aw@mail.example.com/Returned%20mail") == {"applied": 1}
    assert server.calls[:3] == [("mail.example.com", 993), ("bounces@x", "p:w"), '"Returned mail"']
    assert server.calls[-1] == ("STORE", "41", "+FLAGS", r"(\Seen)")


@pytest.mark.parametrize("address", ["", "imap://user:x@host/", "/var/mail/bounces", "maildir://"])
def test_mailbox_that_is_none_is_an_error_in_a_sentence(settings, address):
    settings.BOUNCE_MAILBOX = address
    with pytest.raises(CommandError, match="BOUNCE_MAILBOX must be"):
        call_command("read_bounces")


# ---- recorded bounces, with what they should say


@pytest.mark.skipif(not RECORDED, reason="RECORDED_DATA names no folder of recorded bounces")
def test_recorded_bounces_name_the_recorded_addresses_for_now_and_for_good():
    folder = Path(RECORDED, "data")
    recorded = json.loads((folder / "bounces_expected.json").read_text(encoding="utf-8"))
    assert len(recorded) > 100
    for each in recorded:
        found = bounces.read((folder / "bounces" / Path(each["file"]).name).read_bytes())
        expected = frozenset(each["expected"] or [])
        assert (found.delayed if each["temporary"] else found.failed) == expected, each["file"]
        assert (found.kind is None) == (not expected), each["file"]
        assert found.name == "", each["file"]


def test_mailbox_that_cannot_be_one_is_named_at_the_start(settings):
    settings.BOUNCE_MAILBOX = "imap.example.com"
    assert "must be imaps://" in check_bounce_mailbox(None)[0].msg
    settings.BOUNCE_MAILBOX = "maildir:///var/mail/bounces"
    assert check_bounce_mailbox(None) == []
