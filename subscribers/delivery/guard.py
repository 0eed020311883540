"""May anything be sent? The switch that stops everything, the disk that must have room to write down what is sent, and the
guard against a database that is not what it seems.

A database that was restored from a backup, or copied to another place, does not know what was sent since. So an epoch
and a counter of runs stand in two places: in the row `Sending`, and in the file `sending-epoch` in VAR_DIR, which all
machines of an installation share. Where they do not agree nothing is sent until a person says `manage.py sending confirm`.

The row is written first and the file afterwards, so a file that is ahead means an older row: a backup. While mails go out
the counter moves on every second, and once more when the last one has gone: a backup taken in the middle of a run is told from
the present by the next second's mails, or by the end of the run. Only of a worker that is killed nobody hears that end.
"""

from __future__ import annotations

import fcntl
import os
import secrets
import socket
import threading
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from digests.models import Digest
from newsletter import disk
from subscribers.models import Delivery, Sending

Status = Delivery.Status
FILE = "sending-epoch"
WHAT_TO_DO = "Nothing is sent until somebody has looked at it and says: manage.py sending confirm"
CLOCKS_DIFFER = timedelta(minutes=1)
IN_DOUBT = "The database was restored or copied; this may have been sent since."


class Kept(NamedTuple):
    """What the file says."""

    epoch: str
    runs: int


def may_send() -> str | None:
    """None when mails may be sent, otherwise a sentence that says why not and what to do. On a fresh installation, which
    has no row yet, this makes the row and the file."""
    return refusal_of_guard() or _refusal_of_switch(_row()) or disk.refusal()


def refusal_of_guard() -> str | None:
    """Why the database is not trusted; None when it is."""
    row = Sending.objects.first() or _founded()
    try:
        kept = _read()  # ahead of the row: a worker that moves both on meanwhile must not look like a backup
    except (OSError, ValueError) as error:
        return f"VAR_DIR/{FILE} cannot be read ({type(error).__name__}). {WHAT_TO_DO}"
    row = _row()
    if kept is None:
        return f"VAR_DIR/{FILE} is missing, as on a machine that this database was copied to. {WHAT_TO_DO}"
    if kept.epoch != row.epoch:
        return f"VAR_DIR/{FILE} belongs to another database than this one. {WHAT_TO_DO}"
    if kept.runs > row.runs:
        return f"This database is older than the mails that were sent: it was restored from a backup. {WHAT_TO_DO}"
    return None


def begin_run() -> str | None:
    """Ask `may_send` and, when it has no objection, move the counters on. To be called ahead of the first mail of a run
    and every second while it goes on. Returns the objection, if any. Raises OSError when the file cannot be written."""
    if refusal := may_send():
        return refusal
    move_on()
    return None


def move_on() -> None:
    """Move the counters on: whatever was sent until now is not in older backups. Raises OSError."""
    Sending.objects.filter(pk=Sending.THE_ROW).update(runs=F("runs") + 1)
    row = _row()
    _write(Kept(row.epoch, row.runs))


def note_tick() -> bool:
    """Note that the clock came by; True when it shows an earlier time than before."""
    now = timezone.now()
    row = Sending.objects.first() or _founded()
    Sending.objects.filter(pk=Sending.THE_ROW).update(ticked_at=now)
    return row.ticked_at is not None and row.ticked_at > now + CLOCKS_DIFFER


def stop(by: str, reason: str) -> bool:
    """Stop all sending; in force within seconds. True when this call stopped it."""
    may_send()
    running = Sending.objects.filter(pk=Sending.THE_ROW, stopped_at=None)
    return bool(running.update(stopped_at=timezone.now(), stopped_by=by[:150], reason=reason[:300]))


def start(seen: str | None = None) -> bool:
    """Let sending go on. True when this call did it. With `seen`, only the stop that a page showed (its `stop_mark`)."""
    stopped = Sending.objects.filter(pk=Sending.THE_ROW, stopped_at__isnull=False)
    row = stopped.first()
    if row is None or (seen is not None and stop_mark(row) != seen):
        return False
    stopped = stopped.filter(stopped_at=row.stopped_at)
    return bool(stopped.update(stopped_at=None, stopped_by="", reason=""))


