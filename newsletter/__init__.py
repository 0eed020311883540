"""The ground: settings, clock, the door to the web, MJML, health. Imports nothing of digests or subscribers."""

from newsletter.celery import app as celery_app

__all__ = ["celery_app"]
