"""Who was erased, kept outside the database too: a backup from before brings the person back, and this file tells.

One line for each erasure in `erasures` in VAR_DIR: the keyed hash of the address, as in `subscribers.suppression`, and when.
It is added to and never rewritten; it names nobody to who has the file and not the key.
"""

from __future__ import annotations

import datetime as dt
import fcntl
import os
from pathlib import Path

from django.conf import settings

FILE = "erasures"


def note(address_hash: str, at: dt.datetime) -> None:
    """Add a line, durably. Raises OSError."""
    _file().parent.mkdir(parents=True, exist_ok=True)
    with _file().open("a", encoding="ascii") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.write(f"{address_hash} {at.astimezone(dt.UTC).isoformat()}\n")
        file.flush()
        os.fsync(file.fileno())


def noted() -> dict[str, dt.datetime]:
    """When each address was erased last, by its hash. A line that was cut off, as by a full disk, is passed over."""
    found: dict[str, dt.datetime] = {}
    if not _file().exists():
        return found
    for line in _file().read_text(encoding="ascii", errors="replace").splitlines():
        address_hash, _blank, at = line.partition(" ")
        try:
            found[address_hash] = max(dt.datetime.fromisoformat(at), found.get(address_hash, FIRST))
        except (ValueError, TypeError):
            continue
    return found


FIRST = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


def _file() -> Path:
    return Path(settings.VAR_DIR) / FILE
