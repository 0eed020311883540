"""The words of the mails about a subscription."""

import datetime as dt

import pytest

from subscribers import letters

pytestmark = pytest.mark.once
SITE = "https://papers.example.org"
OWN = letters.Own(f"{SITE}/preferences/(own)/", f"{SITE}/unsubscribe/(own)/")
DAY = dt.date(2024, 11, 22)
LANGUAGES = pytest.mark.parametrize("language", ["ko", "en"])


@LANGUAGES
def test_a_change_of_address_shows_nobody_the_preferences_before_it_is_confirmed(language):
    words = letters.address_change(language, f"{SITE}/confirm/(new)/", f"{SITE}/unsubscribe/(new)/")
    for part in (words.text, words.html):
        assert f"{SITE}/confirm/(new)/" in part and f"{SITE}/unsubscribe/(new)/" in part
        assert "/preferences/" not in part


@LANGUAGES
def test_mails_to_subscribers_lead_to_their_preferences_and_out(language):
    made = [
        letters.welcome(language, OWN, "tomorrow", f"{SITE}/2024-11-22/", ["LLM"]),
        letters.quiet_week(language, OWN, (DAY, DAY), f"{SITE}/", ["LLM"]),
    ]
    for words in made:
        for part in (words.text, words.html):
            assert OWN.preferences_url in part and OWN.unsubscribe_url in part
        assert len(words.subject) <= 60
