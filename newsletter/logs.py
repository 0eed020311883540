"""What must not stand in a log."""

import logging
import re
from typing import Any

from django.apps import apps
from django.db.utils import InterfaceError, OperationalError
from django.utils import translation

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
        """Rewrite the record, in one line; let every record pass."""
        said = _in_english(record)
        # What comes from outside must not look like a line of ours.
        told = " ".join(discreet(said).splitlines()).strip()
        record.msg, record.args = told, ()
        return True


def _in_english(record: logging.LogRecord) -> str:
    """The message, with what our own rows call themselves in the language of the log and not in the one of a page or mail
    that is being made."""
    if not (record.args and apps.ready):
        return record.getMessage()
    with translation.override(None):
        return record.getMessage()


ALWAYS_BRIEF = ("celery.beat", "celery.worker.consumer.consumer", "django.security.DisallowedHost")
"""Loggers that tell, with a trace, of a broker that is away, and of whoever asks for a name that is not ours."""


class NoTrace(logging.Filter):
    """What is away is one line and no trace: it is told with every tick until it is back, and where in the code somebody
    noticed helps nobody. The same goes for programs that try machines by their numbers."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Take such a trace away, and with it what follows the first line; let every record pass."""
        error = record.exc_info[1] if record.exc_info else None
        if error and (record.name in ALWAYS_BRIEF or _is_away(error)):
            said, why = (_first_line(each) for each in (record.getMessage(), error))
            record.msg, record.args = said if why in said else f"{said}: {why}", ()
            record.exc_info = record.exc_text = None
        return True


def _is_away(error: BaseException) -> bool:
    """Whether the database could not be reached, or left: PostgreSQL's classes 08 and 57P, or none when it said nothing."""
    state = getattr(error.__cause__, "sqlstate", None) or "08"
    return isinstance(error, OperationalError | InterfaceError) and state.startswith(("08", "57P"))


def _first_line(told: object) -> str:
    return str(told).strip().partition("\n")[0]


class DiscreetLines(logging.Formatter):
    """The same for all of a line, the trace of an error with its message included: what a server said to a login or an
    address is part of it."""

    def format(self, record: logging.LogRecord) -> str:
        """See logging. What other formatters would reuse of the record stays theirs."""
        return discreet(super().format(record))


def logging_at(level: str) -> dict[str, Any]:
    """Django's LOGGING: everything from `level` on to stderr, by way of the filters."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "line": {
                "()": "newsletter.logs.DiscreetLines",
                "format": "%(asctime)s %(levelname)s %(name)s: %(message)s",
            }
        },
        "filters": {"no_trace": {"()": "newsletter.logs.NoTrace"}, "discreet": {"()": "newsletter.logs.Discreet"}},
        "handlers": {
            "stderr": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["no_trace", "discreet"]}
        },
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            "httpx": {"level": "WARNING"},  # it would log whole addresses
            "httpcore": {"level": "WARNING"},
            "httpx2": {"level": "WARNING"},  # the model's client
            "httpcore2": {"level": "WARNING"},
            "openai": {"level": "WARNING"},
            "matplotlib": {"level": "WARNING"},
            "axes": {"level": "ERROR"},  # it would log who tries to sign in, from where
            "flufl.bounce": {"level": "CRITICAL"},  # it would tell of each detector that does not understand a mail
            "celery.worker.strategy": {"level": "WARNING"},  # two lines for every tick otherwise
            "celery.app.trace": {"level": "WARNING"},
        },
    }
