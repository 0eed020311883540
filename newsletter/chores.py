"""What the clock has to do, one after the other."""

from __future__ import annotations

import logging
from collections.abc import Callable

from billiard.exceptions import SoftTimeLimitExceeded
from django.db import InterfaceError, OperationalError, connection

logger = logging.getLogger(__name__)


def in_turn(*chores: Callable[[], object]) -> None:
    """Do all chores in this order. One that fails keeps no other from its turn: whatever is wrong with forgetting or
    counting, the mail goes out. The first error is raised when all had their turn.

    Without a database, or when the time is up, there is no point in going on: such an error is raised at once.
    """
    first: Exception | None = None
    for chore in chores:
        try:
            chore()
        except SoftTimeLimitExceeded:
            raise
        except Exception as error:
            if isinstance(error, OperationalError | InterfaceError) and not _has_database():
                raise
            logger.exception("%s failed; the others have their turn", getattr(chore, "__qualname__", chore))
            first = first or error
    if first:
        raise first


def _has_database() -> bool:
    return connection.connection is not None and connection.is_usable()
