"""Settings from the environment: strict readers, and secrets from `NAME_FILE`."""

import os
import tempfile
from pathlib import Path
from typing import Any

import environ
from django.core.exceptions import ImproperlyConfigured


def text(name: str, default: str = "") -> str:
    """The setting as text; unset and empty both mean the default, as compose files pass empty strings on.

    With NAME_FILE set it is that file's content, without the line end an editor adds. Raises ImproperlyConfigured when
    the file cannot be read: a missing secret must stop the start, not weaken it.
    """
    file = os.environ.get(f"{name}_FILE", "")
    if not file:
        return os.environ.get(name, "") or default
    try:
        return Path(file).read_text(encoding="utf-8").strip() or default
    except (OSError, UnicodeError) as error:
        raise ImproperlyConfigured(f"{name}_FILE names {file}, which cannot be read: {error}") from error


def database(name: str, default: str) -> dict[str, Any]:
    """A database address (`postgres://…`, `sqlite:///…`) as Django's settings spell it."""
    return dict(environ.Env.db_url_config(text(name, default)))


def prefixed(prefix: str) -> dict[str, str]:
    """Every setting whose name begins with `prefix`, without it."""
    names = {name.removesuffix("_FILE") for name in os.environ if name.startswith(prefix)}
    return {name.removeprefix(prefix): text(name) for name in sorted(names)}


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
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        draft, name = tempfile.mkstemp(dir=path.parent)  # its owner's alone
        with os.fdopen(draft, "w", encoding="ascii") as file:
            file.write(os.urandom(48).hex())
        try:
            os.link(name, path)  # whole or not at all: of two first starts at once, the second reads the first's
        except FileExistsError:
            pass
        finally:
            os.unlink(name)
    return path.read_text(encoding="ascii").strip()
