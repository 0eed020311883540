"""How many calls a provider is asked to bear at a time, and when it is left alone."""

from __future__ import annotations

import logging
import time

from subscribers.delivery.outcomes import Outcome

logger = logging.getLogger(__name__)
FIRST_REST, LONGEST_REST = 1.0, 60.0
CALM = 20  # calls in a row that went well before one more at a time is tried

in_doubt: set[str] = set()
"""Backends of whose last call nobody knows whether it was taken (a 500, no answer), as far as this process knows. Outlives
a run: while a provider is out of order, each new one would begin with many full calls, and leave them all unknown."""


class Tempo:
    """The tempo for the backend of this name: at most `most` calls at a time.

    After a call in doubt it is `wary`: one reader is asked about at a time, at once and then later and later, until a mail
    is taken. All that a call in doubt carries is unknown, which is work for an editor.
    """

    def __init__(self, backend: str, most: int) -> None:
        self._backend, self._most, self._lanes = backend, most, most
        self._calm = self._rests = 0
        self._rest_until = 0.0

    @property
    def wary(self) -> bool:
        """Whether the last call is in doubt."""
        return self._backend in in_doubt

    @property
    def lanes(self) -> int:
        """How many calls may be under way."""
        return 1 if self.wary else self._lanes

    @property
    def rest(self) -> float:
        """Seconds until the provider may be asked again."""
        return max(0.0, self._rest_until - time.monotonic())

    def slow_down(self, refused: Outcome) -> float:
        """Leave the provider alone as long as it asks, and bother it with half as many calls afterwards; for how long."""
        rest = refused.wait or self._next_rest()
        if not self.rest:
            self._rests += 1
            self._lanes = max(1, self._lanes // 2)
            logger.warning("%s Pausing for %.0f s, then %d calls at a time.", refused.error, rest, self._lanes)
        self._calm = 0
        self._rest_until = max(self._rest_until, time.monotonic() + rest)
        return rest

    def doubt(self) -> float:
        """Note that nobody knows what became of a call; for how long the provider is left alone."""
        if not self.wary:
            logger.warning(
                "Nobody knows what became of a call. One reader at a time is asked about until one is taken."
            )
            in_doubt.add(self._backend)
        elif not self.rest:
            self._rest_until = time.monotonic() + self._next_rest()
            self._rests += 1
        return self.rest

    def taken(self) -> None:
        """Note that a mail was taken: what was in doubt is over."""
        in_doubt.discard(self._backend)

    def speed_up(self) -> None:
        """Note a call that was answered."""
        self._rests = 0
        self._calm += 1
        if self._calm >= CALM and self._lanes < self._most:
            self._lanes, self._calm = self._lanes + 1, 0

    def _next_rest(self) -> float:
        return min(LONGEST_REST, FIRST_REST * 2**self._rests)
