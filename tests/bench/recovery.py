"""How long the queue stands still when every worker is killed, with the real clock and the real lease."""

from __future__ import annotations

import time

from tests.bench.figures import Row, figure
from tests.bench.place import Place
from tests.faults.base import prepare
from tests.faults.machines import wait_for
from tests.faults.rig import Rig

RESTART_SECONDS = 0.5  # as the supervisor has it
REAL_TICK = 60.0


@figure("recovery")
def recovery(place: Place) -> list[Row]:
    """Two workers and beat; kill -9 to both workers, which are started again at once."""
    base = prepare(place.folder / "base", readers=4000)
    with Rig(place.folder / "rig", base, seed=1) as rig:
        del rig.settings["SEND_LEASE_SECONDS"]
        rig.sink.ask("pace", accept_seconds=0.3)
        rig.approve()
        workers = [rig.worker("worker"), rig.worker("second")]
        rig.beat(tick=REAL_TICK)
        rig.flow(40, seconds=REAL_TICK + 30)
        for worker in workers:
            worker.kill()
        killed = time.time()
        held = rig.standing("claimed", "sending")
        time.sleep(RESTART_SECONDS)
        for worker in workers:
            worker.start()
        lost = (
            "SELECT count(*) FROM subscribers_delivery WHERE status IN ('claimed', 'sending') AND lease_until < now()"
        )
        rig.flow(1, seconds=300)
        moving = next(line["t"] for line in rig.sink.accepted() if line["t"] > killed + RESTART_SECONDS)
        settled = wait_for(
            lambda: rig.standing("unknown") and rig.sql(lost)[0][0] == 0 and time.time(), 400, "lost rows to be settled"
        )
    return [
        Row("recovery after kill -9 of all workers: the queue moves", moving - killed, "s", 120, 60, False,
            f"{held} rows were held"),
        Row("the same: all rows they held are settled", settled - killed, "s", None, None, False),
    ]  # fmt: skip
