"""How often what is allowed: the verdict on a sign-up, by counts alone."""

import datetime as dt

import pytest

from subscribers.signing_up.limits import Facts, State, Verdict, Why, domain_counted, folded, keyed, verdict
from subscribers.suppression import Reason

pytestmark = pytest.mark.once


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({}, Verdict(State.CONFIRMATION)),
        ({"status": "pending"}, Verdict(State.CONFIRMATION)),
        ({"status": "unsubscribed"}, Verdict(State.CONFIRMATION)),
        ({"status": "bounced", "suppressed": Reason.BOUNCED}, Verdict(State.CONFIRMATION)),
        ({"suppressed": Reason.ERASED}, Verdict(State.CONFIRMATION)),
        ({"status": "active"}, Verdict(State.ALREADY)),
        ({"status": "complained"}, Verdict(State.REFUSED, Why.COMPLAINED)),
        ({"suppressed": Reason.COMPLAINED}, Verdict(State.REFUSED, Why.COMPLAINED)),
        ({"by_visitor": 4}, Verdict(State.CONFIRMATION)),
        ({"by_visitor": 5}, Verdict(State.REFUSED, Why.VISITOR)),
        ({"by_network": 20}, Verdict(State.REFUSED, Why.NETWORK)),
        ({"to_address_lately": 1}, Verdict(State.REFUSED, Why.ADDRESS)),
        ({"to_address_lately": 1, "status": "active"}, Verdict(State.REFUSED, Why.ADDRESS)),
        ({"to_address": 2}, Verdict(State.CONFIRMATION)),
        ({"to_address": 3}, Verdict(State.REFUSED, Why.ADDRESS)),
        ({"earlier_waits": True}, Verdict(State.WAITING)),
        ({"to_domain": 60}, Verdict(State.WAITING)),
        ({"mailed_lately": 30}, Verdict(State.WAITING)),
        ({"mailed_until_alarm": 300}, Verdict(State.REFUSED, Why.ALARM)),
        ({"waited": dt.timedelta(hours=25), "to_domain": 60}, Verdict(State.REFUSED, Why.STALE)),
    ],
)
def test_the_verdict(facts, expected):
    assert verdict(Facts(**facts)) == expected


@pytest.mark.parametrize(
    ("address", "counted_as"),
    [
        ("v.i.c.t.i.m+17@gmail.com", "victim@gmail.com"),
        ("Victim@GoogleMail.com", "victim@gmail.com"),
        ("first.last+news@example.org", "first.last@example.org"),
        ("First.Last@example.org", "first.last@example.org"),
        ("+@example.org", "+@example.org"),
    ],
)
def test_limits_count_spellings_of_one_mailbox_together(address, counted_as):
    assert folded(address) == counted_as


def test_the_large_providers_have_no_limit_of_their_own():
    assert domain_counted("a@Company.example") == "company.example"
    assert domain_counted("a@naver.com") == domain_counted("a@gmail.com") == ""


def test_what_is_kept_for_counting_tells_nothing_without_the_key(settings):
    here = keyed("address", "kim@example.org")
    assert here == keyed("address", "kim@example.org") != keyed("domain", "kim@example.org")
    settings.SECRET_KEY = "another key"
    assert keyed("address", "kim@example.org") != here
