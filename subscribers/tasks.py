"""The clock's door to the subscribers."""

from celery import shared_task
from django.conf import settings

from newsletter.chores import in_turn
from newsletter.turns import only_child
from subscribers import letters_back, renewal, retention
from subscribers.delivery import guard
from subscribers.delivery.closing import take_back_expiries
from subscribers.delivery.events import apply_waiting
from subscribers.delivery.mailboxes import read_mailbox
from subscribers.delivery.send import send_due
from subscribers.mail import send_letters
from subscribers.owner.forgetting import forget_links
from subscribers.room import look_after_disk
from subscribers.signing_up.deciding import decide_sign_ups
from subscribers.signing_up.forgetting import forget
from subscribers.statistics import counting


@shared_task(name="subscribers.tick")
def tick() -> None:
    """Send what is due: letters first, people wait for confirmations, then digests, for which one child of each worker
    is enough: it uses as many connections as it may. Ahead of digests what came back, for it may say that a mail need
    not be sent."""
    in_turn(
        look_at_clock,
        decide_sign_ups,
        send_letters,
        forget,
        forget_links,
        retention.prune,
        renewal.ask,
        counting.count,
        look_after_disk,
        apply_waiting,
        letters_back.apply_waiting,
        send_if_nobody_does,
    )


def look_at_clock() -> None:
    """Note that the clock came by; what expired because it was ahead is queued again."""
    if guard.note_tick():
        take_back_expiries()


def send_if_nobody_does() -> None:
    """Send digests, unless another child of this worker is at it."""
    with only_child("sending") as turn:
        if turn:
            send_due()


@shared_task(name="subscribers.letters")
def letters() -> None:
    """Decide about sign-ups and send letters now, without waiting for the tick: somebody is."""
    decide_sign_ups()
    send_letters()


@shared_task(name="subscribers.bounces")
def bounces() -> None:
    """Read the bounce mailbox."""
    read_mailbox(settings.BOUNCE_MAILBOX)
