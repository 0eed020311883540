"""How often what is allowed. Pure: counts and addresses in, a verdict out; `deciding` counts and acts.

Limits of two kinds. Those on who asks and who is asked for refuse: nothing is mailed, and the page does not tell. Those on
how much goes out at a time let people wait, as they are nobody's fault; only when the alarm goes off is it refused.
"""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

from django.conf import settings
from django.utils.crypto import salted_hmac

from newsletter.checks import FREE_MAIL
from newsletter.env import Rate
from subscribers.models import SignUp, Subscriber
from subscribers.suppression import Reason, normalised

Why = SignUp.Why
State = SignUp.State

LONGEST_WAIT = dt.timedelta(days=1)
"""A mail later than that would only puzzle people."""

GOOGLE = {"gmail.com", "googlemail.com"}


class Facts(NamedTuple):
    """What a verdict on one sign-up needs to know. Counts are of sign-ups before this one, within the limits' times."""

    waited: dt.timedelta = dt.timedelta()
    by_visitor: int = 0
    by_network: int = 0
    to_address_lately: int = 0
    to_address: int = 0
    earlier_waits: bool = False
    to_domain: int = 0
    mailed_lately: int = 0
    mailed_until_alarm: int = 0
    suppressed: Reason | None = None
    status: str | None = None


class Verdict(NamedTuple):
    """What becomes of a sign-up; WAITING means: decide again later."""

    state: State
    why: str = ""


def verdict(facts: Facts) -> Verdict:
    """What becomes of a sign-up."""
    if why := refusal(facts):
        return Verdict(State.REFUSED, why)
    if facts.earlier_waits or facts.to_domain >= settings.SIGN_UP_PER_DOMAIN.mails:
        return Verdict(State.WAITING)
    if facts.mailed_lately >= settings.SIGN_UP_MAILS.mails:
        return Verdict(State.WAITING)
    active = facts.status == Subscriber.Status.ACTIVE
    return Verdict(State.ALREADY if active else State.CONFIRMATION)


def refusal(facts: Facts) -> str:
    """Why nothing is to be mailed; empty when nothing speaks against it."""
    reasons = {
        Why.VISITOR: facts.by_visitor >= settings.SIGN_UP_PER_VISITOR.mails,
        Why.NETWORK: facts.by_network >= settings.SIGN_UP_PER_NETWORK.mails,
        Why.COMPLAINED: Reason.COMPLAINED == facts.suppressed or facts.status == Subscriber.Status.COMPLAINED,
        Why.ADDRESS: facts.to_address_lately >= settings.SIGN_UP_PER_ADDRESS.mails
        or facts.to_address >= settings.SIGN_UP_MOST_MAILS,
        Why.ALARM: is_alarm(facts.mailed_until_alarm),
        Why.STALE: facts.waited > LONGEST_WAIT,
    }
    return next((why for why, holds in reasons.items() if holds), "")


def is_alarm(mailed: int) -> bool:
    """Whether so many mails within the alarm's time are too many to be people."""
    return mailed >= settings.SIGN_UP_ALARM.mails


def within(rate: Rate) -> dt.timedelta:
    """The time in which a limit counts."""
    return dt.timedelta(seconds=rate.seconds)


def folded(address: str) -> str:
    """The address by which limits count, and nothing else: without +tag, and for Google's without dots, which its
    mailboxes ignore. Two people may share it; all they then share is a limit."""
    local, _at, domain = normalised(address).rpartition("@")
    local = local.partition("+")[0] or local
    if domain in GOOGLE:
        local, domain = local.replace(".", ""), "gmail.com"
    return f"{local}@{domain}"


def domain_counted(address: str) -> str:
    """The domain whose mails are counted together; empty for the large providers, which half of all people are at."""
    domain = normalised(address).rpartition("@")[2]
    return "" if domain in FREE_MAIL else domain


def keyed(kind: str, value: str) -> str:
    """A hash of a visitor, a network or an address, useless without SECRET_KEY. A new key forgets all limits; that does
    no harm."""
    return salted_hmac(f"subscribers.signing_up.{kind}", value, algorithm="sha256").hexdigest()[:32]
