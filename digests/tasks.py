"""The clock's door to the digests."""

from celery import shared_task

from digests.deadline import decide_overdue
from digests.due import build_due_digests, build_due_weekly
from digests.llm import answers


@shared_task(name="digests.tick")
def tick() -> None:
    """Build today's digest, and the week's, when it is time and they are not there yet; decide drafts that nobody
    approved in time; forget models' answers that are too old."""
    decide_overdue()
    build_due_digests()
    build_due_weekly()
    answers.prune()
