"""The alarm clock and the crew. Tasks carry no payload; the database says what is due."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsletter.settings")

app = Celery("newsletter")
app.config_from_object("newsletter.celery_settings")
app.autodiscover_tasks(["digests", "subscribers"])
