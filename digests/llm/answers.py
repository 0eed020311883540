"""Answers as rows: the cache that pays for nothing twice, the day's bill, and thirty days of evidence."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Count, Q, Sum
from django.utils import timezone
from pydantic import BaseModel

from digests.llm.reading import MOST_CHARACTERS, Completion
from digests.models import Answer, Digest
from digests.text import storable

DAYS_KEPT = 30


def key_of(shape: type[BaseModel], instructions: str, question: str) -> str:
    """SHA-256 over the server, the model, both messages and the schema of the answer."""
    asked = [settings.OPENAI_BASE_URL, settings.OPENAI_MODEL, instructions, question, shape.model_json_schema()]
    return hashlib.sha256(json.dumps(asked, ensure_ascii=True, sort_keys=True).encode()).hexdigest()


def given(key: str, since: datetime | None = None) -> str | None:
    """The text that was of use when this was asked before, or before but after `since`; None when it was not, or is too
    long ago."""
    found = Answer.objects.filter(key=key, outcome=Answer.Outcome.USED).values_list("text", flat=True)
    if since:
        found = found.filter(asked_at__gte=since)
    return found.order_by("-pk").first()


def open_answer(key: str, digest: Digest | None, messages: list[str], most: Decimal, is_price_known: bool) -> Answer:
    """Note that a question goes out now, which may cost up to `most`."""
    return Answer.objects.create(
        key=key,
        digest=digest,
        model=str(settings.OPENAI_MODEL)[:200],
        messages=[storable(message, MOST_CHARACTERS) for message in messages],
        cost=most,
        is_price_known=is_price_known,
    )


def close_answer(answer: Answer, outcome: str, problem: str = "") -> None:
    """Note what became of an answer. What failed for certain costs nothing."""
    answer.outcome, answer.problem = outcome, problem[:300]
    answer.save(update_fields=["outcome", "problem", "text", "tokens_in", "tokens_out", "cost"])


def note(answer: Answer, completion: Completion, cost: Decimal) -> None:
    """Write the completion into the row, not yet stored: `close_answer` does that."""
    answer.text = storable(completion.text, MOST_CHARACTERS + 1)
    answer.tokens_in, answer.tokens_out, answer.cost = completion.tokens_in, completion.tokens_out, cost


def spent_today() -> Decimal:
    """What all answers of today cost so far, in US dollars, with the most that those on their way can cost. Today is
    the day of DIGEST_TIME_ZONE."""
    zone = ZoneInfo(settings.DIGEST_TIME_ZONE)
    midnight = datetime.combine(timezone.now().astimezone(zone).date(), time.min, zone)
    spent = Answer.objects.filter(asked_at__gte=midnight).aggregate(sum=Sum("cost"))["sum"]
    return spent or Decimal(0)


def spent_on(digest: Digest) -> dict[str, Any]:
    """What the digest's answers cost: `asked`, `tokens_in`, `tokens_out`, and `usd` as text, None where a price is not
    known."""
    sums = digest.answers.aggregate(
        asked=Count("pk"),
        tokens_in=Sum("tokens_in", default=0),
        tokens_out=Sum("tokens_out", default=0),
        cost=Sum("cost", default=Decimal(0)),
        without_price=Count("pk", filter=Q(is_price_known=False)),
    )
    cost, without_price = sums.pop("cost"), sums.pop("without_price")
    return sums | {"usd": None if without_price else f"{cost:.4f}"}


def prune(now: datetime | None = None) -> int:
    """Forget answers older than DAYS_KEPT days; how many."""
    too_old = (now or timezone.now()) - timedelta(days=DAYS_KEPT)
    return Answer.objects.filter(asked_at__lt=too_old).delete()[0]
