"""What an editor should do next about a day, and why. Pure: how things stand in, one sentence and one button out."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from digests.models import DayReport, Digest

Status, State = Digest.Status, DayReport.State


class Tone(StrEnum):
    """How much it matters."""

    CALM = "calm"
    ACT = "act"
    ALARM = "alarm"


class Go(StrEnum):
    """Where the button leads."""

    NOWHERE = ""
    DESK = "desk"
    APPROVE = "approve"
    PROGRESS = "progress"
    RECEIPT = "receipt"
    DAY = "day"
    SOURCES = "sources"


class Standing(NamedTuple):
    """How the day stands: the digest's status, None without one; the state of collecting and its reason; whether the hour
    of building, or of worrying, has passed; the doubts that are left; what whoever looks may do; whether it is a sample."""

    status: str | None = None
    state: str | None = None
    why: str = ""
    is_built_by_now: bool = False
    is_worrying: bool = False
    doubts: int = 0
    may_approve: bool = True
    may_resume: bool = True


class Step(NamedTuple):
    """What to do next: a sentence, the words of the one button, where it leads, and how much it matters."""

    says: str
    button: str = ""
    go: Go = Go.NOWHERE
    tone: Tone = Tone.CALM


def next_step(now: Standing) -> Step:
    """The one thing to do next."""
    return _without_digest(now) if now.status is None else _with_digest(now)


def _without_digest(now: Standing) -> Step:
    match now.state:
        case State.QUIET:
            return Step(_("Nothing is announced today, so there is no digest. Nothing to do."))
        case State.STALLED:
            said = _("The paper lists show the same papers again. They are asked again each hour; nothing to do.")
            return Step(said, _("See the day"), Go.DAY)
        case State.FAILED:
            said = _("The paper lists could not be read, so there is no digest, and readers get nothing.")
            return Step(f"{said} {now.why}".strip(), _("See which list, and why"), Go.DAY, Tone.ALARM)
        case State.WAITING:
            said = _("The lists of the day are not there yet. They are asked again by themselves.")
            return Step(said, _("See the day"), Go.DAY, Tone.ALARM if now.is_worrying else Tone.CALM)
    if now.is_worrying:
        said = _(
            "There is no digest yet, and nothing says why. Do beat and the worker run? By hand: manage.py build_digest"
        )
        return Step(said, _("See the last days"), Go.SOURCES, Tone.ALARM)
    if now.is_built_by_now:
        return Step(_("The digest is about to be built."))
    return Step(_("The digest of the day is not built yet. Nothing to do until then."))


def _with_digest(now: Standing) -> Step:
    match now.status:
        case Status.BUILDING:
            return Step(_("The digest is being built. You can look at it in a few minutes."), _("Look on"), Go.DESK)
        case Status.DRAFT if now.doubts:
            said = ngettext(
                "%d place is marked. Look at it, then approve.",
                "%d places are marked. Look at them, then approve.",
                now.doubts,
            )
            return Step(said % now.doubts, _("Look at what is marked"), Go.DESK, Tone.ACT)
        case Status.DRAFT if now.may_approve:
            return Step(_("Nothing is marked. Read it, then approve."), _("Check and approve"), Go.APPROVE, Tone.ACT)
        case Status.DRAFT:
            return Step(_("It waits for an editor to approve it."), _("Read it"), Go.DESK)
        case Status.APPROVED:
            return Step(
                _("It is approved. Readers get it at their hour; nothing to do."),
                _("See who gets it when"),
                Go.PROGRESS,
            )
        case Status.SENDING:
            return Step(_("It is being sent. Nothing to do."), _("Watch it go"), Go.PROGRESS)
        case Status.PAUSED if now.may_resume:
            return Step(
                _("Sending is paused: readers wait. Find out why, then resume or cancel."),
                _("To the sending"),
                Go.PROGRESS,
                Tone.ALARM,
            )
        case Status.PAUSED:
            return Step(
                _("Sending is paused: readers wait. An operator can resume it."),
                _("To the sending"),
                Go.PROGRESS,
                Tone.ALARM,
            )
        case Status.SENT:
            return Step(_("It was sent. Nothing to do."), _("See the receipt"), Go.RECEIPT)
        case Status.CANCELLED:
            return Step(_("The rest of it was cancelled. Nothing to do."), _("See the receipt"), Go.RECEIPT)
    return Step(_("It was discarded. Nothing to do."), _("Look on"), Go.DESK)
