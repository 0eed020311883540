"""Where a request comes from: believed only as far as our own proxies wrote it."""

import pytest
from django.test import RequestFactory

from newsletter.visitors import SHOWN, client_address, is_from_elsewhere, network

pytestmark = pytest.mark.once


def asked_from(remote, forwarded=None, **headers):
    told = {"x-forwarded-for": forwarded} if forwarded is not None else {}
    return RequestFactory().post("/subscribe/", headers={**told, **headers}, REMOTE_ADDR=remote)


@pytest.mark.parametrize(
    ("proxies", "remote", "forwarded", "visitor"),
    [
        (0, "203.0.113.5", None, "203.0.113.5"),
        (0, "203.0.113.5", "1.2.3.4", "203.0.113.5"),
        (1, "10.0.0.1", "203.0.113.5", "203.0.113.5"),
        (1, "10.0.0.1", "1.2.3.4, 203.0.113.5", "203.0.113.5"),
        (2, "10.0.0.1", "1.2.3.4, 203.0.113.5, 10.0.0.2", "203.0.113.5"),
        (2, "10.0.0.1", "203.0.113.5", "10.0.0.1"),
        (1, "10.0.0.1", "", "10.0.0.1"),
        (1, "10.0.0.1", "unknown", "10.0.0.1"),
        (1, "10.0.0.1", "203.0.113.5:4711", "203.0.113.5"),
        (1, "10.0.0.1", "[2001:db8::1]:4711", "2001:db8::1"),
        (0, "2001:db8::1", None, "2001:db8::1"),
        (0, "::ffff:203.0.113.5", None, "203.0.113.5"),
        (0, "", None, "0.0.0.0"),
    ],
)
def test_the_visitor_is_who_our_outermost_proxy_saw(settings, proxies, remote, forwarded, visitor):
    settings.PROXIES = proxies
    assert str(client_address(asked_from(remote, forwarded))) == visitor


def test_a_proxy_that_the_settings_do_not_know_is_reported(settings, caplog):
    settings.PROXIES = 0
    client_address(asked_from("127.0.0.1", "203.0.113.5"))
    assert "BEHIND_PROXY" in caplog.text


@pytest.mark.parametrize(
    ("address", "counted", "kept"),
    [
        ("203.0.113.77", "203.0.113.0/24", "203.0.113.0/24"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64", "2001:db8:1::/48"),
    ],
)
def test_networks_are_what_a_household_holds_and_evidence_is_coarser(address, counted, kept):
    visitor = client_address(asked_from(address))
    assert (network(visitor), network(visitor, SHOWN)) == (counted, kept)


@pytest.mark.parametrize(
    ("headers", "elsewhere"),
    [
        ({}, False),
        ({"origin": "http://testserver"}, False),
        ({"origin": "https://papers.example.org"}, False),
        ({"referer": "http://testserver/subscribe/"}, False),
        ({"origin": "https://blog.example.net"}, True),
        ({"origin": "http://testserver:81"}, True),
        ({"origin": "https://testserver"}, False),
        ({"origin": "https://testserver.evil.example"}, True),
        ({"origin": "https://testserver@evil.example"}, True),
        ({"origin": "null"}, True),
        ({"referer": "https://blog.example.net/http://testserver/"}, True),
    ],
)
def test_a_form_of_another_site_is_told_by_what_the_browser_says(settings, headers, elsewhere):
    settings.CSRF_TRUSTED_ORIGINS = ["https://papers.example.org"]
    assert is_from_elsewhere(asked_from("203.0.113.5", **headers)) is elsewhere
