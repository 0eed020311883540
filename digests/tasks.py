"""The clock's door to the digests."""

from celery import shared_task

from digests.due import build_due_digest


@shared_task(name="digests.tick")
def tick() -> None:
    """Build today's digest when it is time and it is not there yet."""
    build_due_digest()
