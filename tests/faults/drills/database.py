"""F11-F14, F56: the database goes away, drops a connection, makes us wait, or has no room left."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from signal import SIGINT, SIGQUIT

import httpx
import psycopg

from tests.faults.drills import Skip, drill
from tests.faults.installation import CHUNK, CONNECTIONS, POOL
from tests.faults.machines import give_to_server, wait_for
from tests.faults.rig import Rig

AWAY_SECONDS = 12.0
MOST_LOGGED = 100_000
ROOM = 48  # MB beside the cluster, on the disk that gets full


@drill("F11", "PostgreSQL crashes and comes back, three times at random")
def restart_database(rig: Rig) -> None:
    """An immediate shutdown keeps what was committed and nothing else."""
    rig.set_out()
    for _ in range(3):
        time.sleep(rig.random.uniform(0.1, 1.5))
        rig.database.stop(SIGQUIT)
        rig.database.start()
        rig.crash()
        rig.flow(10)
    rig.settle()


@drill("F12", "PostgreSQL is away for a while")
def database_down(rig: Rig) -> None:
    """Pages say so, the crew waits without running hot."""
    site = rig.web()
    worker = rig.set_out()
    rig.database.stop(SIGQUIT)
    before = worker.log.stat().st_size
    with httpx.Client(base_url=site, timeout=30) as client:
        began = time.monotonic()
        status = client.get("/").status_code
        took = time.monotonic() - began
        ready = client.get("/readyz").status_code
    rig.expect(status == 503 and ready == 503, f"without a database / says {status} and /readyz {ready}, not 503")
    rig.expect(took < 5, f"the page took {took:.1f} s to say so")
    time.sleep(AWAY_SECONDS)
    grown = worker.log.stat().st_size - before
    rig.expect(grown < MOST_LOGGED, f"the worker logged {grown} bytes while it could do nothing")
    rig.notes.append(f"page says {status} after {took:.2f} s")
    rig.database.start()
    rig.crash()
    rig.flow(10)
    rig.settle()


@drill("F13", "database connections die between the server's 250 and our commit")
def connection_lost_before_commit(rig: Rig) -> None:
    """The sink accepts, then holds its reply until every connection of the crew is gone."""
    rig.set_out()
    rig.sink.fault("body", "accept-hold", first=CONNECTIONS * POOL)
    wait_for(lambda: rig.sink.ask("holding"), 30, "a reply to be held")
    time.sleep(1)
    rig.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'")  # fmt: skip
    rig.sink.clear()
    rig.sink.ask("release")
    rig.crash()
    rig.settle()


@drill("F14", "rows and the table are locked by somebody else, with a short lock_timeout")
def locked_out(rig: Rig) -> None:
    """Waiting rows first, then the whole table for longer than our statements may wait."""
    rig.sql("ALTER ROLE papers SET lock_timeout = '1s'")
    rig.set_out()
    with psycopg.connect(rig.database.url) as other:
        other.execute("SET lock_timeout = 0")
        other.execute("SELECT 1 FROM subscribers_delivery WHERE status = 'queued' LIMIT 200 FOR UPDATE")
        time.sleep(3)
        other.rollback()
        other.execute("SET lock_timeout = 0")
        other.execute("LOCK TABLE subscribers_delivery IN SHARE ROW EXCLUSIVE MODE")
        time.sleep(5)
        other.rollback()
    rig.crash()
    rig.settle()


@drill("F56", "PostgreSQL's own disk is full during sending, until it gives up; then there is room again")
def disk_full(rig: Rig) -> None:
    """What cannot be marked is not sent (what was marked still is), and nobody is needed once there is room."""
    with on_a_small_disk(rig) as disk:
        rig.set_out()
        time.sleep(rig.random.uniform(0.1, 1.5))
        ballast = disk / "ballast"
        fill(ballast)
        wait_for(lambda: not rig.database.server.is_alive or gives_up(rig), 90, "PostgreSQL to need more room")
        before = rig.sink.count()
        time.sleep(AWAY_SECONDS)
        more = rig.sink.count() - before
        rig.expect(more <= CONNECTIONS * CHUNK, f"{more} mails went out when no more could be marked")
        ballast.unlink()
        rig.database.start()
        rig.crash()
        rig.flow(10)
        rig.settle()


@contextmanager
def on_a_small_disk(rig: Rig) -> Iterator[Path]:
    """Move the cluster to a disk of its own, in memory, for as long as the block runs. Raises Skip where that is not allowed."""
    disk, cluster = rig.folder / "small-disk", rig.database.folder / "cluster"
    rig.database.stop(SIGINT)
    give_to_server(disk)
    used = int(subprocess.run(["du", "-sm", cluster], check=True, capture_output=True, text=True).stdout.split()[0])
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={used + ROOM}m", "small-disk", disk],
        check=False,
        capture_output=True,
        text=True,
    )
    if mounted.returncode:
        raise Skip(f"No disk may be mounted here: {mounted.stderr.strip()}")
    try:
        subprocess.run(["cp", "-a", cluster, disk / "cluster"], check=True)
        cluster.rename(cluster.with_name("cluster-before"))
        cluster.symlink_to(disk / "cluster")
        rig.database.start()
        yield disk
    finally:
        # Out of sight, though the server still runs in it: the verdict is yet to be told.
        subprocess.run(["umount", "--lazy", disk], check=True)


def fill(ballast: Path) -> None:
    """Leave no room on the disk."""
    with suppress(OSError), ballast.open("wb", buffering=0) as file:
        while file.write(b"\0" * 65_536):
            pass


def gives_up(rig: Rig) -> bool:
    """Have the server begin a new segment of its log, for which there is no room. True when it is gone."""
    with suppress(psycopg.Error):
        rig.sql("SELECT pg_switch_wal()")
    return not rig.database.server.is_alive
