"""Logs hold no link that works and no address."""

import logging

import pytest

from newsletter.logs import Discreet

pytestmark = pytest.mark.once


@pytest.mark.parametrize(
    ("message", "args", "told"),
    [
        ("Forbidden: %s", ("/preferences/abc.DEF-123/",), "Forbidden: /preferences/…/"),
        ("Not Found: /unsubscribe/N1qybAmMaR08.XSTw/", (), "Not Found: /unsubscribe/…/"),
        ("refused: %s", ("Some.One+x@mail.example.org",), "refused: <address>"),
        ("Digest %s: %d deliveries opened", ("2024-11-22", 6), "Digest 2024-11-22: 6 deliveries opened"),
    ],
)
def test_links_and_addresses_are_taken_out_of_a_message(message, args, told):
    record = logging.LogRecord("x", logging.INFO, "", 0, message, args, None)
    assert Discreet().filter(record)
    assert record.getMessage() == told
