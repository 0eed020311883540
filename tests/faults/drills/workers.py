"""F01-F05: the crew is killed."""

from __future__ import annotations

import os
import signal
import time

from tests.faults.drills import drill
from tests.faults.machines import wait_for
from tests.faults.rig import Rig

KILLS = 4


@drill("F01", "kill -9 of the worker with all its children, four times at random")
def kill_worker(rig: Rig) -> None:
    """A supervisor starts it again at once."""
    worker = rig.set_out()
    for _ in range(KILLS):
        time.sleep(rig.random.uniform(0.1, 1.5))
        worker.kill()
        rig.crash()
        worker.start()
        rig.flow(10)
    rig.settle()


@drill("F02", "kill -9 of one child of the pool, four times at random")
def kill_child(rig: Rig) -> None:
    """As the kernel does when memory runs out."""
    worker = rig.set_out()
    for _ in range(KILLS):
        time.sleep(rig.random.uniform(0.1, 1.5))
        children = wait_for(worker.children, 10, "the pool to have children")
        os.kill(rig.random.choice(children), signal.SIGKILL)
        rig.crash(1)
        rig.flow(10)
    rig.expect(worker.is_alive, "the worker gave up")
    rig.settle()


@drill("F03", "SIGTERM in the middle of sending, as a deployment does")
def deploy(rig: Rig) -> None:
    """What is on its way is finished, the rest is released at once, and nothing is unknown."""
    worker = rig.set_out()
    for _ in range(2):
        time.sleep(rig.random.uniform(0.1, 1.5))
        took = worker.terminate(30)
        held = rig.standing("claimed", "sending")
        rig.expect(held == 0, f"{held} rows were still held after SIGTERM")
        rig.notes.append(f"stopped in {took:.1f} s")
        rig.mend()
        worker.start()
        rig.flow(10)
    rig.settle()
    rig.expect(rig.standing("unknown") == 0, "a polite stop left rows unknown")


@drill("F04", "kill -9 right after the rows were opened, before the first mail")
def kill_after_opening(rig: Rig) -> None:
    """The sink does not greet, so that the kill comes before the first mail."""
    rig.sink.fault("connect", "hang")
    rig.approve()
    worker = rig.worker()
    rig.beat()
    wait_for(lambda: rig.standing("queued", "claimed"), 60, "the rows to be opened")
    worker.kill()
    rig.sink.clear()
    rig.crash()
    worker.start()
    rig.settle()


@drill("F05", "kill -9 while the rows are opened")
def kill_while_opening(rig: Rig) -> None:
    """Enough readers that opening takes long enough to be hit."""
    rig.more_readers(60_000)
    rig.approve()
    worker = rig.worker()
    rig.beat()
    inserting = "SELECT 1 FROM pg_stat_activity WHERE state = 'active' AND query LIKE %s AND pid <> pg_backend_pid()"
    wait_for(lambda: rig.sql(inserting, "%INSERT INTO subscribers_delivery%"), 60, "the rows to be opened", step=0.005)
    time.sleep(rig.random.uniform(0, 0.2))
    worker.kill()
    left = rig.standing("queued", "claimed")
    rig.notes.append(f"{left} rows after the kill")
    rig.crash()
    worker.start()
    rig.settle(300)
