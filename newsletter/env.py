"""Settings from the environment: strict readers, and secrets from `NAME_FILE`."""

import os
from pathlib import Path

import environ
from django.core.exceptions import ImproperlyConfigured

env = environ.FileAwareEnv()
"""django-environ's reader: `env("NAME")` takes NAME, or the content of the file that NAME_FILE names."""


def text(name: str, default: str = "") -> str:
    """The setting as text; unset and empty both mean the default, as compose files pass empty strings on."""
    return env.str(name, default="") or default


def flag(name: str, default: bool) -> bool:
    """A yes-or-no setting. Only `True` or `False` (any case), or 1 or 0, are accepted.

    Raises ImproperlyConfigured for anything else: a typing error must not switch off a protection.
    """
    given = text(name).strip().lower()
    if not given:
        return default
    if given in ("true", "1"):
        return True
    if given in ("false", "0"):
        return False
    raise ImproperlyConfigured(f"{name} must be True or False, not {given!r}.")


def number(name: str, default: int, low: int, high: int) -> int:
    """A whole number between `low` and `high`, both included. Raises ImproperlyConfigured otherwise."""
    given = text(name)
    try:
        value = int(given) if given else default
    except ValueError as error:
        raise ImproperlyConfigured(f"{name} must be a whole number, not {given!r}.") from error
    if not low <= value <= high:
        raise ImproperlyConfigured(f"{name} must be between {low} and {high}, not {value}.")
    return value


def words(name: str, default: str) -> list[str]:
    """A comma-separated setting as a list, blanks removed."""
    return [word.strip() for word in text(name, default).split(",") if word.strip()]


def kept_secret(name: str, path: Path) -> str:
    """The secret NAME, or else one made at the first start and kept in `path`, readable by its owner alone."""
    given = text(name)
    if given:
        return given
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        made = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError:
        return path.read_text(encoding="ascii").strip()
    with os.fdopen(made, "w", encoding="ascii") as kept:
        secret = os.urandom(48).hex()
        kept.write(secret)
    return secret
