"""What a way of sending mail must offer to the run that feeds it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from newsletter.mail import Image, Rendered
from newsletter.mime import Form
from subscribers.delivery.compose import form_of
from subscribers.delivery.ledger import Due
from subscribers.delivery.outcomes import Outcome


@dataclass(eq=False)
class Edition:
    """What readers who want the same share: the words, with marks in place of the reader's tokens (see
    `subscribers.delivery.compose`), the chart where it travels inside, and, once somebody asks for it, the bytes with
    blanks."""

    words: Rendered
    image: Image | None = None
    _forms: dict[int, Form] = field(default_factory=dict)

    def form(self, length: int) -> Form:
        """The words as a mail's bytes, for tokens of this length, which is nearly always the same."""
        if length not in self._forms:
            self._forms[length] = form_of(self.words, length, self.image)
        return self._forms[length]


class Letter(NamedTuple):
    """One delivery that is marked `sending`, and its edition."""

    due: Due
    edition: Edition


class Sent(NamedTuple):
    """What became of a letter. `outcome` is None when it was accepted, and then `provider_id` names it if the provider
    gave it a name."""

    letter: Letter
    outcome: Outcome | None
    provider_id: str = ""


class Transport(Protocol):
    """Takes letters and tells, later and in any order, what became of each. One thread calls it."""

    @property
    def room(self) -> int:
        """How many letters it would like to hold more than it does. Each is a row marked `sending`, so this is also what a
        crash can leave unknown: connections × SEND_CHUNK at most."""

    def open(self) -> None:
        """Be ready to send, or raise what keeps it from that (see `outcomes.outcome_of_opening`). Harmless when open."""

    def submit(self, letters: Sequence[Letter]) -> None:
        """Take letters, at most `room`."""

    def collect(self, seconds: float) -> list[Sent]:
        """What is known by now; waits up to `seconds` for the first when letters are held and nothing is known yet."""

    def withdraw(self) -> list[Letter]:
        """Give back the letters that nothing was done with, because the run stops. The others are still to be collected."""

    def close(self) -> None:
        """Hang up. No letter may be held."""
