"""The clock's door to the subscribers."""

from celery import shared_task

from subscribers.delivery.send import send_due
from subscribers.mail import send_confirmations


@shared_task(name="subscribers.tick")
def tick() -> None:
    """Send what is due: confirmations first, people wait for them, then digests."""
    send_confirmations()
    send_due()


@shared_task(name="subscribers.confirmations")
def confirmations() -> None:
    """Send the confirmations that are wanted now, without waiting for the tick."""
    send_confirmations()
