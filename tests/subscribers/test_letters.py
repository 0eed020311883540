"""The words of the mails about a subscription."""

import datetime as dt
import re

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
        letters.correction(language, OWN, DAY, f"{SITE}/2024-11-22/", "It is 87%."),
    ]
    for words in made:
        for part in (words.text, words.html):
            assert OWN.preferences_url in part and OWN.unsubscribe_url in part
        assert len(words.subject) <= 60


def test_what_an_editor_writes_into_a_correction_stays_text():
    told = "</p><script>alert(1)</script> {{ secret }} %recipient.email%\u202e"
    paper = ('"><img src=x onerror=alert(1)>', "javascript:alert(1)")
    subject, text, html = letters.correction("en", OWN, DAY, f"{SITE}/2024-11-22/", told, paper)
    assert "<script" not in html and "<img" not in html and "javascript:" not in text + html
    assert not re.search(r"{{|%recipient|\u202e", subject + text + html)
    assert "&lt;script&gt;alert(1)" in html


def test_a_correction_about_no_paper_names_none():
    _subject, text, html = letters.correction("en", OWN, DAY, f"{SITE}/2024-11-22/", "The date was wrong.")
    assert "arxiv.org" not in text + html and 'href=""' not in html
    assert "The date was wrong." in text and "The date was wrong." in html
