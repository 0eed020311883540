"""Subscribers from a file into the table, in chunks: a million lines take no more memory than a thousand."""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator
from collections.abc import Set as AbstractSet
from contextlib import closing
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import islice
from pathlib import Path

from django.db import transaction
from django.db.models.functions import Lower
from django.utils import timezone, translation

from digests.models import Category
from subscribers import lifecycle, suppression
from subscribers.lists.columns import COLUMNS, BadCell, Tongue, read_line
from subscribers.lists.reading import BadFile, Row, opened
from subscribers.models import Subscriber, Suppression
from subscribers.owner import erasures

CHUNK = 2000  # lines in one transaction
BETWEEN_CONFIRMATIONS = dt.timedelta(seconds=2)
"""Thirty a minute: a list that was bought would otherwise cost the sender's good name in one night."""

Status = Subscriber.Status


class Fate(StrEnum):
    """What became of a line."""

    ADDED = "added"
    KNOWN = "here already"
    TWICE = "twice in the file"
    SUPPRESSED = "suppressed"
    WRONG = "wrong"


@dataclass
class Report:
    """What an import did, or would do. `added` counts new subscribers by status, `unused` names columns that were not
    read, `last_line` is the last one that is done for good."""

    fates: Counter[Fate] = field(default_factory=Counter)
    added: Counter[str] = field(default_factory=Counter)
    unused: list[str] = field(default_factory=list)
    last_line: int = 0

    @property
    def lines(self) -> int:
        """How many lines were read."""
        return self.fates.total()


class Cut(BadFile):
    """The file could be read only so far. What stands in the `report` was done; running it again adds none of it twice."""

    def __init__(self, sentence: str, report: Report) -> None:
        super().__init__(sentence)
        self.report = report


Tell = Callable[[int, str], None]


def import_file(path: Path, tell: Tell, *, dry_run: bool = False, confirm: bool = False) -> Report:
    """Add the subscribers in a file; `tell` is called with the number of each line that is wrong, and why, in English.

    An import adds and never changes: who is in the table already keeps status and preferences, who is suppressed stays
    so, and running it again adds nobody. With `confirm` new pending subscribers are mailed a confirmation, one after the
    other. Each chunk is one transaction. Raises BadFile when nothing was done, Cut when a part was.
    """
    report = Report()
    bits = dict(Category.objects.order_by("bit").values_list("slug", "bit"))
    with opened(path) as listing, closing(_Seen()) as seen, translation.override("en"):
        report.unused = [name for name in listing.columns if name and name not in COLUMNS]
        chunk = _Chunk(report, seen, tell, Tongue(bits, timezone.now()), dry_run, confirm)
        try:
            while rows := list(islice(listing.rows, CHUNK)):
                chunk.take(rows)
        except BadFile as error:
            raise Cut(str(error), report) from error
    return report


class _Seen:
    """Which addresses the file had so far, and in which line; in a temporary file that nobody else can see."""

    def __init__(self) -> None:
        self._table = sqlite3.connect("")
        self._table.execute("CREATE TABLE seen (address TEXT PRIMARY KEY, line INTEGER) WITHOUT ROWID")

    def first_line(self, address: str, line: int) -> int:
        """The line in which the address stood first; `line` itself if it is new."""
        if self._table.execute("INSERT OR IGNORE INTO seen VALUES (?, ?)", (address, line)).rowcount:
            return line
        return int(self._table.execute("SELECT line FROM seen WHERE address = ?", (address,)).fetchone()[0])

    def close(self) -> None:
        """Forget them."""
        self._table.close()


@dataclass
class _Chunk:
    """Some lines at a time."""

    report: Report
    seen: _Seen
    tell: Tell
    tongue: Tongue
    dry_run: bool
    confirm: bool
    asked: int = 0
    erased: AbstractSet[str] = field(default_factory=lambda: erasures.noted().keys())

    def take(self, rows: list[Row]) -> None:
        """Sort the lines by their fate, and store those that are new."""
        new = {suppression.normalised(reader.email): reader for reader in self._readable(rows)}
        for fate, addresses in ((Fate.KNOWN, _known(new)), (Fate.SUPPRESSED, _suppressed(new, self.erased))):
            for address in addresses & new.keys():
                del new[address]
                self.report.fates[fate] += 1
        readers = list(new.values())
        if self.confirm:
            self._ask([reader for reader in readers if reader.status == Status.PENDING])
        if not self.dry_run and readers:
            readers = _stored(readers)
        signed_up_meanwhile = len(new) - len(readers)
        self.report.fates += Counter({Fate.ADDED: len(readers), Fate.KNOWN: signed_up_meanwhile})
        self.report.added.update(reader.status for reader in readers)
        self.report.last_line = rows[-1].line

    def _ask(self, pending: list[Subscriber]) -> None:
        for reader in pending:
            lifecycle.want_confirmation(reader, self.tongue.now + self.asked * BETWEEN_CONFIRMATIONS)
            self.asked += 1

    def _readable(self, rows: list[Row]) -> Iterator[Subscriber]:
        for row in rows:
            try:
                reader = read_line(row.cells, self.tongue)
            except BadCell as error:
                self.report.fates[Fate.WRONG] += 1
                self.tell(row.line, str(error))
                continue
            if self.seen.first_line(suppression.normalised(reader.email), row.line) == row.line:
                yield reader
            else:
                self.report.fates[Fate.TWICE] += 1


def _known(new: dict[str, Subscriber]) -> set[str]:
    addresses = Subscriber.objects.alias(address=Lower("email")).filter(address__in=[*new])
    return {suppression.normalised(email) for email in addresses.values_list("email", flat=True)}


def _suppressed(new: dict[str, Subscriber], erased: AbstractSet[str]) -> set[str]:
    """Suppressed, or erased as the file outside the database says: a restored one may not know it yet."""
    by_hash = {each: address for address in new for each in suppression.hashes(address)}
    found = Suppression.objects.filter(address_hash__in=[*by_hash]).values_list("address_hash", flat=True)
    return {by_hash[each] for each in {*found, *(by_hash.keys() & erased)}}


def _stored(readers: list[Subscriber]) -> list[Subscriber]:
    """Store them; return those that were really new. A no of theirs is noted as everywhere else."""
    with transaction.atomic():
        Subscriber.objects.bulk_create(readers, ignore_conflicts=True)
        keys = set(Subscriber.objects.filter(key__in=[reader.key for reader in readers]).values_list("key", flat=True))
        stored = [reader for reader in readers if reader.key in keys]
        suppression.follow(reader for reader in stored if Status(reader.status) in suppression.REASON_OF)
    return stored
