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

MOST_LOOKED_AT = 1000
"""So many different choices of what to mark; a page must not wait longer."""


class Forecast(NamedTuple):
    """`readers` get a mail, `others` are of the audience but have none of the digest's categories. A reader of several
    categories counts in each of them. `editions` are the mails there would be, those of most readers first. `at_once`
    are the readers whose slot is past, `first` and `last` the slots of the others. `marked` have keywords or authors marked
    in editions of their own; of `not_looked_at` it was not found out, and they are counted with the others."""

    readers: int
    others: int
    languages: dict[str, int]
    categories: dict[str, int]
    editions: list[tuple[EditionKey, int]]
    at_once: int
    first: datetime | None
    last: datetime | None
    marked: int = 0
    not_looked_at: int = 0


def forecast(digest: Digest, content: Content) -> Forecast:
    """The audience of a draft as it is now; of an approved digest as it was then. A weekly digest's readers who changed
    within the week are counted with all of it."""
    asked = copy.copy(digest)
    asked.approved_at = digest.approved_at or timezone.now()
    numbers: Counter[int] = Counter()
    slots: Counter[tuple[str, int]] = Counter()
    for number, time_zone, hour, readers in _by_edition_and_slot(asked, content):
        numbers[number] += readers
        if number >> 1:  # some category of the digest
            slots[time_zone, hour] += readers
    editions: Counter[EditionKey] = Counter()
    for number, readers in numbers.items():
        editions[edition_key(content, "", number)] += readers
    looked_at = marked = 0
    for number, highlights, readers in _with_highlights(asked, content):
        looked_at += readers
        key = edition_key(content, "", number, highlights=highlights)
        if key.marks:
            marked += readers
            editions[key] += readers
            editions[key._replace(marks=())] -= readers
    not_looked_at = _count_with_highlights(asked, content) - looked_at if looked_at else 0
    editions = +editions
    others = sum(readers for key, readers in editions.items() if not key.slugs)
    wanted = [(key, readers) for key, readers in editions.most_common() if key.slugs]
    languages, categories = Counter[str](), Counter[str]()
    for key, readers in wanted:
        languages[key.language] += readers
        for slug in key.slugs:
            categories[slug] += readers
    return Forecast(
        sum(readers for _key, readers in wanted),
        others,
        languages,
        categories,
        wanted,
        *_when(asked, slots),
        marked=marked,
        not_looked_at=not_looked_at,
    )


def _by_edition_and_slot(digest: Digest, content: Content) -> list[tuple[int, str, int, int]]:
    """Edition, time zone, hour and number of readers: all in one pass over the readers, who may be a million."""
    audience = audience_of(digest, content)
    second_language = content["languages"][1:2] or [""]
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT ((reader.categories & %s) << 1) + CASE WHEN reader.language = %s THEN 1 ELSE 0 END AS edition,
                reader.time_zone, reader.send_hour, COUNT(*)
            FROM subscribers_subscriber AS reader WHERE {audience.text} GROUP BY 1, 2, 3
            """,
            [bits_of(content), *second_language, *audience.values],
        )
        return [(int(number), zone, int(hour), int(readers)) for number, zone, hour, readers in cursor.fetchall()]


def _with_highlights(digest: Digest, content: Content) -> list[tuple[int, str, int]]:
    """Edition, highlights and number of readers, those of most readers first: MOST_LOOKED_AT of them, for each is looked for
    in every paper."""
    audience = audience_of(digest, content)
    second_language = content["languages"][1:2] or [""]
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT ((reader.categories & %s) << 1) + CASE WHEN reader.language = %s THEN 1 ELSE 0 END AS edition,
                reader.highlights, COUNT(*)
            FROM subscribers_subscriber AS reader WHERE reader.highlights <> '' AND {audience.text}
            GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2 LIMIT {MOST_LOOKED_AT}
            """,
            [bits_of(content), *second_language, *audience.values],
        )
        return [(int(number), str(text), int(readers)) for number, text, readers in cursor.fetchall()]


def _count_with_highlights(digest: Digest, content: Content) -> int:
    audience = audience_of(digest, content)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT COUNT(*) FROM subscribers_subscriber AS reader WHERE reader.highlights <> '' AND {audience.text}",
            audience.values,
        )
        return int(cursor.fetchone()[0])


def _when(digest: Digest, slots: Counter[tuple[str, int]]) -> tuple[int, datetime | None, datetime | None]:
    """How many slots are past, and the first and last of those to come."""
    assert digest.approved_at is not None
    times = [(slot_of(digest.day, time_zone, hour), readers) for (time_zone, hour), readers in slots.items()]
    later = [at for at, _readers in times if at > digest.approved_at]
    at_once = sum(readers for at, readers in times if at <= digest.approved_at)
    return at_once, min(later, default=None), max(later, default=None)
