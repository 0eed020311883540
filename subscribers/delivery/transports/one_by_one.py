"""Mail through any of Django's backends, one message at a time: the file outbox, the console, backends of others."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Sequence

from django.core.mail import get_connection
from django.core.mail.backends.base import BaseEmailBackend

from subscribers.delivery.compose import compose_digest
from subscribers.delivery.outcomes import Meaning, Outcome, outcome_of
from subscribers.delivery.transports.base import Letter, Sent

logger = logging.getLogger(__name__)


class OneByOne:
    """See `transports.base.Transport`."""

    def __init__(self) -> None:
        self._connection: BaseEmailBackend | None = None
        self._waiting: deque[Letter] = deque()

    @property
    def room(self) -> int:
        """One: a message is marked when its turn has come."""
        return 1 - len(self._waiting)

    def open(self) -> None:
        """See Transport."""
        if self._connection is None:
            connection = get_connection()
            connection.open()
            self._connection = connection

    def submit(self, letters: Sequence[Letter]) -> None:
        """See Transport."""
        self._waiting.extend(letters)

    def collect(self, seconds: float) -> list[Sent]:
        """Send what was submitted, and tell what came of it."""
        sent = [self._sent(letter) for letter in self._waiting]
        self._waiting.clear()
        return sent

    def withdraw(self) -> list[Letter]:
        """See Transport."""
        letters = list(self._waiting)
        self._waiting.clear()
        return letters

    def close(self) -> None:
        """See Transport."""
        connection, self._connection = self._connection, None
        try:
            if connection:
                connection.close()
        except Exception as error:  # noqa: BLE001 - the mails are sent and recorded; a failed farewell changes nothing
            logger.info("Mail connection did not close cleanly: %s", type(error).__name__)

    def _sent(self, letter: Letter) -> Sent:
        assert self._connection is not None, "open comes first"
        try:
            message = compose_digest(letter.due, letter.edition.words, letter.edition.image)
            message.message()  # a header or address that cannot be built fails here, not on an open connection
        except Exception as error:
            logger.exception("Delivery %s could not be composed", letter.due.pk)
            return Sent(letter, Outcome(Meaning.FAILED, f"The message could not be built ({type(error).__name__})."))
        try:
            self._connection.send_messages([message])
        except Exception as error:  # noqa: BLE001 - whatever it is, it is an outcome; the table knows which
            outcome = outcome_of(error)
            logger.warning("Delivery %s: %s: %s", letter.due.pk, type(error).__name__, outcome.error)
            self.close()  # Django's SMTP backend keeps a dead connection and fails ever after
            return Sent(letter, outcome)
        # Only Anymail's backends learn an id; Django's own leave None.
        provider_id = message.anymail_status.message_id
        return Sent(letter, None, "" if provider_id is None else str(provider_id))
