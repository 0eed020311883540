"""What questions may cost. Two workers keep to one budget, for both add up the same rows."""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

from django.conf import settings

from digests.llm import answers
from digests.llm.failures import OverBudget
from digests.llm.reading import guessed_tokens
from digests.llm.wire import dialect_now
from digests.models import Answer, Digest

MILLION = 1_000_000
SHORT_FROM = Decimal("0.7")  # of the budget: what is left then goes further with short questions


class Price(NamedTuple):
    """US dollars per million tokens."""

    tokens_in: Decimal
    tokens_out: Decimal

    def of(self, tokens_in: int, tokens_out: int) -> Decimal:
        """What so many tokens cost."""
        return (self.tokens_in * tokens_in + self.tokens_out * tokens_out) / MILLION


FREE = Price(Decimal(0), Decimal(0))
DEAR = Price(Decimal("2.50"), Decimal(10))  # for a model without a price: a budget is rather kept too well


def price() -> tuple[Price, bool]:
    """The price that the model is counted with, and whether LLM_PRICES names it."""
    known = settings.LLM_PRICES.get(settings.OPENAI_MODEL)
    if known:
        return Price(*known), True
    return (FREE if settings.LLM_DAILY_BUDGET_USD is None else DEAR), False


def is_short() -> bool:
    """Whether so much of the day's budget is spent that questions should be short."""
    budget = settings.LLM_DAILY_BUDGET_USD
    return budget is not None and answers.spent_today() >= budget * SHORT_FROM


def reserve(key: str, digest: Digest | None, messages: list[str], most_tokens: int) -> Answer:
    """Open an answer whose most possible cost is within what is left of the day. Raises OverBudget.

    The row is written first and the day added up afterwards: of two workers at once, at least one sees both rows, so
    they may both stand back, but never both go on.
    """
    rate, is_known = price()
    most = rate.of(sum(map(guessed_tokens, messages)), dialect_now().allowance(most_tokens))
    answer = answers.open_answer(key, digest, messages, most, is_known)
    budget = settings.LLM_DAILY_BUDGET_USD
    if budget is not None and answers.spent_today() > budget:
        answer.delete()
        raise OverBudget
    return answer