def stop_mark(row: Sending) -> str:
    """What names this stop and no other."""
    return row.stopped_at.isoformat() if row.stopped_at else ""


def confirm(keep_queue: bool = False) -> Counter[str]:
    """Trust this database from now on. Returns what was done about mails that may have been sent since the backup.

    What was due by now becomes `unknown`, which an editor may send again, and approvals that were not acted upon are
    taken back. `keep_queue`: the caller knows that nothing was sent since; the queue stays as it is.
    """
    counts: Counter[str] = Counter()
    with transaction.atomic():
        row = Sending.objects.select_for_update().get(pk=Sending.THE_ROW)
        if not keep_queue:
            counts = _doubt()
        row.epoch = secrets.token_hex(8)
        row.runs += 1
        row.save(update_fields=["epoch", "runs"])
    _write(Kept(row.epoch, row.runs))
    return +counts


def may_be_mailed(address: str) -> bool:
    """Whether SEND_ONLY_TO, if it is set, names this address or its domain."""
    wanted = settings.SEND_ONLY_TO
    return not wanted or address.lower() in wanted or address.lower().rpartition("@")[2] in wanted


def _doubt() -> Counter[str]:
    """A row whose time is still to come was sent by nobody; all else may have been."""
    due = Q(status=Status.QUEUED, send_at__lte=timezone.now()) | Q(status__in=[Status.CLAIMED, Status.SENDING])
    unknown = Delivery.objects.filter(due).update(
        status=Status.UNKNOWN, owner="", lease_until=None, finished_at=timezone.now(), error=IN_DOUBT
    )
    approved = Digest.objects.filter(status=Digest.Status.APPROVED)
    for digest in approved:
        digest.touch()
        digest.notes = [*digest.notes, f"The approval was taken back. {IN_DOUBT}"]
        digest.save(update_fields=["notes"])
    return Counter(unknown=unknown, taken_back=len(approved))


def _refusal_of_switch(row: Sending) -> str | None:
    if row.stopped_at is None:
        return None
    since = timezone.localtime(row.stopped_at).strftime("%Y-%m-%d %H:%M")
    reason = f" ({row.reason})" if row.reason else ""
    return f"{row.stopped_by} stopped all sending at {since}{reason}. To let it go on: manage.py sending start"


def _row() -> Sending:
    return Sending.objects.get(pk=Sending.THE_ROW)


def _founded() -> Sending:
    """The first row of a new installation, and its file. Of several first callers one makes both; the others see neither
    before both are there, or they would take the row for a stranger's."""
    with transaction.atomic():
        row, made = Sending.objects.get_or_create(pk=Sending.THE_ROW, defaults={"epoch": secrets.token_hex(8)})
        if made:
            _write(Kept(row.epoch, row.runs))
    return row


def _file() -> Path:
    return Path(settings.VAR_DIR) / FILE


def _read() -> Kept | None:
    """Raises OSError, and ValueError for a file that holds something else."""
    if not _file().exists():
        return None
    epoch, runs = _file().read_text(encoding="ascii").split()
    return Kept(epoch, int(runs))


def _write(kept: Kept) -> None:
    """Replace the file, whole or not at all; it never goes back within an epoch, whoever comes last. Raises OSError."""
    _file().parent.mkdir(parents=True, exist_ok=True)
    # Ahead of the lock: a worker that is stopped while it waits for the disk must not keep all others from sending.
    writer = f"{socket.gethostname()}-{os.getpid()}-{threading.get_native_id()}"
    draft = _file().with_name(f"{FILE}-{writer}.draft")
    with draft.open("w", encoding="ascii") as file:
        file.write(f"{kept.epoch} {kept.runs}\n")
        file.flush()
        os.fsync(file.fileno())
    with _file().with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        before = _before()
        if before and before.epoch == kept.epoch and before.runs >= kept.runs:
            draft.unlink()
            return
        os.replace(draft, _file())


def _before() -> Kept | None:
    """What the file says, if it says anything."""
    try:
        return _read()
    except (OSError, ValueError):
        return None
