"""Is a refusal about this reader, or about us? One refused address among accepted ones is the reader's; many in a row,
or refusals before anything was accepted, are rather ours, and then nobody may be struck off for them."""

from __future__ import annotations

import enum
from collections import deque

from subscribers.delivery.ledger import Due
from subscribers.models import Delivery

MOST_IN_A_ROW = 5
MOST_PUT_OFF_IN_A_ROW = 200
WINDOW, FEWEST, LARGEST_SHARE = 200, 60, 0.3
"""Of the last 200 mails, once there were 60, no more than this share may be refused for good: a list as bad as that is not
ours to send to, and providers would think the same of us."""
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
        self.in_a_row = self.put_off_in_a_row = 0
        self._accepting: set[int] = set()
        self._recent: deque[bool] = deque(maxlen=WINDOW)  # refused or not

    def accepted(self, due: Due) -> None:
        """Note that a mail of this digest was taken."""
        self.in_a_row = self.put_off_in_a_row = 0
        self._accepting.add(due.digest_id)
        self._recent.append(False)

    def put_off(self) -> bool:
        """Note that a mail was not taken for now; True when that has happened to so many on end that it is better to
        ask again later than to go on."""
        self.put_off_in_a_row += 1
        return self.put_off_in_a_row >= MOST_PUT_OFF_IN_A_ROW

    def refused(self, due: Due, by_policy: bool) -> Verdict:
        """Judge a refusal of a delivery, whose `attempts` are those before this one. A refusal by policy or content
        (`by_policy`) is hardly ever about one reader."""
        self.in_a_row += 1
        self._recent.append(True)
        many = len(self._recent) >= FEWEST and sum(self._recent) > LARGEST_SHARE * len(self._recent)
        if many or self.in_a_row >= MOST_IN_A_ROW:
            return Verdict.STOP
        if due.attempts + 1 >= BELIEVED_AT:
            return Verdict.BELIEVE
        isolated = self.in_a_row == 1 and self._is_accepting(due.digest_id)
        return Verdict.BELIEVE if isolated and not by_policy else Verdict.TRY_AGAIN

    def _is_accepting(self, digest_id: int) -> bool:
        if digest_id not in self._accepting:
            if not Delivery.objects.filter(digest_id=digest_id, status__in=TAKEN).exists():
                return False
            self._accepting.add(digest_id)
        return True
