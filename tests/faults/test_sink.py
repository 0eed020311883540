"""The sink: an SMTP server that is right where no fault is set, and wrong exactly where one is."""

import smtplib
import socket
from collections.abc import Callable

import pytest

from tests.faults.machines import wait_for
from tests.faults.mischief import Remote

pytestmark = pytest.mark.once
MAIL = "Message-ID: <d1.abc@papers.example>\r\nSubject: x\r\n\r\nhello\r\n..dot\r\n"
Start = Callable[[str], Remote]


def send(sink: Remote, *people: str) -> None:
    with smtplib.SMTP("127.0.0.1", sink.port, timeout=5) as wire:
        for who in people:
            wire.sendmail("from@papers.example", [f"{who}@example.org"], MAIL)


def test_a_mail_is_logged_when_it_is_accepted(receiving: Start) -> None:
    sink = receiving("sink")
    send(sink, "a", "b")
    logged = sink.accepted()
    assert [(line["to"], line["mid"]) for line in logged] == [
        ("a@example.org", "<d1.abc@papers.example>"),
        ("b@example.org", "<d1.abc@papers.example>"),
    ]
    assert logged[0]["sha"] == logged[1]["sha"]


def test_commands_that_come_all_at_once_are_answered_in_order(receiving: Start) -> None:
    sink = receiving("sink")
    lines = ["EHLO here", "MAIL FROM:<f@papers.example>", "RCPT TO:<a@example.org>", "DATA", "Subject: x", "", "y", "."]
    lines += ["MAIL FROM:<f@papers.example>", "RCPT TO:<b@example.org>", "DATA", "Subject: x", "", "y", ".", "QUIT"]
    with socket.create_connection(("127.0.0.1", sink.port), timeout=5) as wire:
        wire.sendall("".join(f"{line}\r\n" for line in lines).encode())
        answers = wire.makefile("rb").read().decode().splitlines()
    codes = [line[:3] for line in answers if line[3] == " "]
    assert codes == ["220", "250", "250", "250", "354", "250", "250", "250", "354", "250", "221"]
    assert sink.count() == 2


def test_a_refusal_hits_whom_it_names_and_nobody_else(receiving: Start) -> None:
    sink = receiving("sink")
    sink.fault("rcpt", "550 5.1.1", match="b@")
    with pytest.raises(smtplib.SMTPRecipientsRefused):
        send(sink, "a", "b")
    assert [line["to"] for line in sink.accepted()] == ["a@example.org"]
    assert sink.fired() == {"rcpt 550 5.1.1": 1}


def test_a_mail_whose_reply_is_lost_was_accepted(receiving: Start) -> None:
    sink = receiving("sink")
    sink.fault("body", "accept-reset", first=1, skip=1)
    with pytest.raises((smtplib.SMTPServerDisconnected, ConnectionError)):
        send(sink, "a", "b")
    assert [line["to"] for line in sink.accepted()] == ["a@example.org", "b@example.org"]


def test_a_reply_is_held_until_it_is_released(receiving: Start) -> None:
    sink = receiving("sink")
    sink.fault("body", "accept-hold", first=1)
    with socket.create_connection(("127.0.0.1", sink.port), timeout=5) as wire, wire.makefile("rb") as answers:
        wire.sendall(b"HELO x\r\nMAIL FROM:<f@x>\r\nRCPT TO:<a@x>\r\nDATA\r\nSubject: x\r\n\r\ny\r\n.\r\nQUIT\r\n")
        assert [answers.readline()[:3] for _ in range(5)] == [b"220", b"250", b"250", b"250", b"354"]
        wait_for(lambda: sink.ask("holding"), 5, "the reply to be held")
        assert sink.count() == 1
        assert sink.ask("release") == 1
        assert answers.read().startswith(b"250")


def test_a_closed_port_refuses_until_it_is_opened(receiving: Start) -> None:
    sink = receiving("sink")
    sink.ask("listen", on=False)
    with pytest.raises(ConnectionRefusedError):
        send(sink, "a")
    sink.ask("listen", on=True)
    send(sink, "a")
    assert sink.count() == 1
