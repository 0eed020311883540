"""Is a refusal about this reader, or about us? One refused address among accepted ones is the reader's; many in a row,
or refusals before anything was accepted, are rather ours, and then nobody may be struck off for them."""

from __future__ import annotations

import enum

from subscribers.models import Delivery

MOST_IN_A_ROW = 5
BELIEVED_AT = 3  # the attempt at which a refusal counts whatever else is said

TAKEN = (Delivery.Status.SENT, Delivery.Status.DELIVERED, Delivery.Status.COMPLAINED)


class Verdict(enum.Enum):
    """What to make of a refusal."""

    BELIEVE = "it is about the reader"
    TRY_AGAIN = "nobody knows yet"
    STOP = "it is about us"


class Doubt:
    """What one run has seen of acceptance and refusal."""

    def __init__(self) -> None:
        self.in_a_row = 0
        self._accepting: set[int] = set()

    def accepted(self, delivery: Delivery) -> None:
        """Note that a mail of this digest was taken."""
        self.in_a_row = 0
        self._accepting.add(delivery.digest_id)

    def refused(self, delivery: Delivery, by_policy: bool) -> Verdict:
        """Judge a refusal of a delivery, whose `attempts` are those before this one. A refusal by policy or content
        (`by_policy`) is hardly ever about one reader."""
        self.in_a_row += 1
        if self.in_a_row >= MOST_IN_A_ROW:
            return Verdict.STOP
        if delivery.attempts + 1 >= BELIEVED_AT:
            return Verdict.BELIEVE
        isolated = self.in_a_row == 1 and self._is_accepting(delivery.digest_id)
        return Verdict.BELIEVE if isolated and not by_policy else Verdict.TRY_AGAIN

    def _is_accepting(self, digest_id: int) -> bool:
        if digest_id not in self._accepting:
            if not Delivery.objects.filter(digest_id=digest_id, status__in=TAKEN).exists():
                return False
            self._accepting.add(digest_id)
        return True
