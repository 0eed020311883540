"""F06-F10: the broker goes away, forgets, hangs or is full. The database is the memory, so only time may be lost."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable

from tests.faults.drills import drill
from tests.faults.machines import Program, wait_for
from tests.faults.rig import Rig
from tests.faults.visitors import Visitor

AWAY_SECONDS = 12.0
NEWCOMER = "newcomer@example.org"


def without_broker(
    rig: Rig, take_away: Callable[[], object], bring_back: Callable[[], object], patience: float
) -> None:
    """Take the broker away while mail flows and somebody signs up; bring it back."""
    visitor = Visitor(rig.web())
    rig.guests.add(NEWCOMER)
    worker = rig.set_out(accept_seconds=0.2)  # so slowly that not all is sent before it comes back
    time.sleep(rig.random.uniform(0.1, 1.0))
    take_away()
    took = visitor.sign_up(NEWCOMER)
    rig.expect(took < patience, f"signing up took {took:.1f} s while the broker was away")
    rig.notes.append(f"sign-up in {took:.2f} s")
    time.sleep(AWAY_SECONDS)
    # Killed as well: what it held in the broker is lost, and the rows must do.
    worker.kill()
    bring_back()
    rig.crash()
    worker.start()
    rig.flow(10)
    rig.settle()
    confirmation_comes(rig)


def confirmation_comes(rig: Rig) -> None:
    """Whoever signed up meanwhile is written to after all."""
    wait_for(lambda: any(line["to"] == NEWCOMER for line in rig.sink.accepted()), 30, "the confirmation mail", step=0.5)


@drill("F06", "the broker is stopped during sending")
def broker_down(rig: Rig) -> None:
    """A clean stop and a new start."""
    server = rig.broker.server
    without_broker(rig, server.terminate, rig.broker.start, patience=1)


@drill("F07", "the broker forgets everything (FLUSHALL)")
def broker_flushed(rig: Rig) -> None:
    """And the worker dies, so that nothing of the old work is left anywhere but in the rows."""
    worker = rig.set_out()
    time.sleep(rig.random.uniform(0.1, 1.0))
    rig.broker.command("FLUSHALL")
    worker.kill()
    rig.broker.command("FLUSHALL")
    rig.crash()
    worker.start()
    rig.flow(10)
    rig.broker.command("FLUSHALL")
    rig.settle()


@drill("F08", "kill -9 of the broker, which reads its append-only file again")
def broker_killed(rig: Rig) -> None:
    """What the file has lost does not matter."""
    without_broker(rig, rig.broker.server.kill, rig.broker.start, patience=1)


@drill("F09", "the broker hangs (SIGSTOP)")
def broker_hangs(rig: Rig) -> None:
    """It takes connections and never answers."""
    server: Program = rig.broker.server
    without_broker(rig, lambda: server.signal(signal.SIGSTOP), lambda: server.signal(signal.SIGCONT), patience=2)


@drill("F10", "the broker is full and refuses every write")
def broker_full(rig: Rig) -> None:
    """`noeviction` makes that an error and no silent loss."""

    def limit(size: str) -> None:
        rig.broker.command("CONFIG", "SET", "maxmemory", size)

    without_broker(rig, lambda: limit("1kb"), lambda: limit("0"), patience=1)
