"""The clock, for machines whose own clock is put forward and back."""

from __future__ import annotations

import datetime as dt
import time
from typing import Any

from celery.beat import PersistentScheduler
from celery.schedules import schedstate, schedule


class Every(schedule):
    """So many seconds apart. A last time that lies in the future is none: celery would wait until it has come."""

    def is_due(self, last_run_at: dt.datetime) -> schedstate:
        """See celery."""
        now, last = self.now(), self.maybe_make_aware(last_run_at)
        return super().is_due(now - dt.timedelta(seconds=self.seconds) if last > now else last)


class Scheduler(PersistentScheduler):
    """Plans anew when the clock was put back: celery keeps the next times it knew, which have become far away."""

    _seen = 0.0

    def tick(self, *args: Any, **kwargs: Any) -> float:
        """See celery; the seconds until the next tick."""
        now = time.time()
        if now < self._seen:
            self._heap = None
        self._seen = now
        return float(super().tick(*args, **kwargs))
