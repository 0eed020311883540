"""Mails as words, from their three files."""

import re

import pytest
from django.utils import translation

from newsletter import mail

pytestmark = pytest.mark.once
URL = "https://papers.example.org/confirm/AbCdEf.1732233600.a-rather-long-signature-as-they-are-in-practice-today/"


@pytest.fixture(autouse=True)
def site(settings):
    settings.SITE_NAME = "Papers & Co"
    settings.SITE_URL = "https://papers.example.org"
    settings.POSTAL_ADDRESS = "Papers, 1 Example Street, 00000 Example City"
    settings.FROM_EMAIL = "Papers <digest@papers.example.org>"
    settings.REPLY_TO = ""


@pytest.mark.parametrize("language", ["ko", "en"])
def test_confirmation_has_its_address_and_its_sender_in_both_parts(language):
    _subject, text, html = mail.render("confirm", {"confirm_url": URL}, language)
    assert URL in text.split()
    assert html.count(f'href="{URL}"') == 2
    for part in (text, html):
        assert "1 Example Street" in part
        assert "digest@papers.example.org" in part


def test_confirmation_speaks_the_readers_language_whatever_the_callers():
    with translation.override("ko"):
        english = mail.render("confirm", {"confirm_url": URL}, "en")
        assert translation.get_language() == "ko"
    korean = mail.render("confirm", {"confirm_url": URL}, "ko")
    assert not re.search("[가-힣]", "".join(english))
    assert "구독" in korean.subject and "7일" in korean.text and "7일" in korean.html
    assert 'lang="ko"' in korean.html and 'lang="en"' in english.html


def test_only_the_html_is_escaped():
    subject, text, html = mail.render("confirm", {"confirm_url": URL}, "en")
    assert "Papers & Co" in subject and "Papers & Co" in text
    assert "Papers &amp; Co" in html and "Papers & Co" not in html


def test_confirmation_names_the_categories_when_it_knows_them():
    with_them = mail.render("confirm", {"confirm_url": URL, "categories": "LLM, Vision"}, "en")
    without = mail.render("confirm", {"confirm_url": URL}, "en")
    assert "Categories: LLM, Vision" in with_them.text and "Categories: LLM, Vision" in with_them.html
    assert "Categories:" not in without.text + without.html


def test_questions_go_to_the_monitored_address(settings):
    settings.REPLY_TO = "Editors <editors@papers.example.org>"
    rendered = mail.render("confirm", {"confirm_url": URL}, "en")
    assert "mailto:editors@papers.example.org" in rendered.html
    assert "digest@papers.example.org" not in rendered.html


def test_a_mark_that_a_provider_might_fill_stops_the_mail():
    with pytest.raises(ValueError, match="email/confirm.*{{ secret }}"):
        mail.render("confirm", {"confirm_url": "{{ secret }}"}, "en")


def test_a_subject_is_one_line_that_fits_a_header(settings):
    settings.SITE_NAME = "Papers\r\nBcc: all@example.org\x00 " + "and more " * 20
    subject = mail.render("confirm", {"confirm_url": URL}, "en").subject
    assert not re.search(r"[\x00-\x1f]", subject)
    assert len(subject) <= 78 and subject.endswith("…")


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("{{ settings.SECRET_KEY }}", "{ { settings.SECRET_KEY }}"),
        ("{% load x %}{# c #}", "{ % load x %}{ # c #}"),
        ("{{{x}}}", "{ { {x}}}"),
        ("${name} costs $5", "$ {name} costs $5"),
        ("%recipient.email% and 50%", "% recipient.email% and 50%"),
        ("</MJ-text><mj-raw><b>", "< /MJ-text>< mj-raw><b>"),
        ("a\u200cb 👩\u200d💻", "ab 👩\u200d💻"),
    ],
)
def test_outside_text_cannot_ask_a_provider_for_anything(given, shown):
    assert mail.harmless(given) == shown


@pytest.mark.parametrize(
    ("text", "limit", "shown"),
    [
        ("short", 5, "short"),
        ("two words here", 10, "two words…"),
        ("one, two", 5, "one…"),
        ("unbreakable", 6, "unbre…"),
        ("a verylongsecondword", 12, "a verylongs…"),
    ],
)
def test_shortening_keeps_words_whole_where_it_can(text, limit, shown):
    assert mail.shorten(text, limit) == shown
    assert len(shown) <= limit


def test_long_lines_are_wrapped_but_addresses_never():
    text = mail.tidy("- " + "word " * 30 + URL + " end\n" + URL * 2)
    assert URL in text and URL * 2 in text
    assert mail.tidy(f"- {URL}") == f"- {URL}\n"
    assert all(len(line) <= 76 or URL in line for line in text.splitlines())
    assert text.splitlines()[1].startswith("  word")


def test_hangul_counts_double_when_wrapping():
    rows = mail.tidy("가나다라 " * 20).splitlines()
    assert max(mail.columns(row) for row in rows) in range(67, 77)
    assert " ".join(rows) == ("가나다라 " * 20).strip()


def test_a_text_body_has_no_ragged_blanks():
    assert mail.tidy("\n\n a  \n\n\n\n  b  c\t\n\n") == "a\n\n  b  c\n"
