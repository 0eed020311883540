"""Synthetic readers, for benchmarks."""

from __future__ import annotations

import random
from argparse import ArgumentParser, ArgumentTypeError
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction
from django.utils import timezone

from digests.models import Category
from subscribers.models import ALL_CATEGORIES, Subscriber
from subscribers.zones import time_zones

TASTES = 64
BATCH = 10_000
DOMAINS = ("example.com", "example.net", "example.org")  # RFC 2606: nobody's


class Command(BaseCommand):
    help = "Make N active readers with varied categories and languages. For benchmarks: refused where DEBUG is False."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """How many, and when they want their mail."""
        parser.add_argument("count", type=int, metavar="N")
        parser.add_argument("--hour", type=int, choices=range(24), default=settings.DIGEST_SEND_HOUR, metavar="HOUR")
        parser.add_argument("--time-zone", default=settings.DIGEST_TIME_ZONE, type=_zone)

    def handle(self, *args: Any, **options: Any) -> None:
        """Make them, after those that are there."""
        # `make bench` and `make faults` measure without DEBUG, by settings of their own that say so.
        if not (settings.DEBUG or getattr(settings, "BENCH", False)):
            raise CommandError("These readers are nobody, and a real list must not get them: DEBUG=True only.")
        if options["count"] < 1:
            raise CommandError("N must be 1 or more.")
        make = _in_the_database if connection.vendor == "postgresql" else _one_by_one
        with transaction.atomic():
            make(options["count"], tastes(), options["time_zone"], options["hour"])
        self.stdout.write(f"{options['count']} readers made, {Subscriber.objects.count()} in all.")


def tastes() -> list[int]:
    """64 choices of categories that readers share, the same at every call: every third wants everything, the others one
    to six categories. With two languages that makes at most 128 editions less the repetitions."""
    bits = list(Category.objects.filter(is_active=True).order_by("bit").values_list("bit", flat=True))
    draw = random.Random(64)
    return [
        ALL_CATEGORIES if n % 3 == 0 else sum(1 << bit for bit in draw.sample(bits, draw.randint(1, min(6, len(bits)))))
        for n in range(TASTES)
    ]


def _in_the_database(count: int, masks: list[int], time_zone: str, hour: int) -> None:
    """The first reader by Django, which knows every default, the others as copies of that row, in one statement: a
    million are a matter of seconds, most of them spent on the indexes. A copy's key is 60 random bits where a real one
    has 72, for PostgreSQL itself draws no more in a go."""
    first = _next_number()
    pattern = _reader(first, masks, time_zone, hour)
    pattern.save()
    own = {
        "email": "'reader' || n || '@' || (%(domains)s::text[])[1 + n %% 3]",
        "key": "left(translate(gen_random_uuid()::text, '-', ''), 16)",
        "language": "CASE WHEN n %% 20 < 9 THEN 'ko' ELSE 'en' END",
        "categories": "(%(masks)s::bigint[])[1 + n %% %(tastes)s]",
    }
    columns = [str(field.column) for field in Subscriber._meta.concrete_fields if not field.primary_key]
    values = [own.get(column, f"pattern.{connection.ops.quote_name(column)}") for column in columns]
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO subscribers_subscriber ({', '.join(map(connection.ops.quote_name, columns))})"
            f" SELECT {', '.join(values)} FROM subscribers_subscriber AS pattern,"
            " generate_series(%(second)s, %(last)s) AS n WHERE pattern.id = %(pattern)s",
            {"domains": list(DOMAINS), "masks": masks, "tastes": len(masks), "pattern": pattern.pk,
             "second": first + 1, "last": first + count - 1},
        )  # fmt: skip
        cursor.execute("ANALYZE subscribers_subscriber")


def _one_by_one(count: int, masks: list[int], time_zone: str, hour: int) -> None:
    first = _next_number()
    for start in range(first, first + count, BATCH):
        numbers = range(start, min(start + BATCH, first + count))
        Subscriber.objects.bulk_create(_reader(n, masks, time_zone, hour) for n in numbers)


def _reader(n: int, masks: list[int], time_zone: str, hour: int) -> Subscriber:
    return Subscriber(
        email=f"reader{n}@{DOMAINS[n % 3]}",
        status=Subscriber.Status.ACTIVE,
        language="ko" if n % 20 < 9 else "en",
        time_zone=time_zone,
        send_hour=hour,
        categories=masks[n % len(masks)],
        consent_text="made for a benchmark",
        confirmed_at=timezone.now(),
    )


def _next_number() -> int:
    """A number that no reader's address has yet: rows are never deleted and numbered upwards."""
    last = Subscriber.objects.order_by("-pk").values_list("pk", flat=True).first()
    return (last or 0) + 1


def _zone(name: str) -> str:
    if name not in time_zones():
        raise ArgumentTypeError(f"{name!r} is no time zone, such as Asia/Seoul.")
    return name
