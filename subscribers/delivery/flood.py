"""When what comes back is too much to be believed, or to go on. Pure.

A provider's fault, a stolen secret or a wrongly sent digest looks like very many readers gone at once. Then nobody is
struck off before an editor has looked.
"""

from __future__ import annotations

from typing import NamedTuple


class Alarm(NamedTuple):
    """Rings when at least `events` mails of a digest came back, out of at least `accepted`, and more than one in
    `one_in`."""

    one_in: int
    events: int
    accepted: int


FLOOD = Alarm(one_in=20, events=5, accepted=0)
"""Bounces, complaints and leavings together: nobody is struck off. Well-kept lists lose under 1 in 100."""

COMPLAINTS = Alarm(one_in=400, events=3, accepted=1000)
"""Complaints alone: sending pauses, the complaints stand. Google refuses senders at 3 in 1,000 (support.google.com/a,
14229414)."""


def is_due(alarm: Alarm, events: int) -> bool:
    """Whether it is time to look: at every event while they are few, then at every twentieth part more, for the number of
    accepted mails that it is held against is dear to count."""
    return events >= alarm.events and events % max(1, events // 20) == 0


def enough(alarm: Alarm, events: int) -> int:
    """How many accepted mails keep the alarm quiet; nobody needs to count further."""
    return max(alarm.accepted, events * alarm.one_in)


def rings(alarm: Alarm, events: int, accepted: int) -> bool:
    """Whether so many events, of so many accepted mails, are too many. `accepted` may be counted up to `enough`."""
    return events >= alarm.events and accepted >= alarm.accepted and events * alarm.one_in > accepted
