"""Who would get a digest if it were approved now: counted in the database, by the rule by which its rows are opened."""

from __future__ import annotations

import copy
from collections import Counter
from datetime import datetime
from typing import NamedTuple

from django.db import connection
from django.utils import timezone

from digests.content import Content
from digests.editions import EditionKey, bits_of, edition_key
from digests.models import Digest
from subscribers.delivery.opening import audience_of, slot_of


class Forecast(NamedTuple):
    """`readers` get a mail, `others` are of the audience but have none of the digest's categories. A reader of several
    categories counts in each of them. `editions` are the mails there would be, those of most readers first. `at_once`
    are the readers whose slot is past, `first` and `last` the slots of the others."""

    readers: int
    others: int
    languages: dict[str, int]
    categories: dict[str, int]
    editions: list[tuple[EditionKey, int]]
    at_once: int
    first: datetime | None
    last: datetime | None


def forecast(digest: Digest, content: Content) -> Forecast:
    """The audience of a draft as it is now; of an approved digest as it was then. A weekly digest's readers who changed
    within the week are counted with all of it."""
    asked = copy.copy(digest)
    asked.approved_at = digest.approved_at or timezone.now()
    editions: Counter[EditionKey] = Counter()
    for number, readers in _by_edition(asked, content):
        editions[edition_key(content, "", number)] += readers
    others = sum(readers for key, readers in editions.items() if not key.slugs)
    wanted = [(key, readers) for key, readers in editions.most_common() if key.slugs]
    languages, categories = Counter[str](), Counter[str]()
    for key, readers in wanted:
        languages[key.language] += readers
        for slug in key.slugs:
            categories[slug] += readers
    return Forecast(
        sum(readers for _key, readers in wanted), others, languages, categories, wanted, *_when(asked, content)
    )


def _by_edition(digest: Digest, content: Content) -> list[tuple[int, int]]:
    audience = audience_of(digest, content)
    second_language = content["languages"][1:2] or [""]
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT ((reader.categories & %s) << 1) + CASE WHEN reader.language = %s THEN 1 ELSE 0 END AS edition, COUNT(*)
            FROM subscribers_subscriber AS reader WHERE {audience.text} GROUP BY 1
            """,
            [bits_of(content), *second_language, *audience.values],
        )
        return [(int(number), int(readers)) for number, readers in cursor.fetchall()]


def _when(digest: Digest, content: Content) -> tuple[int, datetime | None, datetime | None]:
    """How many slots are past, and the first and last of those to come."""
    audience = audience_of(digest, content)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT time_zone, send_hour, COUNT(*) FROM subscribers_subscriber AS reader"
            f" WHERE {audience.text} AND (reader.categories & %s) <> 0 GROUP BY time_zone, send_hour",
            [*audience.values, bits_of(content)],
        )
        slots = [(slot_of(digest.day, time_zone, hour), readers) for time_zone, hour, readers in cursor.fetchall()]
    assert digest.approved_at is not None
    later = [at for at, _readers in slots if at > digest.approved_at]
    at_once = sum(readers for at, readers in slots if at <= digest.approved_at)
    return at_once, min(later, default=None), max(later, default=None)
