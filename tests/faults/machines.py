"""What a drill starts, breaks and starts again: PostgreSQL, Valkey, and programs of our own."""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from newsletter.embedded import server_program
from newsletter.supervisor import tied_to_this_process
from tests.services import free_port, listens, postgresql_programs, succeeds, unprivileged

ROOT = Path(__file__).resolve().parent.parent.parent
# Durable, as an installation is: what is tested here is what survives.
POSTGRESQL_SETTINGS = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on", "max_connections": "100"}


class GaveUp(Exception):
    """Something that was awaited did not happen; the text says what."""


def wait_for(condition: Callable[[], Any], seconds: float, what: str, step: float = 0.05) -> Any:
    """The first true value of `condition`. Raises GaveUp after `seconds`."""
    end = time.monotonic() + seconds
    while True:
        if value := condition():
            return value
        if time.monotonic() > end:
            raise GaveUp(f"{what}: not within {seconds:.0f} s")
        time.sleep(step)


class Program:
    """A process group with a log of its own."""

    def __init__(
        self,
        name: str,
        command: Sequence[str | Path],
        log: Path,
        environment: Mapping[str, str] | None = None,
        **options: Any,
    ):
        self.name, self.command, self.log, self.options = name, [str(part) for part in command], log, options
        self.environment = dict(environment) if environment is not None else None
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> Program:
        """Start it in a session of its own."""
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(
                self.command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                env=self.environment,
                start_new_session=True,
                preexec_fn=tied_to_this_process(),  # noqa: PLW1509 - drills start programs from their main thread
                **{"cwd": ROOT} | self.options,
            )
        return self

    @property
    def is_alive(self) -> bool:
        """Whether the first process of the group runs."""
        return self.process is not None and self.process.poll() is None

    @property
    def pid(self) -> int:
        """The first process of the group, and the group's number."""
        assert self.process is not None, f"{self.name} was not started"
        return self.process.pid

    def children(self) -> list[int]:
        """The process ids of what it has started and what those have started."""
        parents: dict[int, int] = {}
        for entry in Path("/proc").glob("[0-9]*/stat"):
            try:
                parents[int(entry.parent.name)] = int(entry.read_text().rpartition(")")[2].split()[1])
            except (OSError, IndexError):
                continue
        found = [self.pid]
        for pid in found:
            found += [child for child, parent in parents.items() if parent == pid]
        return found[1:]

    def signal(self, number: signal.Signals) -> None:
        """Signal the whole group; nothing when it is gone."""
        try:
            os.killpg(self.pid, number)
        except ProcessLookupError:
            pass

    def kill(self) -> None:
        """SIGKILL to the whole group."""
        self.signal(signal.SIGKILL)
        if self.process is not None:
            self.process.wait()

    def terminate(self, seconds: float = 30.0) -> float:
        """SIGTERM to the first process; how long it took to end. Raises GaveUp."""
        assert self.process is not None
        began = time.monotonic()
        self.process.terminate()
        wait_for(lambda: not self.is_alive, seconds, f"{self.name} to end after SIGTERM")
        self.kill()
        return time.monotonic() - began

    def tail(self, lines: int = 15) -> str:
        """The end of its log."""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:]) if self.log.exists() else ""


class Postgres:
    """A cluster in `folder`, which belongs to whoever may run the server."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.programs = postgresql_programs(folder)
        settings = [part for name, value in POSTGRESQL_SETTINGS.items() for part in ("-c", f"{name}={value}")]
        command = [self.programs / "postgres", "-D", folder / "cluster", "-h", "127.0.0.1", "-p", str(self.port)]
        command += ["-k", folder, *settings]
        self.server = Program("postgresql", command, folder / "postgresql.log", cwd=folder, **unprivileged())

    @classmethod
    def created(cls, folder: Path) -> Postgres:
        """A new, empty cluster, not started yet."""
        give_to_server(folder)
        secret = folder / "password"
        secret.write_text(secrets.token_hex(16), encoding="ascii")
        made = cls(folder)
        command = [made.programs / "initdb", "--no-sync", "--username=papers", "--encoding=UTF8", "--locale=C"]
        command += ["--auth=scram-sha-256", f"--pwfile={secret}", "-D", folder / "cluster"]
        subprocess.run(command, check=True, capture_output=True, cwd=folder, **unprivileged())
        return made

    @classmethod
    def copied(cls, source: Path, folder: Path) -> Postgres:
        """A copy of a cluster that is stopped."""
        give_to_server(folder)
        for name in ("password", "cluster"):
            subprocess.run(["cp", "-a", source / name, folder / name], check=True)
        return cls(folder)

    @property
    def url(self) -> str:
        """Its address as the settings spell it."""
        password = (self.folder / "password").read_text(encoding="ascii")
        return f"postgres://papers:{password}@127.0.0.1:{self.port}/postgres"

    def start(self) -> None:
        """Start, and return when it answers."""
        self.server.start()
        is_ready = [self.programs / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(self.port)]
        wait_for(lambda: succeeds(is_ready), 30, f"PostgreSQL to start\n{self.server.tail()}")

    def stop(self, number: signal.Signals = signal.SIGINT) -> None:
        """Stop: SIGINT is a fast shutdown, SIGQUIT an immediate one, which is a crash with a goodbye."""
        assert self.server.process is not None
        self.server.process.send_signal(number)
        self.server.process.wait()


def give_to_server(folder: Path) -> None:
    """Make the folder, for the user that the server runs as."""
    folder.mkdir(parents=True, exist_ok=True)
    if owner := unprivileged():
        os.chown(folder, owner["user"], owner["group"])


class Valkey:
    """A broker that keeps an append-only file, as an installation's does."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder, self.port, self.password = folder, free_port(), secrets.token_hex(16)
        options = {"bind": "127.0.0.1", "port": str(self.port), "requirepass": self.password, "dir": str(folder)}
        options |= {"save": "", "appendonly": "yes", "maxmemory-policy": "noeviction"}
        command = [server_program(), *(part for name, value in options.items() for part in (f"--{name}", value))]
        self.server = Program("valkey", command, folder / "valkey.log")

    @property
    def url(self) -> str:
        """Its address as the settings spell it."""
        return f"redis://:{self.password}@127.0.0.1:{self.port}/0"

    def start(self) -> None:
        """Start, and return when it answers."""
        self.server.start()
        wait_for(lambda: listens(self.port), 15, f"Valkey to start\n{self.server.tail()}")

    def command(self, *words: str) -> Any:
        """One command to the server."""
        import redis

        with redis.Redis.from_url(self.url, socket_timeout=5) as client:
            return client.execute_command(*words)


def manage(*words: str) -> list[str]:
    """The command line of a management command."""
    return [sys.executable, str(ROOT / "manage.py"), *words]


def forget(folder: Path) -> None:
    """Remove a folder with all that is in it."""
    shutil.rmtree(folder, ignore_errors=True)
