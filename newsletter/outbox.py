"""The file outbox: mail written to `var/outbox/*.eml`, for trying the product with no mail server."""

import itertools
import os
import time
from collections.abc import Sequence
from pathlib import Path

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

_turn = itertools.count()


class EmailBackend(BaseEmailBackend):
    """Writes each message to a file of its own, whole or not at all.

    A name says when the mail was taken, never whose it is; a mail sent twice is two files, so the folder is an honest
    witness of what was sent.
    """

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Write the messages; return how many. Raises OSError when the disk refuses one."""
        folder = Path(settings.OUTBOX_DIR)
        folder.mkdir(parents=True, exist_ok=True)
        for message in email_messages:
            name = f"{time.time_ns()}-{os.getpid()}-{next(_turn)}"
            draft = folder / f".{name}.part"
            with draft.open("wb") as file:
                file.write(message.message().as_bytes(linesep="\r\n"))  # type: ignore[call-arg]  # Django's own class takes it
                file.flush()
                os.fsync(file.fileno())
            draft.rename(folder / f"{name}.eml")
        return len(email_messages)
