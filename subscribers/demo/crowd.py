"""Some hundreds of demo readers: who they are, and when they came. Nobody of them exists, and every address is in a domain
that belongs to nobody (RFC 2606). The same at every call."""

from __future__ import annotations

import datetime as dt
import math
from functools import cache
from random import Random
from typing import Any, NamedTuple, TypeVar
from zoneinfo import ZoneInfo

from django.utils import timezone

from digests.collecting.days import moment
from digests.models import Category
from subscribers.models import ALL_CATEGORIES, Subscriber

T = TypeVar("T")

MANY = 320
DAYS_AHEAD = 10
"""So many days before the first digest people could sign up."""

HESITANT = 9
"""The last ones, who did not confirm yet."""

EVERY = 4
"""Every fourth reads at the hour at which the trial begins, so that an approval is followed by mails at once."""

CONSENT = "demo reader"
DOMAINS = ("example.com", "example.net", "example.org")
NETWORKS = ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24")  # RFC 5737: nobody's, either

GIVEN = {
    "ko": ["jiwoo", "seojun", "haeun", "minseo", "doyun", "jiho", "yejin", "suah", "hyunwoo",
           "gaeun", "taeyang", "nari", "jisoo", "woojin", "sohee", "eunji", "jaemin", "dahye"],
    "en": ["amelia", "noah", "priya", "lucas", "ingrid", "omar", "elena", "jack", "fatima",
           "leo", "chloe", "mateo", "aisha", "henry", "mira", "tomas", "ruth", "kofi"],
}  # fmt: skip
ZONES = {
    "ko": {"Asia/Seoul": 92, "Asia/Tokyo": 4, "America/Los_Angeles": 2, "Europe/Berlin": 2},
    "en": {"Europe/London": 24, "Europe/Berlin": 18, "America/New_York": 22, "America/Los_Angeles": 14,
           "Asia/Singapore": 10, "Asia/Seoul": 8, "Australia/Sydney": 4},
}  # fmt: skip
HOURS = {6: 12, 7: 26, 8: 44, 9: 12, 12: 4, 18: 2}
CADENCES = {Subscriber.Cadence.DAILY: 64, Subscriber.Cadence.WEEKDAYS: 27, Subscriber.Cadence.WEEKLY: 9}
LIKED = {
    "llm": 9, "agents": 8, "multimodal": 6, "computer-vision": 6, "nlp": 5, "training": 4, "robotics": 4, "inference": 3,
    "reinforcement-learning": 3, "audio": 2, "security": 3, "ethics": 2, "science": 2, "data": 2,
}  # fmt: skip
MARKED = ("RAG", "diffusion", "benchmark", "LoRA", "author: Kim")


class Arrival(NamedTuple):
    """Who came when; `confirmed_at` None: not confirmed yet."""

    signed_up_at: dt.datetime
    confirmed_at: dt.datetime | None


def addresses() -> list[str]:
    """All their addresses."""
    return [person["email"] for person in people()]


@cache
def people() -> tuple[dict[str, Any], ...]:
    """Who they are and how they want the digest, in the order in which they come."""
    return tuple(_person(number, Random(f"reader {number}")) for number in range(MANY))


def _person(number: int, draw: Random) -> dict[str, Any]:
    language = "ko" if draw.random() < 0.68 else "en"
    return {
        "email": f"{draw.choice(GIVEN[language])}.{number:03}@{draw.choice(DOMAINS)}",
        "language": language,
        "time_zone": _one_of(ZONES[language], draw),
        "send_hour": _one_of(HOURS, draw),
        "cadence": _one_of(CADENCES, draw),
        "highlights": draw.choice(MARKED) if draw.random() < 0.08 else "",
        "consent_text": CONSENT,
        "signed_up_from": draw.choice(NETWORKS),
    }


def arrive(first_digest: dt.date, today: dt.date) -> list[Subscriber]:
    """Store them: each comes on a day from DAYS_AHEAD before the first digest on, the last ones lately and undecided."""
    bits = dict(Category.objects.filter(is_active=True).values_list("slug", "bit"))
    readers, now = [], timezone.now()
    for number, (person, arrival) in enumerate(zip(people(), arrivals(first_digest, today), strict=True)):
        reader = Subscriber(**person, **arrival._asdict(), categories=_choice(bits, person["email"]))
        if number % EVERY == 0:
            reader.send_hour = now.astimezone(ZoneInfo(reader.time_zone)).hour
        if arrival.confirmed_at:
            reader.status, reader.confirmed_from = Subscriber.Status.ACTIVE, reader.signed_up_from
        readers.append(reader)
    return Subscriber.objects.bulk_create(readers)


def arrivals(first_digest: dt.date, today: dt.date) -> list[Arrival]:
    """When each of them came, the earliest first: many at the beginning, some after somebody passed it on, fewer at
    weekends. Nobody comes in the future."""
    start = first_digest - dt.timedelta(days=DAYS_AHEAD)
    days = [start + dt.timedelta(days=n) for n in range((today - start).days)]
    draw = Random("arrivals")
    coming = sorted(draw.choices(days, [_pull(n, day) for n, day in enumerate(days)], k=MANY - HESITANT))
    settled = [_arrival(day, draw) for day in coming]
    undecided = [Arrival(_arrival(day, draw).signed_up_at, None) for day in draw.choices(days[-4:], k=HESITANT)]
    return sorted(settled, key=lambda each: each.signed_up_at) + undecided


def _pull(number: int, day: dt.date) -> float:
    pull = 4 + 34 * math.exp(-number / 3.5) + (16 if number == 16 else 8 if number == 17 else 0)
    return pull * (0.45 if day.weekday() >= 5 else 1)


def _arrival(day: dt.date, draw: Random) -> Arrival:
    signed_up_at = moment(day, 0) + dt.timedelta(minutes=draw.randint(7 * 60, 21 * 60), seconds=draw.randint(0, 59))
    confirmed_at = signed_up_at + dt.timedelta(seconds=min(draw.expovariate(1 / 700) + 25, 2 * 3600))
    return Arrival(signed_up_at, min(confirmed_at, timezone.now()))


def _choice(bits: dict[str, int], email: str) -> int:
    """Everything, or one to six categories, some liked more than others."""
    draw = Random(f"choice {email}")
    if draw.random() < 0.36:
        return ALL_CATEGORIES
    wanted = {_one_of(LIKED, draw) for _n in range(draw.randint(1, 6))}
    return sum(1 << bits[slug] for slug in wanted if slug in bits) or ALL_CATEGORIES


def _one_of(weights: dict[T, int], draw: Random) -> T:
    return draw.choices(list(weights), list(weights.values()))[0]
