"""Hold a right in the database for as long as the work under it takes, and not much longer than the worker lives."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Self

from django.db import DatabaseError, InterfaceError, connection

logger = logging.getLogger(__name__)


class Lease:
    """Prolongs a lease `every` so many seconds, in a thread, while its `with` block runs: the block may wait for others as
    long as it must, and a worker that is killed takes the thread with it, so that the lease soon runs out.

    `prolong` is the conditional update; it says whether the lease is still the caller's.
    """

    def __init__(self, prolong: Callable[[], bool], every: float) -> None:
        self._prolong, self._every = prolong, every
        self._turn = threading.Lock()
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._keep, name="lease", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._is_over.set()
        self._thread.join()

    def still_held(self) -> bool:
        """Whether nobody else took over, prolonging the lease by the way. Ask ahead of anything that must not be done
        twice, and outside a transaction: the thread may be waiting for a row that it holds."""
        with self._turn:
            return self._prolong()

    def _keep(self) -> None:
        try:
            while not self._is_over.wait(self._every):
                try:
                    self.still_held()
                except (DatabaseError, InterfaceError) as error:
                    logger.warning("A lease could not be prolonged (%s); it is tried again", type(error).__name__)
                    connection.close()
        finally:
            connection.close()
