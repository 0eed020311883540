"""The crew's part of a sign-up: count, decide, act.

Each decision is one conditional update of the sign-up's row, with what it means for the subscriber in the same transaction.
Two workers at once decide alike: visitors are counted by the rows that came before, and while an earlier sign-up for the same
address is undecided a later one waits.
"""

from __future__ import annotations

import datetime as dt
import logging
import time
from collections.abc import Iterator

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from subscribers import lifecycle
from subscribers.models import SignUp
from subscribers.signing_up import alarm
from subscribers.signing_up.counts import facts_of
from subscribers.signing_up.limits import Verdict, is_alarm, verdict

logger = logging.getLogger(__name__)
State = SignUp.State
SECONDS_A_RUN = 10.0
FORGOTTEN = {"email": "", "language": "", "categories": 0, "consent_text": "", "came_from": ""}


def decide_sign_ups() -> int:
    """Decide what waits, oldest first; return for how many a mail is now wanted. With enough mails for this minute the
    rest waits for a later run."""
    wanted, full_domains = 0, set[str]()
    for sign_up in _waiting(full_domains):
        now = timezone.now()
        facts = facts_of(sign_up, now)
        found = verdict(facts)
        if found.state != State.WAITING:
            wanted += _settle(sign_up, found, now) and found.state in SignUp.MAILED
        elif facts.mailed_lately >= settings.SIGN_UP_MAILS.mails:
            break
        elif not facts.earlier_waits:
            full_domains.add(sign_up.domain_hash)
        if is_alarm(facts.mailed_until_alarm):
            alarm.tell()
    return wanted


def _waiting(full_domains: set[str]) -> Iterator[SignUp]:
    """One after the other, until the time is up; none of a domain that has been found full meanwhile, for thousands of
    those must not keep others waiting."""
    end, last = time.monotonic() + SECONDS_A_RUN, 0
    while time.monotonic() < end:
        rows = SignUp.objects.filter(state=State.WAITING, pk__gt=last).exclude(domain_hash__in=full_domains)
        sign_up = rows.order_by("pk").first()
        if sign_up is None:
            return
        last = sign_up.pk
        yield sign_up


def _settle(sign_up: SignUp, found: Verdict, now: dt.datetime) -> bool:
    """Act on a verdict and forget whose address it was; False when another worker was faster."""
    with transaction.atomic():
        mine = SignUp.objects.filter(pk=sign_up.pk, state=State.WAITING)
        if not mine.update(state=found.state, why=found.why, decided_at=now, **FORGOTTEN):
            return False
        consent = lifecycle.Consent(sign_up.consent_text, sign_up.asked_at, sign_up.came_from)
        if found.state == State.CONFIRMATION:
            lifecycle.sign_up(sign_up.email, sign_up.language, sign_up.categories, consent=consent)
        elif found.why == SignUp.Why.ADDRESS:
            lifecycle.wish_again(sign_up.email, sign_up.language, sign_up.categories, consent)
        elif found.state == State.ALREADY:
            lifecycle.remind(sign_up.email)
    logger.info("Sign-up %s: %s %s", sign_up.pk, found.state.value, found.why)
    return True
