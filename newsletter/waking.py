"""Calling the crew at once for what the next tick would find anyway."""

import logging

from celery import current_app
from kombu.exceptions import KombuError
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)
BROKER_SECONDS = 0.5


def wake(task: str, *ids: int) -> None:
    """Call the crew for `task` now, with ids or nothing. With the broker away nothing is lost: the next tick finds the work
    in the rows.

    Over a connection of its own, which gives up soon: a page waits for it.
    """
    try:
        with current_app.connection_for_write() as connection:
            soon = {"socket_timeout": BROKER_SECONDS, "socket_connect_timeout": BROKER_SECONDS}
            connection.transport_options = {**(connection.transport_options or {}), **soon}
            current_app.send_task(task, args=ids, retry=False, expires=600, connection=connection)
    except (KombuError, RedisError, OSError) as error:
        logger.warning("%s was not woken, the next tick will do it: %s", task, type(error).__name__)
