"""What the product does not start with."""

import pytest

from newsletter.checks import check_debug_stays_local, check_keys

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
