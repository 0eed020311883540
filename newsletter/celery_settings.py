"""Celery's settings. Each guards against a failure that was measured or is documented; see the comments."""

from django.conf import settings

from newsletter import embedded
from newsletter.beat import Every

VISIBILITY_TIMEOUT = 3600  # seconds; Redis hands a task to someone else after that, so every time limit is far below

broker_url = settings.REDIS_URL or embedded.broker_url()
broker_transport_options = {
    "visibility_timeout": VISIBILITY_TIMEOUT,
    "socket_timeout": 10,
    "socket_connect_timeout": 2,
    # A page that wakes the crew must not wait for a broker that is away: the next tick does the work anyway.
    "max_retries": 1,
    "interval_start": 0,
    "interval_max": 0.2,
}
broker_connection_retry_on_startup = True
task_publish_retry = False

accept_content = ["json"]
task_serializer = "json"
task_ignore_result = True  # the rows are the result
task_acks_late = True
task_reject_on_worker_lost = True
worker_prefetch_multiplier = 1
worker_concurrency = 2
worker_hijack_root_logger = False
task_soft_time_limit = 1500  # the longest task, a build, may take 900 of a model's time alone
task_time_limit = 1560

timezone = "UTC"
# Each tick asks the rows what is due. A tick that waited is dropped: its successor is already there. Sending is asked
# often: after a crash the queue moves again with the first tick after the lease.
SECONDS_BETWEEN = {"digests": 60, "subscribers": 15}
beat_schedule = {
    name: {"task": f"{name}.tick", "schedule": Every(seconds), "options": {"expires": seconds - 1}}
    for name, seconds in SECONDS_BETWEEN.items()
}
if settings.BOUNCE_MAILBOX:
    beat_schedule["subscribers.bounces"] = {
        "task": "subscribers.bounces",
        "schedule": Every(300),
        "options": {"expires": 299},
    }
beat_scheduler = "newsletter.beat:Scheduler"
beat_schedule_filename = str(settings.VAR_DIR / "beat-schedule")
