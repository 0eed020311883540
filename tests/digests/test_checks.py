"""Start-up checks of what is said."""

from decimal import Decimal

from digests.checks import check_budget_has_a_price, check_sources_are_known


def test_a_source_nobody_knows_stops_the_start(settings):
    settings.DIGEST_SOURCES = ["huggingface", "arvix"]
    [error] = check_sources_are_known(None)
    assert "arvix" in error.msg


def test_the_sources_there_are_pass(settings):
    settings.DIGEST_SOURCES = ["huggingface", "arxiv", "deeplearn"]
    assert check_sources_are_known(None) == []


def test_a_budget_for_a_model_without_a_price_is_warned_of(settings):
    settings.OPENAI_MODEL, settings.LLM_PRICES = "some-model", {}
    settings.LLM_DAILY_BUDGET_USD = Decimal(1)
    [warning] = check_budget_has_a_price(None)
    assert "some-model" in warning.msg
    settings.LLM_PRICES = {"some-model": (Decimal(1), Decimal(2))}
    assert check_budget_has_a_price(None) == []


def test_without_a_budget_no_price_is_needed(settings):
    settings.OPENAI_MODEL, settings.LLM_PRICES, settings.LLM_DAILY_BUDGET_USD = "some-model", {}, None
    assert check_budget_has_a_price(None) == []
