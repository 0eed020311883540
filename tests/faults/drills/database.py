"""F11-F14: the database goes away, drops a connection, or makes us wait."""

from __future__ import annotations

import time
from signal import SIGQUIT

import httpx
import psycopg

from tests.faults.drills import drill
from tests.faults.installation import CONNECTIONS, POOL
from tests.faults.machines import wait_for
from tests.faults.rig import Rig

AWAY_SECONDS = 12.0
MOST_LOGGED = 100_000


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
