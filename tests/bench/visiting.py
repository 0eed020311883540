"""Pages behind readers' links, over as many readers as there are: tasks of `tests.bench.inside`."""

from __future__ import annotations

import random
from collections.abc import Callable
from functools import partial
from typing import Any

from django.db import connection
from django.test import Client

from newsletter import waking
from subscribers import links
from subscribers.forms import PreferencesForm
from subscribers.links import CONFIRM, PREFERENCES, UNSUBSCRIBE
from subscribers.models import Subscriber
from tests.bench.library import timed

ONE_CLICK = {"List-Unsubscribe": "One-Click"}
PENDING = """
UPDATE subscribers_subscriber SET status = 'pending', letter = 'confirmation', letter_since = now(), signed_up_at = now()
WHERE key = ANY(%s)
"""


def visit(times: int) -> dict[str, list[tuple[float, float]]]:
    """Milliseconds of so many requests for each page, each by another reader drawn at random: by the clock, and of this
    process alone. The crew is not called: how long a broker takes is another question."""
    waking.wake = lambda task, *ids: None
    keys = iter(_strangers(6 * (times + 5)))
    client = Client(headers={"host": "localhost"})
    reads: dict[str, links.Purpose] = {"preferences": PREFERENCES, "unsubscribe": UNSUBSCRIBE, "confirm": CONFIRM}
    found = {}
    for name, purpose in reads.items():
        mine = [next(keys) for _ in range(times + 5)]
        if purpose is CONFIRM:
            _let_wait(mine)
        pages = [links.path(purpose, key) for key in mine]
        found[f"{name}, shown"] = _each(lambda path: client.get(path), pages)
        press = _choices(mine[0]) if purpose is PREFERENCES else ONE_CLICK
        found[f"{name}, pressed"] = _each(lambda path, press=press: client.post(path, press), pages)
    return found


def _strangers(count: int) -> list[str]:
    """The keys of so many readers, from all over the table."""
    last = Subscriber.objects.order_by("-pk").values_list("pk", flat=True)[0]
    some = random.Random(1).sample(range(1, last + 1), min(last, 2 * count))
    keys = list(Subscriber.objects.filter(pk__in=some, status="active").values_list("key", flat=True)[:count])
    if len(keys) < count:
        raise RuntimeError(f"{len(keys)} readers are too few; {count} are needed")
    return keys


def _let_wait(keys: list[str]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(PENDING, [keys])


def _choices(key: str) -> dict[str, Any]:
    """What the form on a reader's page would send, with another hour, which moves what waits in the queue."""
    form = PreferencesForm(Subscriber.objects.get(key=key))
    chosen = {field.name: field.value() for field in form}
    return {name: value for name, value in chosen.items() if value is not None} | {"send_hour": "23"}


def _each(ask: Callable[[str], Any], paths: list[str]) -> list[tuple[float, float]]:
    """How long each answer took; the first five warm up."""
    return [timed(partial(ask, path), path) for path in paths][5:]
