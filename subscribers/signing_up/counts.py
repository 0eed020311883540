"""What the rows say about a sign-up that is to be decided."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.db.models import QuerySet
from django.db.models.functions import Lower

from subscribers import suppression
from subscribers.models import SignUp, Subscriber
from subscribers.signing_up.limits import LONGEST_WAIT, Facts, within

State = SignUp.State


def facts_of(sign_up: SignUp, now: dt.datetime) -> Facts:
    """What a verdict at `now` goes by. Visitors are counted up to this sign-up, so that of several at once the same are
    refused whoever counts; mails are counted up to now."""
    earlier = SignUp.objects.filter(pk__lt=sign_up.pk)
    by_visitor, by_network = visitors_count(sign_up, earlier)
    mailed = SignUp.objects.filter(state__in=SignUp.MAILED)
    to_address = mailed.filter(address_hash=sign_up.address_hash)
    to_domain = mailed.filter(domain_hash=sign_up.domain_hash) if sign_up.domain_hash else mailed.none()
    same_waiting = earlier.filter(address_hash=sign_up.address_hash, state=State.WAITING)

    def since(age: dt.timedelta, rows: QuerySet[SignUp]) -> int:
        return rows.filter(decided_at__gt=now - age).count()

    return Facts(
        waited=now - sign_up.asked_at,
        by_visitor=by_visitor,
        by_network=by_network,
        to_address_lately=since(within(settings.SIGN_UP_PER_ADDRESS), to_address),
        to_address=since(dt.timedelta(days=settings.SIGN_UP_MEMORY_DAYS), to_address),
        earlier_waits=same_waiting.filter(asked_at__gt=now - LONGEST_WAIT).exists(),
        to_domain=since(within(settings.SIGN_UP_PER_DOMAIN), to_domain),
        mailed_lately=since(within(settings.SIGN_UP_MAILS), mailed),
        mailed_until_alarm=since(within(settings.SIGN_UP_ALARM), mailed),
        suppressed=suppression.is_suppressed(sign_up.email),
        status=_status(sign_up.email),
    )


def visitors_count(sign_up: SignUp, among: QuerySet[SignUp]) -> tuple[int, int]:
    """How many of `among` the same visitor, and visitors of the same network, sent in the time before this one. All
    count, whatever became of them."""
    visitor, network = settings.SIGN_UP_PER_VISITOR, settings.SIGN_UP_PER_NETWORK
    of_visitor = among.filter(visitor_hash=sign_up.visitor_hash, asked_at__gt=sign_up.asked_at - within(visitor))
    of_network = among.filter(network_hash=sign_up.network_hash, asked_at__gt=sign_up.asked_at - within(network))
    return of_visitor.count(), of_network.count()


def _status(email: str) -> str | None:
    known = Subscriber.objects.alias(address=Lower("email")).filter(address=email.lower())
    return known.values_list("status", flat=True).first()
