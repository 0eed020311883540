"""What can go wrong with a question, and what may help.

CompletionFailed (a question is lost; a sentence for the editor)
└── NotAsked (nor was the model, any more)
    └── OverBudget
Unusable (this one answer is of no use; another may be)
"""

from __future__ import annotations

import logging
from enum import Enum

logger = logging.getLogger(__name__)

PERMANENT = {
    401: "does not accept our key",
    402: "says that our credit is used up",
    403: "does not let us in",
    404: "does not know the model or the address",
}


class Remedy(Enum):
    """What may help after a failure. The value is how many failures of the kind, with no success between them, end a
    conversation."""

    NOTHING = 1  # wrong key, no credit, no such model
    TIME = 3  # the server is away, busy or slow
    LESS = 6  # a smaller question may do: an answer was cut off, was refused, or was of no use


class CompletionFailed(Exception):
    """The model gave nothing usable; the text is a sentence for the editor. `may_cost` says that the server may have
    worked, and will want to be paid, all the same."""

    def __init__(self, sentence: str, remedy: Remedy, may_cost: bool = False) -> None:
        super().__init__(sentence)
        self.remedy = remedy
        self.may_cost = may_cost


class NotAsked(CompletionFailed):
    """The conversation was over before this question."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence, Remedy.NOTHING)


class OverBudget(NotAsked):
    """The question could have cost more than is left of the day's budget."""

    def __init__(self) -> None:
        super().__init__("The day's budget for the language model is used up.")


class Unusable(Exception):
    """This one answer is of no use; another may be. The text is our own words, fit to be told to the model."""


def failure_of(error: Exception) -> CompletionFailed:
    """What to tell the editor, and what may help, when a call brought no answer."""
    import httpx2  # the client's own wire; its errors come through while a body is read
    import openai

    if isinstance(error, TimeoutError | openai.APITimeoutError | httpx2.TimeoutException):
        return CompletionFailed("The model's server did not answer in time.", Remedy.TIME, may_cost=True)
    if isinstance(error, httpx2.TransportError):
        return CompletionFailed("The model's server hung up in the middle of its answer.", Remedy.TIME, may_cost=True)
    if isinstance(error, openai.APIConnectionError):
        return CompletionFailed("The model's server could not be reached.", Remedy.TIME)
    if isinstance(error, openai.APIStatusError):
        # Without credit, OpenAI answers 429 as if the next minute could help.
        status = 402 if error.code == "insufficient_quota" else error.status_code
        if status in PERMANENT:
            return CompletionFailed(f"The model's server {PERMANENT[status]} (status {status}).", Remedy.NOTHING)
        remedy = Remedy.LESS if status == 413 else Remedy.TIME
        return CompletionFailed(f"The model's server answered with status {status}.", remedy)
    logger.error("The model cannot be asked", exc_info=error)
    return CompletionFailed(f"The model cannot be asked ({type(error).__name__}).", Remedy.NOTHING)
