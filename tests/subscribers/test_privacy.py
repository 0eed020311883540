"""The page on privacy says what the product does under the settings it has."""

import datetime as dt

import pytest

from newsletter import mail
from newsletter.imprint import own_words
from subscribers.delivery.transports.providers import PROVIDERS
from subscribers.owner.keeping import everything_about
from subscribers.privacy.keeping import kept
from subscribers.privacy.outside import NAMES, Counting, carriers, counting
from tests.digests.pages import hrefs, page_of, words
from tests.factories import make_reader

pytestmark = pytest.mark.django_db
ANYMAIL = "anymail.backends.{}.EmailBackend"
SMTP = "django.core.mail.backends.smtp.EmailBackend"
ABOUT_THE_FILE = {"made_at", "site"}


def test_the_page_names_the_operator_and_where_to_write(client, settings):
    settings.OPERATOR, settings.POSTAL_ADDRESS = "Papers & Co.", "1 Paper Street, Seoul"
    settings.REPLY_TO, settings.PRIVACY_OFFICER = "Editors <editors@papers.example.org>", "Kim <kim@papers.example.org>"
    _response, page = page_of(client, "/privacy/")
    told = words(page)
    assert "Papers & Co. 1 Paper Street, Seoul editors@papers.example.org" in told
    assert "In charge of personal data: Kim <kim@papers.example.org>" in told
    assert "mailto:editors@papers.example.org" in hrefs(page, "address a")


def test_periods_are_those_that_the_clock_goes_by(client, settings):
    settings.PENDING_DAYS, settings.SIGN_UP_MEMORY_DAYS, settings.DETAIL_DAYS, settings.AUDIT_DAYS = 8, 41, 17, 731
    told = words(page_of(client, "/privacy/")[1])
    for days in (8, 41):
        assert f"{days} days, then deleted." in told
    assert told.count("servers’ own words: 17 days.") == 2
    assert "731 days" in told
    korean = words(page_of(client, "/privacy/", "ko")[1])
    assert "8일 뒤 삭제합니다." in korean and "17일" in korean


def test_every_part_of_a_readers_own_file_is_told_of():
    told = {part for line in kept() for part in line.parts}
    assert told == set(everything_about(make_reader())) - ABOUT_THE_FILE


@pytest.mark.parametrize(
    ("backend", "named"),
    [("mailgun", "Mailgun"), ("amazon_ses", "Amazon SES"), ("postmark", "Postmark"), ("brevo", "Brevo")],
)
def test_the_provider_that_carries_the_mails_is_named(client, settings, backend, named):
    settings.EMAIL_BACKEND = ANYMAIL.format(backend)
    assert f"handed to: {named} It works" in words(page_of(client, "/privacy/")[1])


def test_every_provider_that_we_know_has_a_name():
    assert set(NAMES) == set(PROVIDERS)


def test_a_provider_behind_a_relay_is_named_with_the_relay(client, settings):
    settings.EMAIL_BACKEND, settings.EMAIL_HOST, settings.EVENT_PROVIDERS = SMTP, "smtp.example.net", ["mailjet"]
    assert "Mailjet the mail server smtp.example.net" in words(page_of(client, "/privacy/")[1])


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "10.1.2.3", "postfix", "mail.local", "::1"])
def test_a_mail_server_of_ones_own_is_not_named(settings, host):
    settings.EMAIL_BACKEND, settings.EMAIL_HOST = SMTP, host
    assert carriers() == ([], "", False)


def test_a_trial_says_that_its_mails_stay_here(client, settings):
    settings.EMAIL_BACKEND = "newsletter.outbox.EmailBackend"
    assert "This is a trial installation" in words(page_of(client, "/privacy/")[1])


