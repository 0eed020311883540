"""What the product does not start with."""

import pytest

from newsletter.checks import (
    check_debug_stays_local,
    check_dkim_key,
    check_keys,
    check_mail_backend,
    check_password_is_not_shown_on_the_way,
    check_sender,
    check_site_answers_to_its_name,
)

pytestmark = pytest.mark.once


@pytest.mark.parametrize("weak", ["changeme", "a" * 50, "0123456789012345678901234567890"])
@pytest.mark.parametrize("name", ["SECRET_KEY", "LINK_KEYS", "SUPPRESSION_KEYS"])
def test_key_that_can_be_guessed_is_refused_outside_of_debug(settings, name, weak):
    setattr(settings, name, weak if name == "SECRET_KEY" else [weak])
    assert [error.id for error in check_keys(None)] == ["newsletter.E005"]
    assert name in check_keys(None)[0].msg
    settings.DEBUG = True
    assert check_keys(None) == []


def test_good_keys_pass_and_a_weak_one_of_long_ago_may_still_open_old_links(settings):
    settings.SECRET_KEY = "0123456789abcdef" * 4
    settings.LINK_KEYS = settings.SUPPRESSION_KEYS = ["fedcba9876543210" * 4, "changeme"]
    assert check_keys(None) == []


def test_debug_is_refused_where_others_can_reach_it(settings):
    settings.DEBUG, settings.ALLOWED_HOSTS = True, ["localhost", "papers.example"]
    assert "papers.example" in check_debug_stays_local(None)[0].msg
    settings.ALLOWED_HOSTS = ["localhost", "127.0.0.1"]
    assert check_debug_stays_local(None) == []


def test_mail_that_would_name_the_examples_address_is_told_of(settings):
    settings.DEBUG, settings.EMAIL_BACKEND = False, "django.core.mail.backends.smtp.EmailBackend"
    settings.FROM_EMAIL, settings.LIST_ID = "Papers <digest@papers.example>", "papers.example"
    settings.POSTAL_ADDRESS = "Daily Papers, 1 Example Street, 00000 Example City"
    assert [found.id for found in check_sender(None)] == ["newsletter.W001"]
    settings.POSTAL_ADDRESS = "1 True Street, Seoul"
    assert check_sender(None) == []
    settings.LIST_ID = "daily-papers.example.org"
    assert [found.id for found in check_sender(None)] == ["newsletter.W001"]


def test_site_that_refuses_its_own_name_is_told_of(settings):
    settings.DEBUG, settings.SITE_URL = False, "https://papers.example:8443"
    settings.ALLOWED_HOSTS = ["localhost", "127.0.0.1"]
    assert "papers.example" in check_site_answers_to_its_name(None)[0].hint
    for hosts in (["papers.example"], [".example"], ["*"]):
        settings.ALLOWED_HOSTS = hosts
        assert check_site_answers_to_its_name(None) == []


def test_login_to_a_mail_server_elsewhere_without_tls_is_told_of(settings):
    settings.EMAIL_HOST, settings.EMAIL_HOST_PASSWORD, settings.EMAIL_USE_TLS = "smtp.example", "secret", False
    assert "smtp.example" in check_password_is_not_shown_on_the_way(None)[0].msg
    settings.EMAIL_USE_TLS = True
    assert check_password_is_not_shown_on_the_way(None) == []
    settings.EMAIL_USE_TLS, settings.EMAIL_HOST = False, "localhost"
    assert check_password_is_not_shown_on_the_way(None) == []


def test_mail_backend_that_is_misspelt_is_named_before_the_first_mail(settings):
    settings.EMAIL_BACKEND = "anymail.backends.mailgn.EmailBackend"
    assert "mailgn" in check_mail_backend(None)[0].msg
    settings.EMAIL_BACKEND = "anymail.backends.mailgun.EmailBackend"
    assert check_mail_backend(None) == []


def test_key_that_cannot_sign_mails_is_named_before_the_first_mail(settings):
    settings.DKIM_PRIVATE_KEY = "not a key"
    assert "DKIM_PRIVATE_KEY" in check_dkim_key(None)[0].msg
    settings.DKIM_PRIVATE_KEY = ""
    assert check_dkim_key(None) == []
