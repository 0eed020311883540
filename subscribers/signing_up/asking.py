"""The page's part of a sign-up: write down who wants what. Which address it is makes no difference to what is done here,
so neither the answer nor its timing tells what is known of the address."""

from __future__ import annotations

from typing import NamedTuple

from django.utils import timezone

from newsletter.visitors import SHOWN, Address, network
from subscribers.models import SignUp
from subscribers.signing_up.counts import visitors_count
from subscribers.signing_up.limits import Facts, domain_counted, folded, keyed, refusal


class Wish(NamedTuple):
    """What somebody asked for, and the sentence they agreed to, in the language they read it in. `categories` is a mask
    (see `subscribers.choices`)."""

    email: str
    language: str
    categories: int
    consent_text: str


def note(wish: Wish, visitor: Address) -> bool:
    """Write a sign-up down for `deciding`; False when this visitor, or their network, has asked too often to be heard."""
    now = timezone.now()
    made = SignUp(
        asked_at=now,
        **wish._asdict(),
        came_from=network(visitor, SHOWN),
        visitor_hash=keyed("visitor", str(visitor)),
        network_hash=keyed("network", network(visitor)),
        address_hash=keyed("address", folded(wish.email)),
        domain_hash=keyed("domain", domain) if (domain := domain_counted(wish.email)) else "",
    )
    by_visitor, by_network = visitors_count(made, SignUp.objects.all())
    if refusal(Facts(by_visitor=by_visitor, by_network=by_network)):
        return False  # not even kept: whoever sends a form a thousand times must not fill the disk
    made.save(force_insert=True)
    return True
