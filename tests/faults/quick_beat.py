"""The product's own Celery app with a faster clock: `celery -A tests.faults.quick_beat beat`.

A real beat ticks once a minute; the drills would spend their time waiting for it.
"""

import os

from newsletter.beat import Every
from newsletter.celery import app

app.conf.update(
    beat_schedule={
        name: entry | {"schedule": Every(float(os.environ["TICK_SECONDS"]))}
        for name, entry in app.conf.beat_schedule.items()
    }
)
