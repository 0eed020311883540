"""What must not stand in a log."""

import logging
import re

SECRET_PATH = re.compile(
    r"/(confirm|preferences|unsubscribe|return|own|address|refuse|feedback|renew|forgotten/\w+)/[^/\s'\"]+"
)
ADDRESS = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
LOGIN = re.compile(r"://[^/\s@]+@")
KEY = re.compile(r"\b(Bearer|Basic)\s+[\w.~+/=-]{6,}|\bsk-[\w-]{6,}", re.IGNORECASE)


def discreet(text: str) -> str:
    """The text without readers' links, e-mail addresses, logins in addresses of servers, and keys."""
    text = LOGIN.sub("://…@", SECRET_PATH.sub(r"/\1/…", text))
    return KEY.sub(lambda found: f"{found[1] or 'sk'} …", ADDRESS.sub("<address>", text))


class Discreet(logging.Filter):
    """Takes out of a message what must not stand in a log. Django logs the path of a refused request, and such a path can
    be a working link."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Rewrite the record; let every record pass."""
        said = record.getMessage()
        told = discreet(said)
        if told != said:
            record.msg, record.args = told, ()
        return True


class DiscreetLines(logging.Formatter):
    """The same for all of a line, the trace of an error with its message included: what a server said to a login or an
    address is part of it."""

    def format(self, record: logging.LogRecord) -> str:
        """See logging. What other formatters would reuse of the record stays theirs."""
        return discreet(super().format(record))
