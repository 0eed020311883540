"""Logs hold no link that works and no address."""

import logging
import sys

import pytest
from django.db.utils import OperationalError

from newsletter.logs import Discreet, DiscreetLines, Outage

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


def test_database_that_is_away_is_one_line_for_each_task_and_other_errors_keep_their_trace():
    def line_of(error: Exception) -> str:
        try:
            raise error
        except (OperationalError, ValueError):
            told = ("Task %s raised unexpected: %r", ("subscribers.tick", error))
            record = logging.LogRecord("celery.app.trace", logging.ERROR, "", 0, *told, sys.exc_info())
        assert Outage().filter(record)
        return DiscreetLines("%(levelname)s %(message)s").format(record)

    away = line_of(OperationalError("connection refused\nIs the server running?"))
    assert (
        away
        == r"ERROR Task subscribers.tick raised unexpected: OperationalError('connection refused\nIs the server running?')"
    )
    assert "Traceback" in line_of(ValueError("a mistake of ours"))
