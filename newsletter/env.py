"""Settings from the environment: strict readers, and secrets from `NAME_FILE`."""

import os
import tempfile
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import NamedTuple

from django.core.exceptions import ImproperlyConfigured

known: set[str] = set()
"""Every name that was asked for."""


def text(name: str, default: str = "") -> str:
    """The setting as text; unset and empty both mean the default, as compose files pass empty strings on.

    With NAME_FILE set it is that file's content, without the line end an editor adds. Raises ImproperlyConfigured when
    the file cannot be read: a missing secret must stop the start, not weaken it.
    """
    known.add(name)
    file = os.environ.get(f"{name}_FILE", "")
    if not file:
        return os.environ.get(name, "") or default
    try:
        return Path(file).read_text(encoding="utf-8").strip() or default
    except (OSError, UnicodeError) as error:
        raise ImproperlyConfigured(f"{name}_FILE names {file}, which cannot be read: {error}") from error


def folder(name: str, default: Path) -> Path:
    """The folder that the setting names; its owner's alone if it must be made, for addresses and keys are kept there.
    Raises ImproperlyConfigured where it cannot be made."""
    path = Path(text(name, str(default))).resolve()
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise ImproperlyConfigured(
            f"{name} is {path}, which cannot be made ({error.strerror}): make it, for the user that runs this."
        ) from error
    return path


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


def choice(name: str, options: tuple[str, ...]) -> str:
    """One of the `options`, the first unless another is named. Raises ImproperlyConfigured for anything else."""
    given = text(name, options[0]).strip().lower()
    if given not in options:
        raise ImproperlyConfigured(f"{name} must be {' or '.join(options)}, not {given!r}.")
    return given


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


def proxies(name: str) -> int:
    """How many proxies of ours a request comes through: a number up to 5, or True for one and False for none. Raises
    ImproperlyConfigured otherwise."""
    given = text(name).strip().lower()
    named = {"true": 1, "false": 0, "": 0}
    return named[given] if given in named else number(name, 0, 0, 5)


def amount(name: str) -> Decimal | None:
    """A sum of money, 0 or more; unset is None. Raises ImproperlyConfigured otherwise."""
    given = text(name).strip()
    return _money(name, given) if given else None


def prices(name: str, default: str) -> dict[str, tuple[Decimal, Decimal]]:
    """A comma-separated setting of `NAME=IN/OUT`: what a thing costs one way and the other. Raises ImproperlyConfigured
    for anything else."""
    found = {}
    for line in words(name, default):
        thing, equals, pair = line.rpartition("=")
        first, slash, second = pair.partition("/")
        if not (thing.strip() and equals and slash):
            raise ImproperlyConfigured(f"{name} must list prices as some-model=0.15/0.60, not {line!r}.")
        found[thing.strip()] = (_money(name, first), _money(name, second))
    return found


def _money(name: str, given: str) -> Decimal:
    try:
        value = Decimal(given.strip())
    except InvalidOperation as error:
        raise ImproperlyConfigured(f"{name} must be an amount such as 0.50, not {given!r}.") from error
    if not value.is_finite() or value < 0:
        raise ImproperlyConfigured(f"{name} must be an amount of 0 or more, not {given!r}.")
    return value


def words(name: str, default: str) -> list[str]:
    """A comma-separated setting as a list, blanks removed."""
    return [word.strip() for word in text(name, default).split(",") if word.strip()]


class Rate(NamedTuple):
    """So many mails in so many seconds."""

    mails: int
    seconds: int


WINDOWS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}


def rate(name: str, default: str) -> Rate:
    """One limit such as `5/h`. Raises ImproperlyConfigured for anything else."""
    return _rate(name, text(name, default).strip())


def rates(name: str) -> list[Rate]:
    """Limits such as `50/s, 2000/m` (s, m, h or d; a bare number is per second). Raises ImproperlyConfigured otherwise."""
    return [_rate(name, word) for word in words(name, "")]


def named_rates(name: str) -> dict[str, Rate]:
    """A limit for each of several names, such as `naver.com=20/s, gmail.com=50/s`. Raises ImproperlyConfigured otherwise."""
    found = {}
    for word in words(name, ""):
        key, equals, limit = word.partition("=")
        if not equals or not key.strip():
            raise ImproperlyConfigured(f"{name} must list limits such as naver.com=20/s, not {word!r}.")
        found[key.strip().lower()] = _rate(name, limit.strip())
    return found


def _rate(name: str, word: str) -> Rate:
    mails, _slash, window = word.partition("/")
    if not mails.isdigit() or int(mails) < 1 or (window or "s") not in WINDOWS:
        raise ImproperlyConfigured(f"{name} must be limits such as 50/s or 2000/m, not {word!r}.")
    return Rate(int(mails), WINDOWS[window or "s"])


WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def weekday(name: str, default: str) -> int:
    """A day of the week by its English name, as a number; Monday is 0. Raises ImproperlyConfigured for anything else."""
    given = text(name, default).strip().lower()
    if given not in WEEKDAYS:
        raise ImproperlyConfigured(f"{name} must be a day of the week, such as monday, not {given!r}.")
    return WEEKDAYS.index(given)


def day(name: str) -> date | None:
    """A day such as 2027-01-01; unset is None. Raises ImproperlyConfigured for anything else."""
    found = dates(name)
    if len(found) > 1:
        raise ImproperlyConfigured(f"{name} must be one day, such as 2027-01-01.")
    return found[0] if found else None


def dates(name: str) -> list[date]:
    """A comma-separated setting of days such as 2027-01-01. Raises ImproperlyConfigured for anything else."""
    try:
        return [date.fromisoformat(word) for word in words(name, "")]
    except ValueError as error:
        raise ImproperlyConfigured(f"{name} must list days as 2027-01-01, comma-separated: {error}") from error


def kept_secret(name: str, path: Path) -> str:
    """The secret NAME, or else one made at the first start and kept in `path`, readable by its owner alone. Raises
    ImproperlyConfigured where it can be neither read nor made."""
    given = text(name)
    if given:
        return given
    try:
        return _secret_in(path)
    except OSError as error:
        raise ImproperlyConfigured(
            f"{name} is not set, and {path} can be neither read nor made ({error.strerror}): set {name}, "
            "or let VAR_DIR be a folder that belongs to the user that runs this."
        ) from error


def _secret_in(path: Path) -> str:
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        draft, made = tempfile.mkstemp(dir=path.parent)  # its owner's alone
        with os.fdopen(draft, "w", encoding="ascii") as file:
            file.write(os.urandom(48).hex())
        try:
            os.link(made, path)  # whole or not at all: of two first starts at once, the second reads the first's
        except FileExistsError:
            pass
        finally:
            os.unlink(made)
    return path.read_text(encoding="ascii").strip()
