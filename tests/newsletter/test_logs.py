"""Logs hold no link that works and no address."""

import logging
import sys

import psycopg
import pytest
from django.db.utils import OperationalError
from django.utils import translation
from django.utils.translation import gettext

from newsletter.logs import Discreet, DiscreetLines, NoTrace

pytestmark = pytest.mark.once


@pytest.mark.parametrize(
    ("message", "args", "told"),
    [
        ("Forbidden: %s", ("/preferences/abc.DEF-123/",), "Forbidden: /preferences/…/"),
        ("Not Found: /unsubscribe/N1qybAmMaR08.XSTw/", (), "Not Found: /unsubscribe/…/"),
        ("Not Found: %s", ("/admin/forgotten/MQ/abc-def123/",), "Not Found: /admin/forgotten/MQ/…/"),
        ("refused: %s", ("Some.One+x@mail.example.org",), "refused: <address>"),
        ("no answer of %s", ("smtp://kim:secret@mail.example.org:25",), "no answer of smtp://…@mail.example.org:25"),
        ("sent Authorization: Bearer abc.DEF-123456", (), "sent Authorization: Bearer …"),
        (
            "Incorrect API key provided: sk-abc123DEF456.",
            (),
            "Incorrect API key provided: sk ….",
        ),
        ("Digest %s: %d deliveries opened", ("2024-11-22", 6), "Digest 2024-11-22: 6 deliveries opened"),
    ],
)
def test_links_and_addresses_are_taken_out_of_a_message(message, args, told):
    record = logging.LogRecord("x", logging.INFO, "", 0, message, args, None)
    assert Discreet().filter(record)
    assert record.getMessage() == told


def test_trace_of_an_error_is_as_discreet_as_a_message():
    try:
        raise ValueError("550 no such user kim@example.org, see /unsubscribe/N1qy.XSTw/")
    except ValueError:
        record = logging.LogRecord("x", logging.ERROR, "", 0, "not sent", (), sys.exc_info())
    line = DiscreetLines("%(message)s").format(record)
    assert "Traceback" in line and "<address>" in line
    assert "kim" not in line and "N1qy" not in line


def test_what_comes_from_outside_cannot_begin_a_line_of_its_own():
    record = logging.LogRecord(
        "x", logging.INFO, "", 0, "refused: %s", ("no\n2024-11-22 INFO x: all is well\r\n",), None
    )
    assert Discreet().filter(record)
    assert record.getMessage() == "refused: no 2024-11-22 INFO x: all is well"


def line_of(name: str, error: Exception, message: str, *args: object) -> str:
    """What the log says when `error` is told of by the logger `name`."""
    record = logging.LogRecord(name, logging.ERROR, "", 0, message, args, (type(error), error, error.__traceback__))
    assert NoTrace().filter(record)
    assert Discreet().filter(record)
    return DiscreetLines("%(message)s").format(record)


def raised(error: Exception) -> Exception:
    """The error with a trace, as it is caught."""
    try:
        raise error
    except type(error) as caught:
        return caught


def test_database_that_is_away_is_one_line_for_each_task_and_page():
    error = raised(OperationalError("connection refused"))
    line = line_of("celery.app.trace", error, "Task %s raised unexpected: %r", "subscribers.tick", error)
    assert line == "Task subscribers.tick raised unexpected: OperationalError('connection refused')"
    error.__cause__ = psycopg.errors.AdminShutdown()
    assert (
        line_of("django.request", error, "Internal Server Error: %s", "/")
        == "Internal Server Error: /: connection refused"
    )


def test_mistake_of_ours_keeps_its_trace():
    error = raised(ValueError("a mistake"))
    assert "Traceback" in line_of("celery.app.trace", error, "Task raised unexpected: %r", error)
    deadlock = raised(OperationalError("deadlock detected"))
    deadlock.__cause__ = psycopg.errors.DeadlockDetected()
    assert "Traceback" in line_of("django.request", deadlock, "Internal Server Error: /")


def test_broker_that_is_away_and_a_strange_host_name_are_one_line_each():
    error = raised(RuntimeError("away"))
    assert line_of("celery.beat", error, "Message Error: %s\n%s", error, "[the stack]") == "Message Error: away"
    assert line_of("django.security.DisallowedHost", error, "Invalid HTTP_HOST header: '1.2.3.4'").count("\n") == 0


class Row:
    """One of ours, as it calls itself on a page."""

    def __str__(self) -> str:
        return str(gettext("daily"))


def test_log_is_in_english_whatever_the_language_of_the_page_being_made():
    record = logging.LogRecord("x", logging.INFO, "", 0, "Digest %s: opened", (Row(),), None)
    with translation.override("ko"):
        assert str(Row()) == "일간"
        assert Discreet().filter(record)
        assert record.getMessage() == "Digest daily: opened"
        assert translation.get_language() == "ko"
