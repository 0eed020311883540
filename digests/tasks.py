"""The clock's door to the digests."""

from celery import shared_task

from digests import charts
from digests.archive.cards import draw_missing_cards
from digests.archive.catalogue import catalogue_missing
from digests.deadline import decide_overdue
from digests.desk import fetching, rewriting
from digests.desk.rewriting import rewrite_waiting
from digests.due import build_due_digests, build_due_weekly
from digests.llm import answers
from newsletter.chores import in_turn


@shared_task(name="digests.tick")
def tick() -> None:
    """Build today's digest, and the week's, when it is time and they are not there yet; decide drafts that nobody
    approved in time; fetch and write anew what editors wish for; draw the charts that drafts lack; put into the archive's
    catalogue what is public and not in it, and draw its cards; forget models' answers that are too old."""
    in_turn(
        decide_overdue,
        build_due_digests,
        build_due_weekly,
        fetching.fetch_waiting,
        rewrite_waiting,
        charts.draw_missing,
        catalogue_missing,
        draw_missing_cards,
        answers.prune,
    )


@shared_task(name=rewriting.TASK)
def rewrite(pk: int) -> None:
    """Write anew what an editor wished for, without waiting for the tick."""
    rewriting.rewrite(pk)


@shared_task(name=charts.TASK)
def draw(pk: int) -> None:
    """Draw the charts of a digest whose papers changed, without waiting for the tick."""
    charts.draw_charts_of(pk)


@shared_task(name=fetching.TASK)
def fetch(pk: int) -> None:
    """Fetch a paper that an editor wants in a draft, without waiting for the tick."""
    fetching.fetch(pk)