@pytest.mark.parametrize(
    ("backend", "defaults", "relayed", "found"),
    [
        (SMTP, {}, [], Counting.NEVER),
        (SMTP, {}, ["mailgun"], Counting.NOT_BY_US),  # a relay is told nothing
        (ANYMAIL.format("mailgun"), {}, ["mailgun"], Counting.NEVER),
        (ANYMAIL.format("brevo"), {}, [], Counting.NOT_BY_US),
        (ANYMAIL.format("mailgun"), {"SEND_DEFAULTS": {"track_opens": True}}, [], Counting.OPENS),
        (ANYMAIL.format("mailgun"), {"SEND_DEFAULTS": {"track_clicks": True, "track_opens": False}}, [], Counting.CLICKS),
        (ANYMAIL.format("mailgun"), {"MAILGUN_SEND_DEFAULTS": {"track_opens": True, "track_clicks": True}}, [], Counting.BOTH),
        (ANYMAIL.format("mailgun"), {"SEND_DEFAULTS": {"tags": ["x"]}}, [], Counting.NEVER),
    ],
)  # fmt: skip
def test_what_is_counted_is_what_the_provider_is_told(settings, backend, defaults, relayed, found):
    settings.EMAIL_BACKEND, settings.ANYMAIL, settings.EVENT_PROVIDERS = backend, defaults, relayed
    assert counting() is found


def test_pages_do_not_promise_what_an_operator_switched_on(client, settings):
    assert "Nobody counts what you open" in words(page_of(client, "/privacy/")[1])
    assert "Nobody counts what you open" in words(page_of(client, "/subscribe/")[1])
    settings.EMAIL_BACKEND = ANYMAIL.format("mailgun")
    settings.ANYMAIL = {"SEND_DEFAULTS": {"track_opens": True, "track_clicks": True}}
    for path in ("/privacy/", "/subscribe/"):
        told = words(page_of(client, path)[1])
        assert "Nobody counts" not in told and "counts for us how many mails are opened" in told


def test_an_operators_own_words_stand_on_the_page_as_plain_text(client, settings):
    settings.PRIVACY_TEXT_EN = "We also keep <b>bees</b>.\n\nAsk\nus."
    settings.PRIVACY_TEXT_KO = "벌도 키웁니다."
    response, page = page_of(client, "/privacy/")
    assert "We also keep <b>bees</b>." in words(page) and b"<b>bees" not in response.content
    assert "벌도 키웁니다." in words(page_of(client, "/privacy/", "ko")[1])
    assert own_words("privacy", "en") == ["We also keep <b>bees</b>.", "Ask\nus."]


def test_a_page_of_the_operators_own_takes_its_place(client, settings):
    settings.PRIVACY_URL = "https://example.org/privacy?x=1"
    response = client.get("/privacy/?language=en")
    assert response.status_code == 302 and response["Location"] == "https://example.org/privacy?x=1"


def test_the_day_since_when_it_holds_is_told_where_it_is_known(client, settings):
    assert "In force" not in words(page_of(client, "/privacy/")[1])
    settings.PRIVACY_SINCE = dt.date(2027, 1, 2)
    assert "In force since 2027-01-02" in words(page_of(client, "/privacy/")[1])


@pytest.mark.parametrize("path", ["/", "/subscribe/", "/search/", "/preferences/nonsense/", "/nothing/", "/about/"])
def test_every_page_leads_there(client, path):
    _response, page = page_of(client, path)
    assert hrefs(page, "footer nav a") == ["/about/", "/privacy/"]


def test_the_way_there_keeps_the_language_that_an_address_names(client):
    _response, page = page_of(client, "/?language=ko", "en")
    assert "/privacy/?language=ko" in hrefs(page, "footer nav a") and "/privacy/?language=ko" in hrefs(
        page, ".signup a"
    )


@pytest.mark.parametrize("name", ["confirm", "welcome", "already", "renewal", "correction"])
@pytest.mark.parametrize("language", ["ko", "en"])
def test_every_mail_leads_there_in_its_language(settings, name, language):
    address = f"{settings.SITE_URL}/privacy/?language={language}"
    rendered = mail.render(name, {}, language)
    assert f'href="{address}"' in rendered.html and address in rendered.text.split()


def test_the_form_for_other_sites_leads_there(client, settings):
    told = words(page_of(client, "/subscribe/embed/")[1])
    assert f'href="{settings.SITE_URL}/privacy/?language=ko"' in told


def test_it_is_only_read(client):
    assert client.post("/privacy/").status_code == 405
