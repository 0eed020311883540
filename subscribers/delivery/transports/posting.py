"""Post one call and say what became of its letters. Runs in a thread of its own and touches no database."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from typing import Any, NamedTuple

from subscribers.delivery.outcomes import Meaning, Outcome, outcome_of, outcome_of_answer
from subscribers.delivery.transports.base import Letter, Sent
from subscribers.delivery.transports.calls import Call, call_for
from subscribers.delivery.transports.providers import Provider

logger = logging.getLogger(__name__)
PAUSES = (1.0, 4.0)  # before a call is repeated that may have been taken, where a key keeps it from counting twice


class Report(NamedTuple):
    """What became of a call. `left` are letters that were certainly not accepted and may be tried again: those that did
    not fit, or all of them when the call was refused, and then `refused` says why."""

    sent: list[Sent]
    left: Sequence[Letter] = ()
    refused: Outcome | None = None


def post(backend: Any, provider: Provider, letters: Sequence[Letter]) -> Report:
    """Send the letters, or as many as fit into one call. Raises nothing."""
    try:
        call = call_for(backend, provider, letters)
    except Exception as error:  # noqa: BLE001 - nothing was sent, whatever it is
        logger.warning("A call for %d letters could not be made: %s", len(letters), type(error).__name__)
        return whole(letters, _unmade(error))
    left = letters[len(call.letters) :]
    report = _once(call)
    for pause in PAUSES if provider.key_in_call or provider.key_in_mail else ():
        if not _in_doubt(report):
            break
        time.sleep(pause)
        again = _once(call)
        # Only an answer to the letters counts now: that the second call was refused says nothing about the first.
        report = again if _answered(again) else report
    return report._replace(left=[*report.left, *left])


def whole(letters: Sequence[Letter], outcome: Outcome) -> Report:
    """One outcome for the whole call. What may be about one letter only is left to be found out, and what is about the
    moment is left for later."""
    about_one = outcome.meaning in (Meaning.POLICY, Meaning.FAILED) and len(letters) > 1
    if about_one or outcome.meaning is Meaning.DEFERRED:
        return Report([], letters, outcome)
    return Report([Sent(letter, outcome) for letter in letters])


def _once(call: Call) -> Report:
    """Post the call once."""
    try:
        answer = call.post()
    except Exception as error:  # noqa: BLE001 - `outcomes` knows what each means
        return whole(call.letters, _noted(call, error, outcome_of(error)))
    try:
        return Report(call.told(answer))
    except Exception as error:  # noqa: BLE001 - the mails may have been taken, whatever it is
        return whole(call.letters, _noted(call, error, outcome_of_answer(error)))


def _unmade(error: Exception) -> Outcome:
    outcome = outcome_of(error)
    if outcome.meaning is Meaning.STOP:
        return outcome
    return Outcome(Meaning.FAILED, f"The message could not be built ({type(error).__name__}).")


def _noted(call: Call, error: Exception, outcome: Outcome) -> Outcome:
    logger.info("A call with %d letters: %s: %s", len(call.letters), type(error).__name__, outcome.error)
    return outcome


def _in_doubt(report: Report) -> bool:
    return any(sent.outcome and sent.outcome.meaning is Meaning.UNKNOWN for sent in report.sent)


def _answered(report: Report) -> bool:
    return any(sent.outcome is None for sent in report.sent)
