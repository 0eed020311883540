"""Signed links: one purpose each, short, and good for as long as mails are kept."""

import datetime as dt
import logging

import pytest
import time_machine

from newsletter.logs import Discreet
from subscribers import links
from subscribers.links import CONFIRM, PREFERENCES, UNSUBSCRIBE, BadLink
from subscribers.models import new_key

KEY = "abcDEF_-0123"


@pytest.mark.parametrize("purpose", links.Purpose)
def test_a_link_leads_back_to_its_subscriber(purpose):
    assert links.read(purpose, links.token(purpose, KEY)) == KEY


@pytest.mark.parametrize("purpose", links.Purpose)
@pytest.mark.parametrize("other", links.Purpose)
def test_a_link_for_one_thing_is_good_for_nothing_else(purpose, other):
    if purpose is other:
        return
    with pytest.raises(BadLink):
        links.read(other, links.token(purpose, KEY))


def test_the_link_to_leave_is_short_enough_not_to_be_folded_in_a_header():
    for _ in range(50):
        token = links.token(UNSUBSCRIBE, new_key())
        assert len(token) < 60
        assert token.replace("-", "").replace("_", "").replace(".", "").isalnum()


def test_a_whole_link_begins_with_the_configured_address(settings):
    settings.SITE_URL = "https://papers.example.org"
    url = links.url(UNSUBSCRIBE, KEY)
    assert url == f"https://papers.example.org/unsubscribe/{links.token(UNSUBSCRIBE, KEY)}/"


@pytest.mark.parametrize(
    "token", ["", "x", ".", KEY, f"{KEY}.", f"{KEY}.{'A' * 43}", "한글.글자", "a" * 5000, "\x00.\x00"]
)
@pytest.mark.parametrize("purpose", links.Purpose)
def test_an_invented_token_is_refused(purpose, token):
    with pytest.raises(BadLink):
        links.read(purpose, token)


def test_a_token_with_any_character_changed_is_refused():
    token = links.token(UNSUBSCRIBE, KEY)
    for place, letter in enumerate(token):
        changed = token[:place] + ("B" if letter != "B" else "C") + token[place + 1 :]
        with pytest.raises(BadLink):
            links.read(UNSUBSCRIBE, changed)


def test_a_confirmation_is_good_for_seven_days():
    with time_machine.travel(dt.datetime(2024, 11, 22, 8, tzinfo=dt.UTC), tick=False):
        token = links.token(CONFIRM, KEY)
    with time_machine.travel(dt.datetime(2024, 11, 29, 8, tzinfo=dt.UTC), tick=False):
        assert links.read(CONFIRM, token) == KEY
    with time_machine.travel(dt.datetime(2024, 11, 29, 8, 0, 2, tzinfo=dt.UTC), tick=False), pytest.raises(BadLink):
        links.read(CONFIRM, token)


@pytest.mark.parametrize("purpose", [PREFERENCES, UNSUBSCRIBE])
def test_a_link_to_leave_or_choose_works_after_years_and_after_new_keys(purpose, settings):
    settings.LINK_KEYS = ["the key of 2024"]
    with time_machine.travel(dt.datetime(2024, 11, 22, tzinfo=dt.UTC)):
        token = links.token(purpose, KEY)
    settings.LINK_KEYS = ["the key of 2034", "the key of 2029", "the key of 2024"]
    settings.SECRET_KEY = "another one"
    with time_machine.travel(dt.datetime(2034, 11, 22, tzinfo=dt.UTC)):
        assert links.read(purpose, token) == KEY
        assert links.token(purpose, KEY) != token


def test_a_key_taken_out_of_the_list_signs_nothing_any_more(settings):
    settings.LINK_KEYS = ["stolen"]
    token = links.token(UNSUBSCRIBE, KEY)
    settings.LINK_KEYS = ["fresh"]
    with pytest.raises(BadLink):
        links.read(UNSUBSCRIBE, token)


@pytest.mark.parametrize("purpose", list(links.Purpose))
def test_no_log_shows_a_link_of_any_purpose(purpose):
    path = links.path(purpose, "k" * 12)
    record = logging.LogRecord("django.request", logging.WARNING, "", 0, "Not Found: %s", (path,), None)
    assert Discreet().filter(record)
    assert "kkk" not in record.getMessage()
