"""Where measurements take place: a durable PostgreSQL, databases with readers, and receiving sides."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

import psycopg

from newsletter.supervisor import tied_to_this_process
from tests.bench.packages import program
from tests.faults.installation import KEY, SENDER, clean_environment
from tests.faults.machines import ROOT, Postgres, Program, manage, wait_for
from tests.faults.mischief import Remote
from tests.services import free_port, listens

SMTP = "django.core.mail.backends.smtp.EmailBackend"


class Place:
    """One run of the benchmarks. `n` is how many readers the large measurements take."""

    def __init__(self, folder: Path, n: int, mails: int, rounds: int) -> None:
        self.folder, self.n, self.mails, self.rounds = folder, n, mails, rounds
        self.postgres = Postgres.created(folder / "postgresql")
        self.postgres.server.command += ["-c", "shared_buffers=256MB", "-c", "max_wal_size=4GB"]
        self.filled: set[str] = set()

    def __enter__(self) -> Self:
        self.postgres.start()
        self.run(manage("migrate", "--verbosity", "0"), self.url("template1"))
        self.inside("begin", database="template1")
        return self

    def __exit__(self, *error: object) -> None:
        self.postgres.stop()

    # ---- databases

    def url(self, database: str) -> str:
        """The address of a database in our cluster."""
        return self.postgres.url.rpartition("/")[0] + f"/{database}"

    def readers(self, count: int, wide: bool = False) -> str:
        """The name of a database with so many readers and no deliveries. Of wide ones each wants nearly everything, so
        that their mails are of nearly the same size; the others' tastes vary as `make_subscribers` has it."""
        name = f"readers_{count}{'_wide' if wide else ''}"
        if name not in self.filled:
            self.sql(f"CREATE DATABASE {name} TEMPLATE template1")
            self.inside("fill", database=name, count=count, wide=wide)
            self.filled.add(name)
        self.sql("TRUNCATE subscribers_delivery CASCADE", database=name)
        return name

    def sql(self, statement: str, database: str = "postgres") -> None:
        """Run a statement."""
        with psycopg.connect(self.url(database), autocommit=True) as connection:
            connection.execute(statement)  # type: ignore[call-overload]

    # ---- processes

    def environment(self, url: str, **settings: str) -> dict[str, str]:
        """What the product is started with."""
        return clean_environment() | SENDER | {
            "DATABASE_URL": url,
            # A folder for each database: the guard against restored copies wants the two to belong together.
            "VAR_DIR": str(self.folder / "var" / url.rpartition("/")[2]),
            "SECRET_KEY": KEY,
            "SITE_URL": "https://papers.example",
            "ALLOWED_HOSTS": "papers.example,testserver,localhost",
            "DJANGO_SETTINGS_MODULE": "tests.bench.settings",
            "LOG_LEVEL": "ERROR",
        } | settings  # fmt: skip

    def run(self, command: list[str], url: str, **settings: str) -> str:
        """Run a program of the product's to its end; what it printed."""
        done = subprocess.run(
            command,
            check=False,
            env=self.environment(url, **settings),
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
            preexec_fn=tied_to_this_process(),
        )
        if done.returncode:
            raise RuntimeError(f"{' '.join(command[-4:])} ended with {done.returncode}")
        return done.stdout

    def inside(self, task: str, database: str, settings: dict[str, str] | None = None, **arguments: Any) -> Any:
        """Run a function of `tests.bench.inside` in a process of its own; what it returned."""
        command = [sys.executable, "-m", "tests.bench.inside", task, json.dumps(arguments)]
        return json.loads(self.run(command, self.url(database), **settings or {}).splitlines()[-1])

    # ---- receiving sides

    @contextmanager
    def sink(self, module: str = "tests.faults.sink", pace: dict[str, float] | None = None) -> Iterator[Remote]:
        """Our own sink, or receiver, with a log."""
        port, control, name = free_port(), free_port(), module.rpartition(".")[2]
        log = self.folder / f"{name}-{port}.jsonl"
        command = [sys.executable, "-m", module, "--port", str(port), "--control", str(control), "--log", str(log)]
        server = Program(name, command, self.folder / f"{name}.log").start()
        try:
            wait_for(lambda: listens(port) and listens(control), 15, f"{name} to listen\n{server.tail()}")
            remote = Remote(port, control, log)
            if pace:
                remote.ask("pace", **pace)
            yield remote
        finally:
            server.kill()
            log.unlink(missing_ok=True)

    @contextmanager
    def fast_sink(self) -> Iterator[int]:
        """Postfix's smtp-sink where there is one, else our own; gives its port."""
        tool = program("postfix", "smtp-sink")
        if tool is None:
            with self.sink() as remote:
                yield remote.port
            return
        port = free_port()
        command = [tool, *(["-u", "nobody"] if os.geteuid() == 0 else []), f"127.0.0.1:{port}", "1000"]
        server = Program(
            "smtp-sink", command, self.folder / "smtp-sink.log", postfix_environment(tool), cwd="/"
        ).start()
        try:
            wait_for(lambda: listens(port), 10, f"smtp-sink to listen\n{server.tail()}")
            yield port
        finally:
            server.kill()


def postfix_environment(tool: Path) -> dict[str, str]:
    """Where an unpacked tool of Postfix finds its libraries."""
    return os.environ | {"LD_LIBRARY_PATH": str(tool.parent.parent / "lib" / "postfix")}


def smtp_settings(port: int, connections: int = 8) -> dict[str, str]:
    """Settings to send by SMTP to that port."""
    return {
        "EMAIL_BACKEND": SMTP,
        "EMAIL_HOST": "127.0.0.1",
        "EMAIL_PORT": str(port),
        "SEND_CONNECTIONS": str(connections),
    }
