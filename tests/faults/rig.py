"""The rig of one drill: an installation with readers and a digest, and the story of what is done to it."""

from __future__ import annotations

import random
import time
from contextlib import suppress
from pathlib import Path

import psycopg

from tests.faults.installation import CHUNK, CONNECTIONS, POOL, Installation
from tests.faults.machines import GaveUp, Program, wait_for
from tests.faults.prepare import EDITOR
from tests.faults.verdict import Verdict, judge

SETTLE_SECONDS = 170.0


class Rig(Installation):
    """Everything a drill needs."""

    def __init__(self, folder: Path, base: Path, seed: int) -> None:
        super().__init__(folder, base)
        self.random = random.Random(seed)
        self.audience: list[str] = []
        self.guests = {"editor@example.org"}
        """Who may get mail of another kind meanwhile: alerts, confirmations."""
        self.returned: set[str] = set()
        """Whose mail was accepted, and came back later: the ledger may say so."""
        self.mended: list[float] = []
        self.crashes = 0
        self.broken: list[str] = []
        self.notes: list[str] = []

    # ---- the rows

    def more_readers(self, count: int) -> None:
        """Readers beyond those that every drill has."""
        hour = self.sql("SELECT send_hour FROM subscribers_subscriber LIMIT 1")[0][0]
        self.manage("make_subscribers", str(count), "--hour", str(hour), DJANGO_SETTINGS_MODULE="tests.bench.settings")

    def few_readers(self, count: int) -> None:
        """Only so many of the readers that every drill has."""
        self.sql("DELETE FROM subscribers_subscriber WHERE id NOT IN "
                 "(SELECT id FROM subscribers_subscriber ORDER BY id LIMIT %s)", count)  # fmt: skip

    @property
    def day(self) -> str:
        """The day of the digest."""
        return str(self.sql("SELECT day FROM digests_digest")[0][0])

    @property
    def digest_status(self) -> str:
        """Where the digest stands."""
        return str(self.sql("SELECT status FROM digests_digest ORDER BY id LIMIT 1")[0][0])

    def approve(self) -> None:
        """Approve the digest; the audience are the readers of this moment."""
        rows = self.sql("SELECT lower(email) FROM subscribers_subscriber WHERE status = 'active'")
        self.audience = [row[0] for row in rows]
        self.manage("approve_digest", "--date", self.day, "--by", EDITOR)

    def move(self, to: str) -> None:
        """Pause, resume or cancel, as the editor's button does."""
        self.python(
            "from digests.models import Digest\n"
            f"digest = Digest.objects.order_by('pk').first()\nprint(digest.advance({to!r}))"
        )

    def ledger(self) -> dict[str, str]:
        """Each reader's status, by address."""
        rows = self.sql(
            "SELECT lower(s.email), d.status FROM subscribers_delivery d "
            "JOIN subscribers_subscriber s ON s.id = d.subscriber_id"
        )
        return dict(rows)

    def standing(self, *statuses: str) -> int:
        """How many rows stand there now."""
        return int(self.sql("SELECT count(*) FROM subscribers_delivery WHERE status = ANY(%s)", list(statuses))[0][0])

    # ---- the story

    def set_out(self, accept_seconds: float = 0.05, round_trip: float = 0.0) -> Program:
        """Approve, start the crew against a sink that takes its time, and return the worker when mail flows."""
        if not self.mailgun:
            self.sink.ask("pace", accept_seconds=accept_seconds, round_trip=round_trip)
        self.approve()
        worker = self.worker()
        self.beat()
        self.flow(40)
        return worker

    def flow(self, more: int = 1, seconds: float = 90.0) -> None:
        """Wait until so many more mails were accepted, or none is left to send. Raises GaveUp."""
        wanted = self.sink.count() + more

        def flows() -> bool:
            return self.sink.count() >= wanted or self.is_closed()

        wait_for(flows, seconds, f"{more} more mails to be accepted", step=0.02)

    def is_closed(self) -> bool:
        """Whether the digest is done with; not so while nobody can tell."""
        with suppress(psycopg.OperationalError):
            return self.digest_status in ("sent", "cancelled")
        return False

    def crash(self, processes: int = POOL) -> None:
        """Note that so many sending processes were killed now; their supervisor starts them again."""
        self.crashes += processes
        self.mend()

    def mend(self) -> None:
        """Note that from now on nothing is wrong any more."""
        self.mended.append(time.time())

    def settle(self, seconds: float = SETTLE_SECONDS) -> None:
        """Wait until the digest is closed. Raises GaveUp."""

        try:
            wait_for(self.is_closed, seconds, "the digest to be closed", step=0.2)
        except GaveUp as error:
            rows = self.sql("SELECT status, count(*) FROM subscribers_delivery GROUP BY 1")
            raise GaveUp(f"{error}; it is {self.digest_status}, rows: {rows}") from error

    def expect(self, holds: bool, sentence: str) -> None:
        """Note what was not as it must be; `sentence` says what is wrong."""
        if not holds:
            self.broken.append(sentence)

    def verdict(self) -> Verdict:
        """Hold the log against the audience and the ledger."""
        bound = self.crashes * CONNECTIONS * CHUNK if self.crashes else None
        mails = [line for line in self.sink.accepted() if line["to"] not in self.guests]
        judged = judge(self.audience, self.ledger(), mails, self.mended, bound, self.returned)
        judged.broken += self.broken
        judged.notes += self.notes
        return judged
