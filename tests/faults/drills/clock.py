"""F47-F51: clocks jump, beat comes often or never, workers race for rows or sleep past their lease."""

from __future__ import annotations

import signal
import subprocess
import sys
import time

from tests.faults.drills import drill
from tests.faults.installation import LEASE_SECONDS, POOL
from tests.faults.machines import ROOT, wait_for
from tests.faults.rig import Rig

HAMMERS, THREADS, ROWS = 10, 5, 10_000


@drill("F47", "the clock jumps three hours back, a day ahead and back again, during sending", once=True)
def clock_jumps(rig: Rig) -> None:
    """For the crew, not for the database. Leases run out and slots come near; nobody gets a second mail, nor one hours
    before the slot, and the clock ticks again afterwards."""
    clock = rig.folder / "clock"
    clock.write_text("0")
    late = rig.sql("UPDATE subscribers_subscriber SET send_hour = 23, time_zone = 'Pacific/Pago_Pago' "
                   "WHERE id %% 10 = 0 RETURNING lower(email)")  # fmt: skip
    jumping = {"app": "tests.faults.jumping", "CLOCK_FILE": str(clock)}
    rig.sink.ask("pace", accept_seconds=0.5)
    rig.approve()
    workers = [rig.worker("worker", **jumping), rig.worker("second", **jumping)]
    rig.beat(**jumping)
    rig.flow(100)
    early = {line["to"] for line in rig.sink.accepted()} & {row[0] for row in late}
    rig.expect(not early, f"{len(early)} readers got the digest hours before their time")
    clock.write_text("-10800")
    rig.flow(100, seconds=30)
    clock.write_text("86400")
    # One whose first look is at leases that seem to be over since yesterday.
    workers.append(rig.worker("third", **jumping))
    rig.crash(2 * POOL)
    time.sleep(8)
    clock.write_text("-10800")
    time.sleep(4)
    clock.write_text("0")
    # What is left needs a tick: does beat, which ticked tomorrow, tick today?
    for worker in workers:
        worker.kill()
    rig.crash(3 * POOL)
    for worker in workers:
        worker.start()
    rig.flow(10, seconds=60)
    # Rows whose slot is still ahead keep the digest open, so the end is that all others are closed.
    ahead = (
        "SELECT count(*) FROM subscribers_delivery WHERE status IN ('queued', 'claimed', 'sending') AND send_at < now()"
    )
    wait_for(lambda: rig.sql(ahead)[0][0] == 0, 120, "the rows that are due to be closed", step=0.5)
    rig.expect(all(worker.is_alive for worker in workers), "a worker ended")
    rig.notes.append(f"{rig.standing('expired')} expired while the clock was a day ahead")
    waiting = rig.sql("SELECT lower(s.email) FROM subscribers_delivery d JOIN subscribers_subscriber s "
                      "ON s.id = d.subscriber_id WHERE d.status = 'queued'")  # fmt: skip
    rig.audience = [who for who in rig.audience if who not in {row[0] for row in waiting}]


@drill("F49", "no beat for a while, then five at once, one of them restarted again and again")
def beats(rig: Rig) -> None:
    """One opening, one mail for each reader, however often it ticks."""
    rig.sink.ask("pace", accept_seconds=0.03)
    rig.approve()
    rig.worker()
    rig.worker("second")
    time.sleep(8)
    rig.expect(rig.sink.count() == 0, "somebody ticked without a beat")
    rig.mend()
    crowd = [rig.beat(f"beat{number}", tick=0.5) for number in range(5)]
    for _ in range(3):
        time.sleep(rig.random.uniform(1.5, 3))
        crowd[0].kill()
        crowd[0].start()
    rig.settle()
    openings = sum(program.log.read_text(errors="replace").count("deliveries opened")
                   for program in rig.programs if program.name in ("worker", "second"))  # fmt: skip
    rig.expect(openings == 1, f"the rows were opened {openings} times")


@drill("F50", f"{HAMMERS * THREADS} workers race for the same {ROWS:,} rows")
def race(rig: Rig) -> None:
    """Each row is claimed, or taken straight from the queue, by one of them."""
    rig.more_readers(ROWS - len(rig.sql("SELECT id FROM subscribers_subscriber")))
    rig.approve()
    rig.python("from digests.models import Digest; from subscribers.delivery.opening import open_deliveries; "
               "open_deliveries(Digest.objects.get())")  # fmt: skip
    environment = rig.environment()
    command = [sys.executable, "-m", "tests.faults.hammer", str(THREADS)]
    crowd = [subprocess.Popen(command, env=environment, cwd=ROOT, stdout=subprocess.PIPE, text=True)
             for _ in range(HAMMERS)]  # fmt: skip
    taken = [int(pk) for one in crowd for pk in one.communicate(timeout=200)[0].split()]
    rig.expect(len(taken) == len(set(taken)), f"{len(taken) - len(set(taken))} rows were taken twice")
    rig.expect(len(set(taken)) == ROWS, f"{len(set(taken))} of {ROWS} rows were taken")
    # Those that were marked would be unknown, though we know that nothing was sent.
    rig.sql("UPDATE subscribers_delivery SET status = 'claimed' WHERE status = 'sending' RETURNING id")
    # Nobody sends them: the leases run out, and a crew does it after all, which is the rest of the proof.
    rig.mend()
    rig.worker()
    rig.beat()
    rig.settle(330)


@drill("F51", "a worker is stopped (SIGSTOP) past its lease, and wakes up")
def sleeper(rig: Rig) -> None:
    """Another does not send what the sleeper may have sent; the sleeper, awake, sends nothing it no longer holds."""
    worker = rig.set_out()
    time.sleep(rig.random.uniform(0.1, 1.5))
    worker.signal(signal.SIGSTOP)
    rig.crash()
    rig.worker("second")
    rig.flow(10)
    time.sleep(LEASE_SECONDS + 4)
    worker.signal(signal.SIGCONT)
    rig.settle()
