"""The product's Celery app under a wall clock that a file moves: `celery -A tests.faults.jumping worker`.

The file CLOCK_FILE holds how many seconds the clock is ahead, or behind; it is looked at twice a second. The monotonic
clock goes its way, as it does when somebody sets a machine's clock.
"""

import os
import threading
import time
from pathlib import Path

import time_machine
from celery import signals

from tests.faults import quick_beat

app = quick_beat.app


@signals.beat_init.connect
@signals.worker_init.connect
@signals.worker_process_init.connect
def follow(**kwargs: object) -> None:
    """Follow the file, in every process: threads do not survive a fork."""
    threading.Thread(target=move_clock, args=(Path(os.environ["CLOCK_FILE"]),), daemon=True).start()


def move_clock(file: Path) -> None:
    """Move the clock whenever the file says another number."""
    moved, travel = 0.0, None
    while True:
        ahead = float(file.read_text(encoding="ascii") or moved)
        if ahead != moved:
            if travel:
                travel.stop()
            travel = time_machine.travel(time.time() + ahead, tick=True)
            travel.start()
            moved = ahead
        threading.Event().wait(0.5)
