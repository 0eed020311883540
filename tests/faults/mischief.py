"""Faults on request, a log of what was accepted, and a way to ask for both: what `sink` and `receiver` share.

The log is the oracle of the drills: a JSON line for each mail that was accepted, written before the sender is told so.
"""

from __future__ import annotations

import asyncio
import json
import random
import re
import socket
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass
class Rule:
    """One fault: at `phase` do `mode`, for what `match` (a regular expression) finds, within the limits given. Its
    `seconds` are counted from the first time it could happen."""

    phase: str
    mode: str
    match: str = ""
    rate: float = 1.0
    first: int | None = None
    skip: int = 0
    seconds: float | None = None
    delay: float = 5.0
    text: str = ""
    seed: int = 1
    _seen: int = 0
    _since: float | None = None

    def __post_init__(self) -> None:
        self._dice = random.Random(self.seed)

    def fires(self, phase: str, subject: str) -> bool:
        """Whether the fault happens to this one. Counts the ones it looked at."""
        if phase != self.phase or self.match and not re.search(self.match, subject):
            return False
        if self._since is None:
            self._since = time.monotonic()
        if self.seconds is not None and time.monotonic() > self._since + self.seconds:
            return False
        if self.rate < 1 and self._dice.random() >= self.rate:
            return False
        self._seen += 1
        return self._seen > self.skip and (self.first is None or self._seen <= self.skip + self.first)


class Mischief:
    """The rules in force, in the order they were set; the first that fires decides."""

    def __init__(self) -> None:
        self.rules: list[Rule] = []
        self.fired: Counter[str] = Counter()

    def at(self, phase: str, subject: str = "") -> Rule | None:
        """What goes wrong here, if anything."""
        for rule in self.rules:
            if rule.fires(phase, subject):
                self.fired[f"{rule.phase} {rule.mode}"] += 1
                return rule
        return None


class Log:
    """JSON lines in a file. `flush` is called ahead of every answer that somebody may rely on."""

    def __init__(self, path: Path) -> None:
        self.file = path.open("a", encoding="utf-8", buffering=1 << 16)
        self.lines = 0

    def write(self, **facts: Any) -> None:
        """Add a line with the time."""
        self.file.write(json.dumps({"t": round(time.time(), 3), **facts}, ensure_ascii=False) + "\n")
        self.lines += 1

    def flush(self) -> None:
        """Let readers of the file see all lines."""
        self.file.flush()


Commands = dict[str, Callable[..., Any]]


async def serve_commands(commands: Commands, port: int) -> asyncio.Server:
    """Answer JSON lines `{"do": NAME, …arguments}` on 127.0.0.1."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while line := await reader.readline():
            wish = json.loads(line)
            answer = commands[wish.pop("do")](**wish)
            if asyncio.iscoroutine(answer):
                answer = await answer
            writer.write(json.dumps(answer).encode() + b"\n")
            await writer.drain()
        writer.close()

    return await asyncio.start_server(talk, "127.0.0.1", port)


class Remote:
    """The drill's end of the line to a sink or a receiver."""

    def __init__(self, port: int, control: int, log: Path) -> None:
        self.port, self.control, self.log = port, control, log

    def ask(self, do: str, **arguments: Any) -> Any:
        """Send one command; its answer."""
        with socket.create_connection(("127.0.0.1", self.control), timeout=10) as line:
            line.sendall(json.dumps({"do": do, **arguments}).encode() + b"\n")
            return json.loads(line.makefile("rb").readline())

    def fault(self, phase: str, mode: str, **settings: Any) -> None:
        """Let something go wrong from now on; see `Rule` for the settings."""
        self.ask("fault", phase=phase, mode=mode, **settings)

    def clear(self) -> None:
        """Let nothing go wrong any more."""
        self.ask("clear")

    def count(self) -> int:
        """How many mails were accepted; all of them are in the log when this returns."""
        return int(self.ask("count"))

    def fired(self) -> dict[str, int]:
        """How often each fault happened."""
        return dict(self.ask("fired"))

    def accepted(self) -> list[dict[str, Any]]:
        """Every mail that was accepted, in order."""
        self.count()
        return [json.loads(line) for line in self.log.read_text(encoding="utf-8").splitlines()]


def shared_commands(mischief: Mischief, log: Log) -> Commands:
    """The commands that every receiving side understands."""

    def count() -> int:
        log.flush()
        return log.lines

    return {
        "fault": lambda **settings: mischief.rules.append(Rule(**settings)),
        "clear": lambda: mischief.rules.clear(),
        "count": count,
        "fired": lambda: dict(mischief.fired),
    }
