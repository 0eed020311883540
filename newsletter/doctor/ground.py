"""Settings, database, broker, disk and clock."""

from __future__ import annotations

import datetime as dt
import getpass
import os
from collections.abc import Iterator

from django.conf import settings
from django.core import checks
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from newsletter import disk, health
from newsletter.doctor import spelling
from newsletter.doctor.findings import Finding, fault, note, ok
from newsletter.logs import discreet

CLOCKS_DIFFER = dt.timedelta(seconds=30)


def settings_are_sound() -> Iterator[Finding]:
    """The start-up checks, and the ones for production unless DEBUG is on."""
    found = checks.run_checks(include_deployment_checks=not settings.DEBUG)
    serious = [each for each in found if each.is_serious() and not each.is_silenced()]
    light = [each for each in found if not each.is_serious() and not each.is_silenced()]
    for message in serious:
        yield fault("settings", message.msg, f"the product does not start ({message.id})", message.hint or "mend it")
    for message in light:
        why = f"it weakens the installation ({message.id})"
        yield note("settings", " ".join(message.msg.split()), why, message.hint or "see docs/operations.md")
    if settings.DEBUG:
        yield note("settings", "DEBUG is on", "every visitor sees every mail", "set DEBUG=False for more than a trial")
    misspelt = list(spelling.misspelt())
    yield from misspelt
    if not (serious or light or misspelt or settings.DEBUG):
        yield ok("settings", "all start-up checks pass")


def database_answers() -> Iterator[Finding]:
    """Reachable, migrated, and with a clock like ours."""
    start = "start it, or correct DATABASE_URL"
    try:
        waiting = _migrations_waiting()
        theirs = _database_time()
    except DatabaseError as error:
        said = discreet(str(error).strip().split("\n")[0]) or type(error).__name__
        yield fault("database", f"it does not answer: {said}", "nothing works without it", start)
        return
    if waiting:
        yield fault("database", f"{waiting} migrations wait", "the code expects them", "run manage.py migrate")
    else:
        yield ok("database", f"{connection.vendor} answers and is migrated")
    if theirs and abs(timezone.now() - theirs) > CLOCKS_DIFFER:
        seconds = round(abs(timezone.now() - theirs).total_seconds())
        what = f"this machine's clock and the database's are {seconds} seconds apart"
        yield fault("clock", what, "mails go out at the wrong time", "let both machines keep time by NTP")


def _migrations_waiting() -> int:
    executor = MigrationExecutor(connection)
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def _database_time() -> dt.datetime | None:
    """None where the database has no clock of its own."""
    if connection.vendor != "postgresql":
        return None
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        found: dt.datetime = cursor.fetchone()[0]
    return found


def broker_answers() -> Iterator[Finding]:
    """Redis, or the embedded broker."""
    found = health.broker()
    which = "Redis" if settings.REDIS_URL else "the embedded broker"
    if not found.worry:
        yield ok("broker", f"{which} answers")
    elif settings.REDIS_URL:
        todo = "start it, or correct REDIS_URL and its password"
        yield fault("broker", f"{which} does not answer ({found.value})", "nothing runs in the background", todo)
    else:
        todo = "start everything with manage.py up, or set REDIS_URL"
        yield note("broker", f"{which} is not running", "nothing runs in the background now", todo)


def disk_has_room() -> Iterator[Finding]:
    """Where VAR_DIR is, and where an SQLite database is; and whether we may write there."""
    place = next(folder for folder in (settings.VAR_DIR, *settings.VAR_DIR.parents) if folder.exists())
    if not os.access(place, os.W_OK | os.X_OK):
        what = f"{getpass.getuser()} may not write into {place}"
        why = "nothing is sent, for the guard's file, the outbox and the clock's notes are kept in VAR_DIR"
        yield fault("var", what, why, "chown it to the user that runs the service, or set VAR_DIR to another folder")
    for room in disk.rooms():
        if room.is_full:
            why = "nothing is sent: a row that cannot be written must keep its mail back"
            yield fault("disk", str(room), why, "make room now; sending goes on by itself")
        elif room.used >= disk.SCARCE_AT:
            yield note("disk", str(room), "a full disk stops everything", "make room, or move VAR_DIR to a larger disk")
        else:
            yield ok("disk", str(room))
